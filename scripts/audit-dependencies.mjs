// npm audit as CI needs it: fails on findings of level high and above that nobody explained; where the registry does not
// offer the audit (mirrors, closed networks) it says so and lets the run go on, because nothing was learnt.
import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';

/** Advisories that do not concern us, by their URL, each with why. */
const explained = new Map([]);

/**
 * @param {string} text what `npm audit --json` printed
 * @returns {{kind: 'unanswered', why: string} | {kind: 'answered', findings: string[], lower: number}}
 */
export function readAudit(text) {
  let report;
  try {
    report = JSON.parse(text);
  } catch {
    return { kind: 'unanswered', why: 'npm printed no report' };
  }
  if (!report.metadata?.vulnerabilities) return { kind: 'unanswered', why: String(report.message ?? 'no report') };
  const findings = new Map();
  for (const { via } of Object.values(report.vulnerabilities ?? {}))
    for (const advisory of via)
      if (
        typeof advisory === 'object' &&
        ['high', 'critical'].includes(advisory.severity) &&
        !explained.has(advisory.url)
      )
        findings.set(
          advisory.url,
          `${advisory.severity}: ${advisory.name} ${advisory.range} ${advisory.title} ${advisory.url}`,
        );
  const { info = 0, low = 0, moderate = 0 } = report.metadata.vulnerabilities;
  return { kind: 'answered', findings: [...findings.values()], lower: info + low + moderate };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { stdout } = spawnSync('npm', ['audit', '--json'], { encoding: 'utf8', maxBuffer: 100_000_000 });
  const audit = readAudit(stdout);
  if (audit.kind === 'unanswered') process.stdout.write(`Dependencies were NOT audited: ${audit.why}\n`);
  else {
    for (const finding of audit.findings) process.stdout.write(`${finding}\n`);
    process.stdout.write(`${audit.findings.length} high or critical findings, ${audit.lower} lower ones\n`);
    process.exitCode = audit.findings.length > 0 ? 1 : 0;
  }
}
