import type { OpenApiDocument } from './write-document.ts';

interface Shape {
  $ref?: string;
  type?: string | string[];
  format?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Shape[];
  oneOf?: Shape[];
  items?: Shape;
  prefixItems?: Shape[];
  properties?: Record<string, Shape>;
  required?: string[];
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  default?: unknown;
}

interface DescribedOperation {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  security: Record<string, unknown>[];
  parameters: { name: string; in: string; required: boolean; schema: Shape; description?: string }[];
  requestBody?: { content: Record<string, { schema: Shape }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: Shape }> }>;
}

const signs: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text: string): string => text.replace(/[&<>"']/g, (sign) => signs[sign]!);

/** A schema in one line: `string (uuid)`, `Unit[]`, `"on" | "off"`. */
function typeOf(shape: Shape): string {
  if (shape.$ref) {
    const name = shape.$ref.split('/').at(-1)!;
    return `<a href="#schema-${escape(name)}">${escape(name)}</a>`;
  }
  if (shape.const !== undefined) return escape(JSON.stringify(shape.const));
  if (shape.enum) return shape.enum.map((value) => escape(JSON.stringify(value))).join(' | ');
  const choices = shape.anyOf ?? shape.oneOf;
  if (choices) return choices.map(typeOf).join(' | ');
  if (shape.prefixItems) return `[${shape.prefixItems.map(typeOf).join(', ')}]`;
  if (shape.items) return `${typeOf(shape.items)}[]`;
  const type = Array.isArray(shape.type) ? shape.type.join(' | ') : (shape.type ?? 'anything');
  const limits = [
    shape.format,
    shape.minLength !== undefined || shape.maxLength !== undefined ? `${shape.minLength ?? 0}–${shape.maxLength ?? '…'} characters` : undefined,
    shape.minimum !== undefined && shape.minimum > -9e15 ? `≥ ${shape.minimum}` : undefined,
    shape.maximum !== undefined && shape.maximum < 9e15 ? `≤ ${shape.maximum}` : undefined,
    shape.default !== undefined ? `default ${JSON.stringify(shape.default)}` : undefined,
  ].filter((limit) => limit !== undefined); // prettier-ignore
  return escape(type) + (limits.length > 0 ? ` <small>${escape(limits.join(', '))}</small>` : '');
}

/** Fields of an object, each in a row; of what is no object its type alone. */
function fieldsOf(shape: Shape): string {
  if (!shape.properties) return `<p>${typeOf(shape)}</p>`;
  const rows = Object.entries(shape.properties).map(([name, field]) => {
    const nested = field.properties ?? field.items?.properties;
    const inner = nested ? fieldsOf(field.properties ? field : field.items!) : '';
    const isRequired = shape.required?.includes(name);
    return `<tr><th scope="row"><code>${escape(name)}</code>${isRequired ? '' : ' <small>optional</small>'}</th><td>${nested ? (field.items ? 'list of objects' : 'object') : typeOf(field)}${inner}</td></tr>`;
  });
  return `<table>${rows.join('')}</table>`;
}

const accessOf = ({ security }: DescribedOperation): string => {
  const names = security.flatMap((scheme) => Object.keys(scheme));
  if (names.length === 0) return 'anybody';
  if (names.includes('deviceToken')) return 'a device or gateway, by its token';
  return names.includes('personalToken') ? 'session or personal token' : 'session';
};

function section(method: string, path: string, operation: DescribedOperation): string {
  const { operationId, summary, description, parameters, requestBody, responses } = operation;
  const parts = [
    `<p>${escape(summary)}. ${description ? escape(description) : ''}</p><p><small>Asked by: ${accessOf(operation)}</small></p>`,
  ];
  if (parameters.length > 0)
    parts.push(
      `<h4>Parameters</h4><table>${parameters
        .map(
          ({ name, in: where, required, schema, description: said }) =>
            `<tr><th scope="row"><code>${escape(name)}</code> <small>${escape(where)}${required ? '' : ', optional'}</small></th><td>${typeOf(schema)}${said ? `<br>${escape(said)}` : ''}</td></tr>`,
        )
        .join('')}</table>`,
    );
  for (const [mediaType, { schema }] of Object.entries(requestBody?.content ?? {}))
    parts.push(`<h4>Body <small>${escape(mediaType)}</small></h4>${fieldsOf(schema)}`);
  const answers = Object.entries(responses).map(([status, { description: said, content = {} }]) => {
    const [mediaType, held] = Object.entries(content)[0] ?? [];
    const shape = mediaType === undefined || mediaType === 'application/problem+json' ? '' : `<br><small>${escape(mediaType)}</small> ${held && Object.keys(held.schema).length > 0 ? typeOf(held.schema) : ''}`; // prettier-ignore
    return `<tr class="s${status.charAt(0)}"><th scope="row">${escape(status)}</th><td>${escape(said)}${shape}</td></tr>`;
  });
  parts.push(`<h4>Answers</h4><table>${answers.join('')}</table>`);
  return `<details id="${escape(operationId)}"><summary><b class="${method}">${method.toUpperCase()}</b> <code>${escape(path)}</code> <span>${escape(summary)}</span></summary>${parts.join('')}</details>`;
}

/** The document as a page: no script, no outside host, styled by /api/docs.css. */
export function writePage(document: OpenApiDocument): string {
  const { info, paths, components } = document;
  const { title, description } = info as { title: string; description: string };
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      path,
      method,
      operation: operation as unknown as DescribedOperation,
    })),
  );
  const rooms = [...new Set(all.flatMap(({ operation }) => operation.tags))];
  const anchor = (room: string): string => `room-${room.replace(/\W+/g, '-').toLowerCase()}`;
  const body = rooms.map((room) => {
    const sections = all.filter(({ operation }) => operation.tags.includes(room));
    return `<section><h2 id="${anchor(room)}">${escape(room)}</h2>${sections.map(({ method, path, operation }) => section(method, path, operation)).join('')}</section>`;
  });
  const schemas = Object.entries(components.schemas)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([name, shape]) =>
        `<section><h3 id="schema-${escape(name)}">${escape(name)}</h3>${fieldsOf(shape as Shape)}</section>`,
    );
  const schemes = Object.entries(components.securitySchemes).map(
    ([name, scheme]) =>
      `<tr><th scope="row">${escape(name)}</th><td>${escape((scheme as { description: string }).description)}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="dark light">
<title>${escape(title)} API</title><link rel="stylesheet" href="/api/docs.css"></head>
<body><header><h1>${escape(title)} <span>API</span></h1><p>${escape(description)}</p><p><a href="/api/openapi.json">openapi.json</a> · OpenAPI 3.1, made from the schemas that the server parses with</p>
<nav aria-label="Rooms">${rooms.map((room) => `<a href="#${anchor(room)}">${escape(room)}</a>`).join(' ')} <a href="#schemas">Schemas</a></nav></header>
<main><section><h2>Who asks</h2><table>${schemes.join('')}</table></section>${body.join('')}<h2 id="schemas">Schemas</h2>${schemas.join('')}</main></body></html>
`;
}
