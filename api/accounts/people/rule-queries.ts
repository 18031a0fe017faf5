import type { Transaction } from '../../database/database.ts';
import { sql } from '../../database/sql.ts';
import type { SignInRules } from './contract.ts';

/** What these stations ask of who signs in; those without a row ask nothing more. By the primary keys. */
export async function findSignInRules(transaction: Transaction, stationIds: readonly string[]): Promise<SignInRules[]> {
  return transaction.query<SignInRules>(sql`
    SELECT s.id AS "stationId", coalesce(r.second_factor_roles, '{}') AS "secondFactorRoles"
    FROM stations s LEFT JOIN sign_in_rules r ON r.station_id = s.id
    WHERE s.id = ANY(${stationIds}::uuid[]) ORDER BY s.id`);
}

export async function putSignInRules(
  transaction: Transaction,
  { stationId, secondFactorRoles }: SignInRules,
): Promise<void> {
  await transaction.execute(sql`
    INSERT INTO sign_in_rules (station_id, second_factor_roles) VALUES (${stationId}, ${secondFactorRoles}::text[])
    ON CONFLICT (station_id) DO UPDATE SET second_factor_roles = excluded.second_factor_roles`);
}
