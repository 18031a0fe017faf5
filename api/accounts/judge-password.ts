import { Worker } from 'node:worker_threads';
import { Problem } from '../errors.ts';
import { minPasswordLength } from './contract.ts';
import { createWorkLimit } from './limit-work.ts';

/** Below this many guesses (10^8) a password counts as one of those that everybody tries. */
const minGuessesLog10 = 8;
/** zxcvbn's work grows with the square of the length; what comes after these can only help. */
const judgedLength = 64;

// The lists take half a second to unfold and 8 MB: in a thread that ends, so that no tick of the live map waits for them.
const judging = createWorkLimit({ concurrency: 1, maxWaiting: 32, reserved: 0 });

/**
 * Length first, no rule about kinds of signs (NIST SP 800-63B, 3.1.1.2): refused are short ones, those that hold the own
 * name, and those that lists of common and breached passwords, keyboard walks and repeats lead to soon (zxcvbn).
 * @param person whose password it is to be
 * @throws {Problem} 400 with the reason in its type, one of `passwordRefusals`
 */
export async function judgePassword(
  password: string,
  { username, displayName }: { username: string; displayName: string },
  field = 'password',
): Promise<void> {
  const signs = [...password.normalize('NFC')];
  if (signs.length < minPasswordLength)
    refuse('password-too-short', field, `${signs.length} signs`, `${minPasswordLength} signs or more`);
  const folded = fold(password);
  for (const name of [username, username.split('@')[0]!, displayName])
    if (isTelling(fold(name)) && folded.includes(fold(name)))
      refuse('password-names-you', field, 'the own name in it', 'a password without the own name');
  const result = await judging.run(() =>
    countGuesses(signs.slice(0, judgedLength).join(''), [username, displayName, 'shaodian', 'pingan', '哨点', '平安']),
  );
  if (!result) throw new Problem(503, 'sign-in-busy', 'Too many choose a password at this moment', { retryAfterS: 5 });
  if (result.done < minGuessesLog10)
    refuse('password-too-common', field, 'one of the first that anybody tries', 'several unrelated words');
}

function refuse(kind: `password-${string}`, field: string, got: string, expected: string): never {
  throw new Problem(400, kind, 'This password cannot be used', { errors: [{ field, got, expected }] });
}

const fold = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/\s/g, '');

/** One Latin letter says nothing; two Chinese signs are a whole name. */
const isTelling = (name: string): boolean => name.length >= (/^[\x20-\x7e]+$/.test(name) ? 3 : 2);

/** How many guesses it takes, as a power of ten. */
function countGuesses(password: string, known: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./count-guesses.ts', import.meta.url), { workerData: { password, known } });
    worker.once('message', resolve).once('error', reject);
    worker.once('exit', () => reject(new Error('the judge of passwords ended without an answer')));
  });
}
