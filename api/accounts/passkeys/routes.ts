import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type AuthenticationResponseJSON,
  type RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { Hono } from 'hono';
import { v7 as uuidv7, parse as uuidBytes } from 'uuid';
import { z } from 'zod';
import { isUuid } from '../../database/database.ts';
import { Problem } from '../../errors.ts';
import { clientAddressOf } from '../../operation/client-address.ts';
import { readBody } from '../../reading/read-body.ts';
import { beginSession, ownerOf, renewSession } from '../begin-session.ts';
import { createCeremonies } from '../ceremonies.ts';
import { confirmIdentity } from '../confirm-identity.ts';
import {
  addPasskeySchema,
  beginPasskeySchema,
  confirmedSchema,
  passkeySignInSchema,
  renamePasskeySchema,
  type Passkey,
  type PasskeyOptions,
} from '../contract.ts';
import { describeSession } from '../describe-session.ts';
import { findSecondFactorKinds } from '../second-factor/queries.ts';
import { requireFreeSession, tellOf, type WaysIn } from '../ways-in.ts';
import { deletePasskey, findPasskey, insertPasskey, listPasskeys, renamePasskey, usePasskey } from './queries.ts';
import { requireRelyingParty } from './relying-party.ts';

const unkept = { 'Cache-Control': 'no-store' };
const stateSchema = z.object({ challenge: z.string(), accountId: z.string().nullable() });

