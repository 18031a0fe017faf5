// All senders, in a process of their own so that their CPU is told apart: single fixes at a steady rate on kept-alive
// connections, whatever the answers take (a fix that must wait for a free connection counts from when it was due).
import { placeOfFix } from './fleet-places.ts';
import { PostLine } from './post-line.ts';

export interface PostsOrder {
  port: number;
  stationId: string;
  units: number;
  connections: number;
}

export interface PostsReport {
  /** Due, and told as time of the fix, since 1970 in ms; from due to answered in ms, NaN: not answered with accepted. */
  dueAtMs: Float64Array;
  observedAtMs: Float64Array;
  answeredAfterMs: Float64Array;
  units: Uint32Array;
  nths: Uint32Array;
  refusals: string[];
  cpuMs: number;
  /** How late the sender itself was at most, ms: then it is what was measured. */
  mostLateMs: number;
  /** More than two seconds' fixes waited for a connection, so that it stopped. */
  isOverrun: boolean;
}

interface Post {
  unit: number;
  nth: number;
  dueAtMs: number;
  observedAtMs: number;
  answeredAfterMs: number;
}

/** Of a device of the benchmark. */
export const tokenOf = (device: string, stationId: string): string => `${device}.${stationId}`;

const sliceMs = 5;
const { port, stationId, units, connections } = JSON.parse(process.argv[2]!) as PostsOrder;
const idle: PostLine[] = [];
const lines = await Promise.all(
  Array.from({ length: connections }, () => PostLine.open(port, (line) => (idle.push(line), flush()))),
);
idle.push(...lines);
const fixesOf = new Uint32Array(units + 1);
let posts: Post[] = [];
let waiting: Post[] = [];
let refusals: string[] = [];
let firstWaiting = 0;

function flush(): void {
  while (firstWaiting < waiting.length && idle.length > 0) {
    const post = waiting[firstWaiting++]!;
    const [lng, lat] = placeOfFix(post.unit, post.nth);
    const device = `b-${String(post.unit).padStart(2, '0')}`;
    post.observedAtMs = Date.now();
    const at = new Date(post.observedAtMs).toISOString();
    idle
      .pop()!
      .post(
        tokenOf(device, stationId),
        `[{"device":"${device}","at":"${at}","lngLat":[${lng},${lat}],"accuracyM":5}]`,
        (isAccepted, answer) => {
          if (isAccepted) post.answeredAfterMs = Date.now() - post.dueAtMs;
          else refusals.push(answer.slice(0, 400));
        },
      );
  }
  if (firstWaiting === waiting.length) [waiting, firstWaiting] = [[], 0];
}

/** Sends at the rate for so long, then waits until all are answered. */
async function send(rate: number, seconds: number): Promise<PostsReport> {
  [posts, refusals] = [[], []];
  const cpu = process.cpuUsage();
  const begunAtMs = Date.now();
  const total = Math.round(rate * seconds);
  let isOverrun = false;
  let mostLateMs = 0;
  for (let sent = 0; sent < total && !isOverrun;) {
    const due = Math.min(total, Math.floor(((Date.now() - begunAtMs) * rate) / 1000));
    if (due > sent) mostLateMs = Math.max(mostLateMs, ((due - sent) * 1000) / rate);
    for (; sent < due; sent++) {
      const unit = 1 + (sent % units);
      const post = {
        unit,
        nth: ++fixesOf[unit]!,
        dueAtMs: begunAtMs + (sent * 1000) / rate,
        observedAtMs: NaN,
        answeredAfterMs: NaN,
      };
      posts.push(post);
      waiting.push(post);
    }
    flush();
    isOverrun = waiting.length - firstWaiting > 2 * rate;
    await new Promise((resolve) => setTimeout(resolve, sliceMs));
  }
  const deadlineMs = Date.now() + 60_000;
  while (idle.length < connections && Date.now() < deadlineMs) await new Promise((resolve) => setTimeout(resolve, 20));
  const { user, system } = process.cpuUsage(cpu);
  return {
    dueAtMs: Float64Array.from(posts, (post) => post.dueAtMs),
    observedAtMs: Float64Array.from(posts, (post) => post.observedAtMs),
    answeredAfterMs: Float64Array.from(posts, (post) => post.answeredAfterMs),
    units: Uint32Array.from(posts, (post) => post.unit),
    nths: Uint32Array.from(posts, (post) => post.nth),
    refusals,
    cpuMs: (user + system) / 1000,
    mostLateMs,
    isOverrun,
  };
}

process.on('message', ({ rate, seconds }: { rate: number; seconds: number }) => {
  void send(rate, seconds).then((report) => process.send!(report));
});
process.send!('ready');
