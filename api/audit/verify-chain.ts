import { hashEntry } from './hash-entry.ts';
import type { AuditHead, ChainedEntry } from './queries.ts';
import type { KeptHead } from './read-heads.ts';

/**
 * What is wrong with a chain, and where. `edited`: what stands there is not what was hashed; `reordered`: it was written
 * with another sequence; `missing`: entries are gone from the middle; `truncated`: from the end; `rewritten`: the chain
 * hangs together but is not the one whose head was kept; `removed-early`: from the beginning, before their time;
 * `head`: the head row is missing or is not of these entries.
 */
export interface Finding {
  stationId: string;
  kind: 'edited' | 'reordered' | 'missing' | 'truncated' | 'rewritten' | 'removed-early' | 'head';
  sequence: number;
  detail: string;
}

/** Entries that do not hash are compared with the places of so many others to tell whether they were moved. */
const maxMoved = 200;
/** Audit entries are kept for so long at least; migration 0050 refuses to remove younger ones. */
export const minAuditDays = 183;

/** Checks one chain entry by entry, in order. Holds one hash and what is broken, never the chain. */
export class ChainVerifier {
  readonly #stationId: string;
  readonly #kept: readonly KeptHead[];
  readonly #hashesToKeep: Map<number, Buffer | undefined>;
  readonly #broken: ChainedEntry[] = [];
  readonly #findings: Finding[] = [];
  #last: { sequence: number; hash: Buffer; isBroken: boolean };
  entryCount = 0;

  /** @param kept heads of this chain that were kept elsewhere */
  constructor(begin: AuditHead, kept: readonly KeptHead[]) {
    this.#stationId = begin.stationId;
    this.#kept = kept;
    this.#last = {
      sequence: begin.anchorSequence ?? 0,
      hash: begin.anchorHash ?? Buffer.alloc(32),
      // Without a head row nothing says where the chain begins.
      isBroken: begin.sequence === null,
    };
    this.#hashesToKeep = new Map(kept.map(({ sequence }) => [sequence, undefined]));
    if (begin.anchorSequence) this.#hashesToKeep.set(begin.anchorSequence, begin.anchorHash ?? undefined);
  }

  get lastSequence(): number {
    return this.#last.sequence;
  }

  add(entry: ChainedEntry): void {
    this.entryCount++;
    const last = this.#last;
    const { sequence } = entry;
    const isNext = sequence === last.sequence + 1;
    if (!isNext)
      this.#find(
        'missing',
        last.sequence + 1,
        sequence === last.sequence + 2
          ? `entry ${last.sequence + 1} is gone`
          : `entries ${last.sequence + 1} to ${sequence - 1} are gone`,
      );
    const isBroken = !hashEntry(entry).equals(entry.hash);
    if (isBroken && this.#broken.length < maxMoved) this.#broken.push(entry);
    else if (isBroken) this.#findEdited(entry);
    else if (isNext && !last.isBroken && !entry.previousHash.equals(last.hash))
      this.#find(
        'edited',
        last.sequence,
        `entry ${last.sequence} was changed and hashed anew: ${sequence} names another`,
      );
    if (this.#hashesToKeep.has(sequence)) this.#hashesToKeep.set(sequence, entry.hash);
    this.#last = { sequence, hash: entry.hash, isBroken };
  }

  /** @param end the head as it is after the last entry was read */
  finish(end: AuditHead | undefined): Finding[] {
    for (const entry of this.#broken) {
      const at = this.#broken.find(
        (other) => other !== entry && hashEntry({ ...entry, sequence: other.sequence }).equals(entry.hash),
      );
      if (at) this.#find('reordered', entry.sequence, `what stands at ${entry.sequence} was written as ${at.sequence}`);
      else this.#findEdited(entry);
    }
    this.#checkHead(end);
    for (const kept of this.#kept) this.#checkKept(kept, end);
    return this.#findings.sort((a, b) => a.sequence - b.sequence);
  }

  #checkHead(end: AuditHead | undefined): void {
    const { sequence, hash } = this.#last;
    if (!end || end.sequence === null || end.hash === null)
      this.#find('head', sequence, 'the row that says where the chain begins and ends is gone');
    else if (sequence < end.sequence)
      this.#find('truncated', sequence + 1, `the chain ends with ${sequence}; its head says ${end.sequence}`);
    else if (sequence > end.sequence)
      this.#find('head', end.sequence + 1, `entries go on to ${sequence}; the head says ${end.sequence}`);
    else if (!hash.equals(end.hash)) this.#find('head', sequence, 'the head has another hash than the last entry');
  }

  #checkKept({ sequence, hash, at }: KeptHead, end: AuditHead | undefined): void {
    const anchorSequence = end?.anchorSequence ?? 0;
    const isRemoved = sequence <= anchorSequence;
    // A head is no older than its entry, so what was removed up to it must be as old as that.
    if (isRemoved && at !== null && Date.now() - at < minAuditDays * 86_400_000)
      this.#find(
        'removed-early',
        sequence,
        `entry ${sequence} of ${new Date(at).toISOString()} was removed before its time`,
      );
    if (isRemoved && sequence < anchorSequence) return;
    const found = this.#hashesToKeep.get(sequence);
    if (found?.equals(hash)) return;
    if (found)
      this.#find(
        'rewritten',
        sequence,
        `entry ${sequence} is not the one whose head was kept: the chain was rewritten`,
      );
    else if (sequence > this.#last.sequence)
      this.#find(
        'truncated',
        this.#last.sequence + 1,
        `the chain ends with ${this.#last.sequence}; the kept head is ${sequence}`,
      );
  }

  #findEdited({ sequence }: ChainedEntry): void {
    this.#find('edited', sequence, `entry ${sequence} is not what was hashed`);
  }

  #find(kind: Finding['kind'], sequence: number, detail: string): void {
    this.#findings.push({ stationId: this.#stationId, kind, sequence, detail });
  }
}
