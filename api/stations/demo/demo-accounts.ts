import { randomInt } from 'node:crypto';
import type { Role } from '../../accounts/contract.ts';
import { hashPassword } from '../../accounts/password.ts';
import type { Database } from '../../database/database.ts';
import { disableDemoAccounts, findCrewedMember, findGridOfficer, upsertDemoAccount } from './account-queries.ts';
import { demoCityId, demoId, demoScope, demoStationId } from './ids.ts';

export interface DemoAccount {
  username: string;
  password: string;
}

/** Stands in README and is printed; good on loopback only. */
const knownPassword = 'pingan-demo';

const accounts: readonly { role: Role; displayName: string; stationId: string }[] = [
  { role: 'commander', displayName: '演示 指挥员', stationId: demoStationId },
  { role: 'officer', displayName: '演示 社区民警', stationId: demoStationId },
  { role: 'volunteer', displayName: '演示 哨点志愿者', stationId: demoStationId },
  { role: 'analyst', displayName: '演示 研判员', stationId: demoStationId },
  // At the top of the demo's tree, so that there are stations to manage.
  { role: 'administrator', displayName: '演示 管理员', stationId: demoCityId },
  { role: 'auditor', displayName: '演示 审计员', stationId: demoCityId },
  { role: 'wall', displayName: '演示 大屏', stationId: demoStationId },
];

/**
 * One account per role, named after it. The officer is one who answers for a grid, the volunteer one who is on a foot
 * patrol's crew at this hour, so that both see what theirs see.
 * @returns those that were set: a name that a real account has is left to it
 */
export async function setDemoAccounts(
  database: Database,
  { hasRandomPasswords }: { hasRandomPasswords: boolean },
): Promise<DemoAccount[]> {
  const members = await database.inScope(demoScope, async (transaction) => ({
    officer: await findGridOfficer(transaction, demoStationId),
    volunteer: await findCrewedMember(transaction, demoStationId),
  }));
  const made: DemoAccount[] = [];
  for (const { role, displayName, stationId } of accounts) {
    const password = hasRandomPasswords ? randomPassword() : knownPassword;
    const passwordHash = await hashPassword(password);
    const memberId = role === 'officer' || role === 'volunteer' ? members[role] : null;
    const isSet = await database.inScope(demoScope, (transaction) =>
      upsertDemoAccount(transaction, {
        id: demoId(`account/${role}`),
        stationId,
        username: role,
        displayName,
        role,
        memberId,
        passwordHash,
      }),
    );
    if (isSet) made.push({ username: role, password });
  }
  return made;
}

/** Where others than this machine reach the server, and nobody asked for a demo there, the demo's accounts are closed. */
export const closeDemoAccounts = (database: Database): Promise<void> =>
  database.inScope(demoScope, (transaction) => disableDemoAccounts(transaction, demoScope));

/** 16 signs that are read aloud and typed without mistake: 79 bits. */
const randomPassword = (): string =>
  Array.from({ length: 16 }, () => 'abcdefghjkmnpqrstuvwxyz23456789'[randomInt(31)]).join('');
