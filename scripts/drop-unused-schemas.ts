import type { Plugin } from 'vite';

interface Node {
  type: string;
  start: number;
  end: number;
  callee?: Node;
  object?: Node;
  name?: string;
  properties?: { value?: Node }[];
}

/** The name a chain of calls begins at: `z` of z.string().trim().optional() */
function headOf(node: Node | undefined): string | undefined {
  if (node?.type === 'CallExpression') return headOf(node.callee);
  if (node?.type === 'MemberExpression') return headOf(node.object);
  return node?.type === 'Identifier' ? node.name : undefined;
}

interface Statement {
  type: string;
  specifiers?: { local: Node }[];
}

const isSchema = (node: Node | undefined, makers: ReadonlySet<string>): boolean =>
  node?.type === 'CallExpression' && makers.has(headOf(node) ?? '');

/** `{ from: instantSchema.optional(), … }`: fields that several schemas share. */
const holdsSchema = (node: Node, makers: ReadonlySet<string>): boolean =>
  node.type === 'ObjectExpression' && (node.properties ?? []).some(({ value }) => isSchema(value, makers));

/**
 * Lets the bundler drop the schemas of a contract that the browser does not use, and zod with them: it cannot know by
 * itself that making a schema has no effect, so each top-level schema becomes a call marked as pure. The screen uses
 * the contracts' words and codecs; parsing what it is sent is the server's part.
 */
export function dropUnusedSchemas(): Plugin {
  return {
    name: 'drop-unused-schemas',
    // After TypeScript is stripped.
    enforce: 'post',
    transform: {
      filter: { id: /\/api\/[^?]*\/contract\.ts$/ },
      handler(code) {
        const { body } = this.parse(code);
        // A schema may be made of one above it: baseSchema.extend({ … })
        const makers = new Set(['z']);
        const schemas: Node[] = [];
        for (const statement of body as unknown as Statement[])
          if (statement.type === 'ImportDeclaration')
            for (const { local } of statement.specifiers ?? [])
              if (/Schema$/.test(local.name ?? '')) makers.add(local.name!);
        for (const statement of body) {
          const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
          if (declaration?.type !== 'VariableDeclaration') continue;
          for (const { id, init } of declaration.declarations) {
            const node = init as Node | null | undefined;
            if (!node || !(isSchema(node, makers) || holdsSchema(node, makers))) continue;
            schemas.push(node);
            if (id.type === 'Identifier') makers.add(id.name);
          }
        }
        let out = code;
        for (const { start, end } of schemas.toReversed())
          out = `${out.slice(0, start)}/* @__PURE__ */ (() => (${out.slice(start, end)}))()${out.slice(end)}`;
        return { code: out, map: null };
      },
    },
  };
}
