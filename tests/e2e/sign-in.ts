import { expect, type BrowserContext } from '@playwright/test';
import type { Role } from '../../api/accounts/contract.ts';

/** Stands in README: the demo's accounts are named after their roles. */
export const demoPassword = 'pingan-demo';

/** Signs the browser in at a server as one of the demo's accounts, without the form. */
export async function signInAs(context: BrowserContext, role: Role, url = process.env['E2E_URL'] ?? ''): Promise<void> {
  // Signing in ends the session that the browser held, and that one is all the other tests'.
  await context.clearCookies();
  const answer = await context.request.post(`${url}/api/session`, { data: { username: role, password: demoPassword } });
  expect(answer.status(), await answer.text()).toBe(200);
}

/** For tests of signing in itself: nobody is signed in. */
export const nobody = { cookies: [], origins: [] };
