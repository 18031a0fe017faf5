// The Dockerfile and compose.yaml cannot be run where these tests run; they are parsed, and what they name must exist.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Copy, DockerfileParser } from 'dockerfile-ast';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { readEnvironment } from '../../api/environment.ts';
import { startFlags } from '../fixtures/start-flags.ts';

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

test('the container starts the server without the demo, as a user without rights, and is asked whether it is well', () => {
  const instructions = dockerfile.getInstructions();
  const last = (keyword: string) =>
    instructions.findLast((instruction) => instruction.getKeyword() === keyword)?.getArgumentsContent();
  expect(JSON.parse(last('CMD')!)).toEqual(['node', ...startFlags, 'api/commands/start.ts', '--no-demo']);
  expect(last('USER')).toBe('node');
  expect(last('HEALTHCHECK')).toContain('/api/health');
});

test('what the image leaves out is only what it does not run', () => {
  const build = dockerfile
    .getInstructions()
    .find((instruction) => instruction.getArgumentsContent()?.includes('npm ci'));
  // The password hash is native: its package for the platform is an optional one.
  expect(build?.getArgumentsContent()).not.toContain('--omit=optional');
});

const compose = parse(readFileSync(join(root, 'compose.yaml'), 'utf8'));
const { server, database } = compose.services;

test('compose starts PostGIS before the server and publishes to loopback only', () => {
  expect(database.image).toMatch(/^postgis\/postgis:/);
  expect(server.depends_on.database.condition).toBe('service_healthy');
  expect(server.ports).toEqual([expect.stringMatching(/^127\.0\.0\.1:/)]);
});

test('secrets come from files, no password stands in compose.yaml', () => {
  expect(server.environment.DATABASE_URL_FILE).toBe('/run/secrets/database_url');
  expect(server.secrets).toEqual(['database_url']);
  expect(database.environment.POSTGRES_PASSWORD_FILE).toBe('/run/secrets/postgres_password');
  for (const { file } of Object.values(compose.secrets) as { file: string }[]) expect(file).toMatch(/^\.\/secrets\//);
  for (const ignored of ['.gitignore', '.dockerignore'])
    expect(readFileSync(join(root, ignored), 'utf8')).toMatch(/^secrets\/?$/m);
});

test('the server in its container can write its data only, and gains no rights', () => {
  expect(server.read_only).toBe(true);
  expect(server.cap_drop).toEqual(['ALL']);
  expect(server.security_opt).toContain('no-new-privileges:true');
  expect(server.volumes).toEqual(['data:/data']);
});

test('what the container is told is enough to start beyond loopback', () => {
  const proxies = String(server.environment.TRUST_PROXY).replace(/^\$\{TRUST_PROXY:-(.*)\}$/, '$1');
  expect(() => readEnvironment({ HOST: '0.0.0.0', TRUST_PROXY: proxies }, ['--no-demo'])).not.toThrow();
  expect(() => readEnvironment({ HOST: '0.0.0.0' }, ['--no-demo'])).toThrow(/TLS_CERT/);
});
