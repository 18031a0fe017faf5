import type { Transaction } from '../database/database.ts';
import { sql } from '../database/sql.ts';
import type { UnitKind } from '../positions/contract.ts';
import type { MemberRole, SentinelKind } from '../sentinels/contract.ts';
import type { DispatchState } from './contract.ts';

export interface BriefRow {
  stationId: string;
  unitId: string;
  kind: UnitKind;
  state: DispatchState;
  incidentId: string;
  number: number;
  category: string;
  occurredAt: Date;
  lng: number;
  lat: number;
  text: string | null;
  note: string | null;
  /** Where the unit was last while on duty; null: not known. */
  unitLng: number | null;
  unitLat: number | null;
  unitAt: Date | null;
}

/** What a brief begins with; null: no such dispatch in the scope. By primary keys; a unit off duty is nowhere. */
export async function findBriefed(
  transaction: Transaction,
  stationIds: readonly string[],
  id: string,
): Promise<BriefRow | null> {
  const [row] = await transaction.query<BriefRow>(sql`
    SELECT d.station_id AS "stationId", u.id AS "unitId", u.kind, d.state, i.id AS "incidentId", i.number, i.category,
      i.occurred_at AS "occurredAt", ST_X(i.point) AS lng, ST_Y(i.point) AS lat, i.description AS text,
      (SELECT t.text FROM dispatch_steps s JOIN incident_event_texts t ON t.event_id = s.id AND t.field = 'note'
        WHERE s.dispatch_id = d.id AND s.state = 'sent' LIMIT 1) AS note,
      ST_X(f.point) AS "unitLng", ST_Y(f.point) AS "unitLat", f.observed_at AS "unitAt"
    FROM dispatches d
    JOIN units u ON u.id = d.unit_id
    JOIN incidents i ON i.id = d.incident_id
    LEFT JOIN latest_fixes f ON f.station_id = u.station_id AND f.unit_number = u.number AND u.duty_state = 'on'
    WHERE d.id = ${id} AND d.station_id = ANY(${stationIds}::uuid[])`);
  return row ?? null;
}

export interface NearSentinelRow {
  id: string;
  name: string;
  kind: SentinelKind;
  address: string | null;
  lng: number;
  lat: number;
  distanceM: number;
  members: { displayName: string; role: MemberRole; skills: string[]; phone: string | null }[];
}

/** The station's sentinel points within so many metres, nearest first, with their members. By sentinels_point_idx and members_sentinel_idx. */
export const findSentinelsNear = (
  transaction: Transaction,
  stationId: string,
  { lng, lat, radiusM }: { lng: number; lat: number; radiusM: number },
): Promise<NearSentinelRow[]> => {
  // A degree of latitude is at least 110,574 m, of longitude that times the cosine.
  const latMargin = radiusM / 110_574;
  const lngMargin = latMargin / Math.max(0.01, Math.cos((lat * Math.PI) / 180));
  return transaction.query<NearSentinelRow>(sql`
    SELECT s.id, s.name, s.kind, s.address, ST_X(s.point) AS lng, ST_Y(s.point) AS lat, p.metres AS "distanceM",
      (SELECT coalesce(jsonb_agg(jsonb_build_object('displayName', m.display_name, 'role', m.role, 'skills', m.skills, 'phone', m.phone)
          ORDER BY m.phone IS NULL, m.id), '[]')
        FROM members m WHERE m.sentinel_id = s.id) AS members
    FROM sentinels s
    CROSS JOIN LATERAL (SELECT ST_DistanceSphere(s.point, ST_SetSRID(ST_MakePoint(${lng}, ${lat}), 4326)) AS metres) AS p
    WHERE s.station_id = ${stationId}
      AND s.point && ST_MakeEnvelope(${lng - lngMargin}, ${lat - latMargin}, ${lng + lngMargin}, ${lat + latMargin}, 4326)
      AND p.metres <= ${radiusM}
    ORDER BY p.metres, s.number`);
};
