import { Hono } from 'hono';
import { Problem } from '../../errors.ts';
import { readBody } from '../../reading/read-body.ts';
import { beginSession, ownerOf, renewSession } from '../begin-session.ts';
import { confirmIdentity } from '../confirm-identity.ts';
import {
  addSecondFactorSchema,
  confirmedSchema,
  confirmSecondFactorSchema,
  giveSecondFactorSchema,
  type RecoveryCodes,
  type TotpOffer,
} from '../contract.ts';
import { describeSession } from '../describe-session.ts';
import { takeCode } from '../sign-in.ts';
import { requireFreeSession, requireOwnSession, tellOf, type WaysIn } from '../ways-in.ts';
import { sealedFor } from './check-code.ts';
import {
  confirmSecondFactor,
  deleteSecondFactor,
  findSecondFactor,
  findSecondFactorKinds,
  offerSecondFactor,
  replaceRecoveryCodes,
} from './queries.ts';
import { hashRecoveryCode, makeRecoveryCode, recoveryCodeCount } from './recovery-code.ts';
import { findStep, makeTotpSecret, toBase32, totpUri } from './totp.ts';

const unkept = { 'Cache-Control': 'no-store' };
/** An offer that lies open for longer may have been seen by others. */
const offerHoldsMs = 15 * 60_000;

/** The authenticator app of one's own account. */
export function createSecondFactorRoutes(ways: WaysIn) {
  const { database, seal, throttle } = ways;

  const makeCodes = () => {
    const codes = Array.from({ length: recoveryCodeCount }, makeRecoveryCode);
    return { codes, hashes: codes.map((code) => hashRecoveryCode(code)!) };
  };

  return new Hono()
    .post('/account/second-factor', async (context) => {
      const { password } = await readBody(addSecondFactorSchema, context.req.raw);
      const held = await requireFreeSession(ways, context.req.raw);
      const { username } = await confirmIdentity(ways, held, password, context.req.raw);
      const owner = ownerOf(held);
      const secret = makeTotpSecret();
      await database.inScope([owner.stationId], (transaction) =>
        offerSecondFactor(transaction, owner, seal.seal(sealedFor(owner.accountId), secret)),
      );
      const answer: TotpOffer = { secret: toBase32(secret), uri: totpUri(secret, username) };
      return context.json(answer, 200, unkept);
    })
    .post('/account/second-factor/confirm', async (context) => {
      const { code } = await readBody(confirmSecondFactorSchema, context.req.raw);
      const held = await requireFreeSession(ways, context.req.raw);
      const owner = ownerOf(held);
      const attempt = throttle.beginCode(owner.accountId);
      const { codes, hashes } = makeCodes();
      const isConfirmed = await database.inScope([owner.stationId], async (transaction) => {
        const factor = await findSecondFactor(transaction, owner);
        if (!factor?.pendingSecret || Date.now() - factor.pendingAt!.getTime() > offerHoldsMs)
          throw new Problem(409, 'nothing-offered', 'Begin anew', {
            detail: 'No authenticator was offered within the last 15 minutes.',
          });
        const secret = seal.open(sealedFor(owner.accountId), factor.pendingSecret);
        const step = secret && findStep(secret, code.replace(/\s/g, ''), Date.now());
        if (step === undefined || !(await confirmSecondFactor(transaction, owner, step, factor.pendingSecret)))
          return false;
        await replaceRecoveryCodes(transaction, owner, hashes);
        return true;
      });
      if (!isConfirmed)
        throw new Problem(400, 'second-factor-wrong', 'The code is wrong', {
          detail: 'Type the code that the app shows now; the clock of the phone must be right.',
        });
      attempt.succeeded();
      await tellOf(ways, held, context.req.raw, 'account.second-factor-set');
      await renewSession(ways, context, held, ['otp']);
      const answer: RecoveryCodes = { recoveryCodes: codes };
      return context.json(answer);
    })
    .delete('/account/second-factor', async (context) => {
      const { password } = await readBody(confirmedSchema, context.req.raw);
      const held = await requireFreeSession(ways, context.req.raw);
      await confirmIdentity(ways, held, password, context.req.raw);
      const owner = ownerOf(held);
      await database.inScope([owner.stationId], async (transaction) => {
        const [factors] = await findSecondFactorKinds(transaction, [owner.accountId]);
        if (ways.sessions.needsSecondFactor(held.account) && !factors?.hasPasskey)
          throw new Problem(409, 'second-factor-needed', 'This account needs a second factor', {
            detail: 'Add a passkey first, or set up another authenticator in its place.',
          });
        if (!(await deleteSecondFactor(transaction, owner)))
          throw new Problem(404, 'not-found', 'There is no authenticator to remove');
      });
      ways.sessions.forget();
      await tellOf(ways, held, context.req.raw, 'account.second-factor-removed');
      return context.body(null, 204);
    })
    .post('/account/recovery-codes', async (context) => {
      const { password } = await readBody(confirmedSchema, context.req.raw);
      const held = await requireFreeSession(ways, context.req.raw);
      await confirmIdentity(ways, held, password, context.req.raw);
      const owner = ownerOf(held);
      const { codes, hashes } = makeCodes();
      await database.inScope([owner.stationId], async (transaction) => {
        if (!(await findSecondFactor(transaction, owner))?.confirmedAt)
          throw new Problem(409, 'no-second-factor', 'Set up an authenticator first');
        await replaceRecoveryCodes(transaction, owner, hashes);
      });
      await tellOf(ways, held, context.req.raw, 'account.recovery-codes-made');
      const answer: RecoveryCodes = { recoveryCodes: codes };
      return context.json(answer, 200, unkept);
    })
    .post('/session/second-factor', async (context) => {
      const { code } = await readBody(giveSecondFactorSchema, context.req.raw);
      const held = await requireOwnSession(ways, context.req.raw);
      const how = await takeCode(
        ways,
        { ...ownerOf(held), displayName: held.viewer.displayName },
        code,
        context.req.raw,
      );
      const begun = await beginSession(ways, context, held.viewer.accountId, [...held.session.methods, how]);
      return context.json(describeSession(begun));
    });
}
