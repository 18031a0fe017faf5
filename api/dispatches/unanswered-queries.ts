import type { Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import { defaultAnswerSeconds } from './contract.ts';

export interface UnansweredRow {
  id: string;
  stationId: string;
  unitId: string;
  incidentId: string;
  incidentNumber: number;
  answerSeconds: number;
}

/**
 * Marks the dispatches whose crews have not answered in their station's time, and says which. By
 * dispatches_unanswered_idx; one that is being answered just now is left to the next look.
 */
export const markUnanswered = (transaction: Transaction, stationIds: readonly string[]): Promise<UnansweredRow[]> =>
  transaction.query<UnansweredRow>(sql`
    WITH late AS (
      SELECT d.id, coalesce(c.answer_seconds, ${defaultAnswerSeconds}::integer) AS answer_seconds
      FROM dispatches d LEFT JOIN dispatch_settings c ON c.station_id = d.station_id
      WHERE d.station_id = ANY(${stationIds}::uuid[]) AND d.state = 'sent' AND d.unanswered_at IS NULL
        AND d.sent_at <= now() - coalesce(c.answer_seconds, ${defaultAnswerSeconds}::integer) * interval '1 second'
      FOR UPDATE OF d SKIP LOCKED
    )
    UPDATE dispatches d SET unanswered_at = now() FROM late, incidents i
    WHERE d.id = late.id AND i.id = d.incident_id
    RETURNING d.id, d.station_id AS "stationId", d.unit_id AS "unitId", d.incident_id AS "incidentId",
      i.number AS "incidentNumber", late.answer_seconds AS "answerSeconds"`);