/** Passkeys: adding them to one's own account, and signing in with nothing else. They are verified to be the person's. */
export function createPasskeyRoutes(ways: WaysIn) {
  const { database, sessions, seal, audit } = ways;
  const ceremonies = createCeremonies(
    { seal, jar: sessions.jar },
    'passkey',
    stateSchema,
    ({ challenge }) => challenge,
  );

  return new Hono()
    .post('/account/passkeys/begin', async (context) => {
      const request = context.req.raw;
      const { password } = await readBody(beginPasskeySchema, request);
      const held = await requireFreeSession(ways, request);
      const party = requireRelyingParty(request);
      const { username, displayName } = await confirmIdentity(ways, held, password, request);
      const owner = ownerOf(held);
      const known = await database.inScope([owner.stationId], (transaction) => listPasskeys(transaction, owner));
      const options = await generateRegistrationOptions({
        rpName: '哨点 Shaodian',
        rpID: party.id,
        userName: username,
        userDisplayName: displayName,
        userID: new Uint8Array(uuidBytes(owner.accountId)),
        attestationType: 'none',
        excludeCredentials: known.map(({ credentialId, transports }) => ({ id: credentialId, transports })),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      });
      ceremonies.begin(context, { challenge: options.challenge, accountId: owner.accountId });
      const answer: PasskeyOptions = { options: { ...options } };
      return context.json(answer, 200, unkept);
    })
    .post('/account/passkeys', async (context) => {
      const request = context.req.raw;
      const { name, credential } = await readBody(addPasskeySchema, request);
      const held = await requireFreeSession(ways, request);
      const party = requireRelyingParty(request);
      const owner = ownerOf(held);
      const state = ceremonies.end(context);
      if (!state || state.accountId !== owner.accountId) throw notBegun();
      const { registrationInfo } = await judged(() =>
        verifyRegistrationResponse({
          response: credential as unknown as RegistrationResponseJSON,
          expectedChallenge: state.challenge,
          expectedOrigin: party.origin,
          expectedRPID: party.id,
          requireUserVerification: true,
        }),
      );
      if (!registrationInfo) throw new Problem(400, 'passkey-refused', 'This passkey cannot be used');
      const id = uuidv7();
      const passkeys = await database.inScope([owner.stationId], async (transaction) => {
        const isNew = await insertPasskey(transaction, {
          ...owner,
          id,
          credentialId: Buffer.from(registrationInfo.credential.id, 'base64url'),
          publicKey: registrationInfo.credential.publicKey,
          counter: registrationInfo.credential.counter,
          transports: registrationInfo.credential.transports ?? [],
          name,
          isBackedUp: registrationInfo.credentialBackedUp,
        });
        if (!isNew) throw new Problem(409, 'passkey-known', 'This passkey is registered already');
        return listPasskeys(transaction, owner);
      });
      ceremonies.spend(state);
      await tellOf(ways, held, request, 'account.passkey-added', { passkey: id });
      await renewSession(ways, context, held, ['hwk']);
      const { credentialId: _, transports: __, ...answer } = passkeys.find((passkey) => passkey.id === id)!;
      return context.json(answer satisfies Passkey, 201);
    })
    .patch('/account/passkeys/:id', async (context) => {
      const { name } = await readBody(renamePasskeySchema, context.req.raw);
      const held = await requireFreeSession(ways, context.req.raw);
      const id = context.req.param('id');
      const owner = ownerOf(held);
      const isRenamed =
        isUuid(id) &&
        (await database.inScope([owner.stationId], (transaction) => renamePasskey(transaction, owner, id, name)));
      if (!isRenamed) throw new Problem(404, 'not-found', 'You have no such passkey');
      return context.body(null, 204);
    })
    .delete('/account/passkeys/:id', async (context) => {
      const request = context.req.raw;
      const { password } = await readBody(confirmedSchema, request);
      const held = await requireFreeSession(ways, request);
      const { passwordHash } = await confirmIdentity(ways, held, password, request);
      const id = context.req.param('id');
      const owner = ownerOf(held);
      await database.inScope([owner.stationId], async (transaction) => {
        if (!isUuid(id) || !(await deletePasskey(transaction, owner, id)))
          throw new Problem(404, 'not-found', 'You have no such passkey');
        const [left] = await findSecondFactorKinds(transaction, [owner.accountId]);
        if (left?.hasPasskey) return;
        if (sessions.needsSecondFactor(held.account) && !left?.hasTotp)
          throw new Problem(409, 'second-factor-needed', 'This account needs a second factor', {
            detail: 'Set up an authenticator or another passkey first.',
          });
        if (passwordHash === null)
          throw new Problem(409, 'last-way-in', 'This passkey is the only way into the account');
      });
      sessions.forget();
      await tellOf(ways, held, request, 'account.passkey-removed', { passkey: id });
      return context.body(null, 204);
    })
    .post('/session/passkey/begin', async (context) => {
      const party = requireRelyingParty(context.req.raw);
      const options = await generateAuthenticationOptions({ rpID: party.id, userVerification: 'required' });
      ceremonies.begin(context, { challenge: options.challenge, accountId: null });
      const answer: PasskeyOptions = { options: { ...options } };
      return context.json(answer, 200, unkept);
    })
    .post('/session/passkey', async (context) => {
      const request = context.req.raw;
      const { credential } = await readBody(passkeySignInSchema, request);
      const party = requireRelyingParty(request);
      const state = ceremonies.end(context);
      if (!state || state.accountId !== null) throw notBegun();
      const credentialId = Buffer.from(credential.id, 'base64url');
      const passkey = await database.inScope([], (transaction) => findPasskey(transaction, credentialId));
      const { verified, authenticationInfo } = passkey
        ? await judged(() =>
            verifyAuthenticationResponse({
              response: credential as unknown as AuthenticationResponseJSON,
              expectedChallenge: state.challenge,
              expectedOrigin: party.origin,
              expectedRPID: party.id,
              requireUserVerification: true,
              credential: {
                id: credential.id,
                publicKey: new Uint8Array(passkey.publicKey),
                counter: passkey.counter,
              },
            }),
          )
        : { verified: false, authenticationInfo: undefined };
      const isTaken =
        verified &&
        passkey !== null &&
        !passkey.isDisabled &&
        (await database.inScope([passkey.stationId], (transaction) =>
          usePasskey(transaction, passkey, authenticationInfo!.newCounter),
        ));
      if (!isTaken || !passkey) {
        await audit.write({
          stationId: passkey?.stationId ?? null,
          actor: null,
          action: 'session.begin',
          ...(passkey && { target: { kind: 'account', id: passkey.accountId, name: '' } }),
          detail: { wrong: 'passkey' },
          address: clientAddressOf(request),
          outcome: 'failed',
        });
        throw new Problem(401, 'sign-in-failed', 'This passkey does not open an account here', {
          detail: 'It may have been removed from the account. Sign in another way.',
        });
      }
      ceremonies.spend(state);
      return context.json(describeSession(await beginSession(ways, context, passkey.accountId, ['hwk'])));
    });
}

const notBegun = () =>
  new Problem(409, 'begin-again', 'Begin again', {
    detail: 'More than ten minutes have gone by, or it was done before.',
  });

/** What the library throws of an answer that is not right is told as a refusal: the text names what was expected. */
async function judged<T>(judge: () => Promise<T>): Promise<T> {
  try {
    return await judge();
  } catch (error) {
    throw new Problem(400, 'passkey-refused', 'This passkey cannot be used', { cause: error });
  }
}
