import { expect, test } from 'vitest';
// @ts-expect-error a script of the repository, plain JavaScript
import { readAudit } from '../../../scripts/audit-dependencies.mjs';

const advisory = (severity: string) => ({
  severity,
  name: 'p',
  range: '<2',
  title: 'Bad',
  url: `https://x/${severity}`,
});
const report = (...severities: string[]) =>
  JSON.stringify({
    vulnerabilities: Object.fromEntries(
      severities.map((severity) => [severity, { severity, via: [advisory(severity), 'another'] }]),
    ),
    metadata: { vulnerabilities: { low: 1, moderate: 1, high: 1, critical: 0 } },
  });

test('high and critical findings fail, lower ones are counted', () => {
  expect(readAudit(report('low', 'moderate'))).toEqual({ kind: 'answered', findings: [], lower: 2 });
  expect(readAudit(report('high', 'critical')).findings).toHaveLength(2);
});

test('a registry without an audit is told from one that found nothing', () => {
  expect(readAudit('{"message":"405 Method Not Allowed","error":{}}')).toEqual({
    kind: 'unanswered',
    why: '405 Method Not Allowed',
  });
  expect(readAudit('').kind).toBe('unanswered');
});
