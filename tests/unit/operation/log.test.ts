import { expect, test } from 'vitest';
import { describeError } from '../../../api/operation/hide-secrets.ts';
import { createLog } from '../../../api/operation/log.ts';

function open() {
  const lines: string[] = [];
  return {
    lines,
    log: createLog(
      (line) => void lines.push(line),
      () => new Date('2026-11-22T08:00:00Z'),
    ),
  };
}

test('a line is one JSON object with time, level and event', () => {
  const { lines, log } = open();
  log.warn('ingest.batch-failed', { reports: 3, left: undefined });
  expect(lines).toEqual([
    '{"time":"2026-11-22T08:00:00.000Z","level":"warn","event":"ingest.batch-failed","reports":3}',
  ]);
});

test('text from outside can neither begin a line nor speak to the terminal', () => {
  const { lines, log } = open();
  const nasty = 'a\r\nb\u2028c\u0085d\u001b[2Je\u009b31mf\u202eg\u0000';
  log.info('demo.simulator', { message: nasty, time: 'forged', level: 'forged' });
  expect(lines[0]).toMatch(/^[\x20-\x7e]+$/);
  expect(JSON.parse(lines[0]!)).toMatchObject({ message: nasty, level: 'info', time: '2026-11-22T08:00:00.000Z' });
});

test('fields with secret names and texts with coordinates or credentials are hidden', () => {
  const { lines, log } = open();
  log.info('x', {
    password: 'pw-1',
    Authorization: 'Bearer tok-2',
    accessToken: 'tok-3',
    lng: 117.93,
    message: 'at 117.930512,29.63123 with Bearer tok-4 at postgres://u:pw-5@db/x?token=tok-6&x="sessionId":"s-7"',
  });
  expect(lines[0]).not.toMatch(/pw-|tok-|s-7|117|29\.6/);
  expect(lines[0]).toContain('"message":"at [hidden],[hidden] with Bearer [hidden]');
});

test('an error tells what and where, not what it was given', () => {
  let error: Error | undefined;
  try {
    JSON.parse('{"password": hunter2-secret}');
  } catch (caught) {
    error = caught as Error;
  }
  const database = Object.assign(new Error('invalid input syntax for type uuid: "hunter2-secret"'), { code: '22P02' });
  expect(describeError(error!)).toMatch(/^SyntaxError: .*log\.test\.ts/);
  expect(describeError(error!) + describeError(database)).not.toContain('hunter2');
  expect(describeError(database)).toMatch(/^Error 22P02: invalid input syntax for type uuid: …/);
  expect(describeError(new Error('outer', { cause: database }))).toContain('← Error 22P02');
});

test('a text without end does not make a line without end', () => {
  const { lines, log } = open();
  log.info('x', { message: 'a'.repeat(1_000_000) });
  expect(lines[0]!.length).toBeLessThan(3000);
});
