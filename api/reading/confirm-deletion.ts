import { createHash } from 'node:crypto';
import { Problem } from '../errors.ts';
import type { Confirmation } from './contract.ts';

/**
 * Lets a deletion through only when the client has seen what goes with it, as it is now: `confirm` is a code of the row's
 * version and of the counts.
 * @param losses what goes with it, by noun
 * @throws {Problem} 409 with the losses and the code to send.
 */
export function requireConfirmation(
  given: string | undefined,
  row: { id: string; version: number },
  losses: Readonly<Record<string, number>>,
): void {
  const lost = Object.fromEntries(Object.entries(losses).filter(([, count]) => count > 0));
  const confirm = createHash('sha256')
    .update(JSON.stringify([row.id, row.version, lost]))
    .digest('base64url')
    .slice(0, 16);
  if (given === confirm) return;
  throw new Problem(409, 'confirmation-required', 'Deleting this takes something with it', {
    detail:
      given === undefined
        ? 'Look at what would go (losses), then send the same request with ?confirm= and the code of this answer.'
        : 'What would go has changed since: look again, then send ?confirm= with the code of this answer.',
    extensions: { losses: lost, confirm } satisfies Pick<Confirmation, 'losses' | 'confirm'>,
  });
}
