import { expect, test } from 'vitest';
import { OperatorError, readEnvironment } from '../../api/environment.ts';

test('without variables the server listens on loopback, with a demo', () => {
  expect(readEnvironment({}, [])).toMatchObject({
    host: 'localhost',
    port: 3000,
    demo: true,
    databaseUrl: undefined,
  });
});

test('a demo for the network listens on every address, so that a phone can reach it', () => {
  expect(readEnvironment({}, ['--demo-on-network'])).toMatchObject({
    host: '0.0.0.0',
    demoOnNetwork: true,
  });
});

test('beyond loopback nothing listens without TLS', () => {
  expect(() => readEnvironment({ HOST: '192.168.1.5' }, [])).toThrow(/HOST is 192\.168\.1\.5/);
  for (const variables of [{ TLS_CERT: 'a.pem', TLS_KEY: 'b.pem' }, { TRUST_PROXY: '1' }])
    expect(readEnvironment({ HOST: '192.168.1.5', ...variables }, [])).toMatchObject({ host: '192.168.1.5' });
});

test('what makes no sense is refused with the name, what came and what was expected', () => {
  for (const [variables, args, expected] of [
    [{ PORT: '70000' }, [], /PORT is "70000"; it must be a whole number from 0 to 65535/],
    [{ FIX_RETENTION_DAYS: '0' }, [], /FIX_RETENTION_DAYS is "0"/],
    [{ DATABASE_URL: 'mysql://x' }, [], /DATABASE_URL must look like postgres:/],
    [{ TLS_CERT: 'a.pem' }, [], /TLS_CERT and TLS_KEY go together/],
    [{}, ['--demo'], /Unknown option --demo/],
  ] as const) {
    expect(() => readEnvironment(variables, args)).toThrow(OperatorError);
    expect(() => readEnvironment(variables, args)).toThrow(expected);
  }
});

test('proxies and secret files: what cannot be understood or read is refused', () => {
  expect(readEnvironment({ TRUST_PROXY: '10.0.0.0/8' }, []).trustProxy.kind).toBe('addresses');
  expect(() => readEnvironment({ TRUST_PROXY: 'yes' }, [])).toThrow(/TRUST_PROXY is "yes"/);
  expect(() => readEnvironment({ METRICS_TOKEN_FILE: '/nowhere/token' }, [])).toThrow(/METRICS_TOKEN_FILE.*ENOENT/);
  expect(() => readEnvironment({ METRICS_TOKEN: 'a', METRICS_TOKEN_FILE: '/dev/null' }, [])).toThrow(/both set/);
});
