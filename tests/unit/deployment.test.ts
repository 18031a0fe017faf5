// The Dockerfile and compose.yaml cannot be run where these tests run; they are parsed, and what they name must exist.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Copy, DockerfileParser } from 'dockerfile-ast';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '../..');
const dockerfile = DockerfileParser.parse(readFileSync(join(root, 'Dockerfile'), 'utf8'));

test('every file that the Dockerfile copies from the clone is there', () => {
  const copied = dockerfile
    .getInstructions()
    .filter(
      (instruction) => instruction instanceof Copy && !instruction.getFlags().some((flag) => flag.getName() === 'from'),
    )
    .flatMap((instruction) =>
      instruction
        .getArguments()
        .slice(0, -1)
        .map((argument) => argument.getValue()),
    );
  expect(copied.length).toBeGreaterThan(5);
  expect(copied.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('the container starts the server without the demo, as a user without rights', () => {
  const instructions = dockerfile.getInstructions();
  const last = (keyword: string) =>
    instructions.findLast((instruction) => instruction.getKeyword() === keyword)?.getArgumentsContent();
  expect(last('CMD')).toBe('["node", "api/commands/start.ts", "--no-demo", "--open"]');
  expect(last('USER')).toBe('node');
});

test('compose starts PostGIS before the server and publishes to loopback only', () => {
  const compose = parse(readFileSync(join(root, 'compose.yaml'), 'utf8'));
  expect(compose.services.database.image).toMatch(/^postgis\/postgis:/);
  expect(compose.services.server.depends_on.database.condition).toBe('service_healthy');
  expect(compose.services.server.ports).toEqual([expect.stringMatching(/^127\.0\.0\.1:/)]);
  expect(compose.services.server.environment.DATABASE_URL).toContain('@database:5432/');
});
