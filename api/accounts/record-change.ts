import type { Dependencies } from '../app.ts';
import type { Transaction } from '../database/database.ts';
import { clientAddressOf } from '../operation/client-address.ts';
import type { Viewer } from './viewer.ts';

export interface Change {
  stationId: string;
  /** Dotted: 'unit.change' */
  action: string;
  target: { kind: string; id: string; name: string };
  detail?: Record<string, unknown>;
}

/** Writes what an administrator changed into the audit chain of its station, in the transaction that changes it. */
export async function recordChange(
  { audit }: Pick<Dependencies, 'audit'>,
  transaction: Transaction,
  { viewer, request }: { viewer: Viewer; request: Request },
  change: Change,
): Promise<void> {
  await audit.writeIn(transaction, {
    ...change,
    actor: { accountId: viewer.accountId, name: viewer.displayName },
    address: clientAddressOf(request),
    outcome: 'done',
  });
}

/** Which of these fields a change gives another value: their names, for the audit log. */
export const changedFields = <Row extends object>(before: Row, after: Partial<Row>): string[] =>
  Object.keys(after).filter(
    (key) => JSON.stringify(before[key as keyof Row]) !== JSON.stringify(after[key as keyof Row]),
  );
