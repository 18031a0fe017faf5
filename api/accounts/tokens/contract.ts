import { z } from 'zod';
import { textSchema } from '../../reading/contract.ts';
import { nouns } from '../contract.ts';

/** What a personal token begins with, so that it is told from a device's and found by secret scanners. */
export const tokenPrefix = 'sdp_';
export const maxTokenDays = 366;
/** The most that one account may hold at a time. */
export const maxTokensPerAccount = 50;

/** `POST /api/account/tokens`: a read-only token for programs such as QGIS. */
export const newTokenSchema = z.strictObject({
  name: textSchema(100),
  /** What it may read; null: all that the account may. Never more than the account may. */
  nouns: z.array(z.enum(nouns)).min(1).max(nouns.length).nullable(),
  expiresInDays: z.int().min(1).max(maxTokenDays),
});
export type NewToken = z.infer<typeof newTokenSchema>;

export const tokenSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  nouns: z.array(z.enum(nouns)).nullable(),
  createdAt: z.string(),
  expiresAt: z.string(),
  /** Written at most once a minute; null: never used. */
  lastUsedAt: z.string().nullable(),
});
export type Token = z.infer<typeof tokenSchema>;

export const tokensSchema = z.object({ tokens: z.array(tokenSchema) });

/** `secret` is shown this once: send it as `Authorization: Bearer …`, or as the password of Basic with any username. */
export const issuedTokenSchema = z.object({ token: tokenSchema, secret: z.string() });
export type IssuedToken = z.infer<typeof issuedTokenSchema>;
