import type { Database } from '../../database/database.ts';
import type { Seal } from '../../operation/seal.ts';
import { findSecondFactor, takeRecoveryCode, takeStep } from './queries.ts';
import { hashRecoveryCode } from './recovery-code.ts';
import { findStep } from './totp.ts';

/** What the secret is sealed for: nothing of another account fits. */
export const sealedFor = (accountId: string): string => `totp ${accountId}`;

/**
 * Takes a code of the authenticator or a recovery code, each once.
 * @returns how, as the session keeps it (RFC 8176); undefined: the code is wrong or was used
 */
export async function checkCode(
  { database, seal }: { database: Database; seal: Seal },
  account: { stationId: string; accountId: string },
  typed: string,
  nowMs = Date.now(),
): Promise<'otp' | 'recovery' | undefined> {
  const recoveryHash = hashRecoveryCode(typed);
  return database.inScope([account.stationId], async (transaction) => {
    if (recoveryHash) return (await takeRecoveryCode(transaction, account, recoveryHash)) ? 'recovery' : undefined;
    const factor = await findSecondFactor(transaction, account);
    if (!factor?.sealedSecret) return undefined;
    const secret = seal.open(sealedFor(account.accountId), factor.sealedSecret);
    if (!secret)
      throw new Error(
        'The secret of a second factor cannot be read: SECRET_KEY or DATA_DIR/secret.key is not the one it was made with.',
      );
    const step = findStep(secret, typed.replace(/\s/g, ''), nowMs);
    return step !== undefined && (await takeStep(transaction, account, step)) ? 'otp' : undefined;
  });
}
