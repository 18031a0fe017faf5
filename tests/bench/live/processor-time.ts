import { readdirSync, readFileSync } from 'node:fs';

interface ProcessTime {
  parent: number;
  cpuMs: number;
}

/** Linux counts in hundredths of a second. */
const tickMs = 10;

function timeOf(pid: number): ProcessTime | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in brackets, may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(fields[1]), cpuMs: (Number(fields[11]) + Number(fields[12])) * tickMs };
  } catch {
    return undefined;
  }
}

/** CPU time of a process since it began, ms. */
export const processorMs = (pid: number): number => timeOf(pid)?.cpuMs ?? NaN;

/** CPU time of all processes of the PostgreSQL to which this backend belongs, ms. */
export function postgresMs(backendPid: number): number {
  const postmaster = timeOf(backendPid)!.parent;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => timeOf(Number(name)))
    .reduce((sum, time) => sum + (time?.parent === postmaster ? time.cpuMs : 0), 0);
}
