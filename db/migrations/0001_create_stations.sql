-- Tenancy: the station tree, the app role and the rule every tenant table follows.
CREATE EXTENSION IF NOT EXISTS postgis;

-- Every statement of the server runs as this role; it owns nothing and cannot bypass row-level security.
DO $$
BEGIN
  CREATE ROLE shaodian_app NOLOGIN NOSUPERUSER NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; -- roles are shared by the databases of one cluster
END $$;
DO $$ BEGIN EXECUTE format('GRANT shaodian_app TO %I', current_user); END $$;
GRANT USAGE ON SCHEMA public TO shaodian_app;

CREATE TABLE installation (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  made_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE installation IS 'One row: the identity of this installation (cookie names, backups).';
INSERT INTO installation DEFAULT VALUES;
GRANT SELECT ON installation TO shaodian_app;

-- Makes a table a tenant table: row-level security by the scope of the transaction, enforced for the owner too.
-- A missing or empty scope means no rows.
CREATE PROCEDURE protect_tenant_table(tenant_table regclass, station_column name DEFAULT 'station_id') LANGUAGE plpgsql AS $$
DECLARE
  in_scope text := format('%I = ANY (ARRAY(SELECT unnest(nullif(current_setting(''shaodian.stations'', true), '''')::uuid[])))', station_column);
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', tenant_table);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', tenant_table);
  EXECUTE format('CREATE POLICY in_scope ON %s USING (%s) WITH CHECK (%s)', tenant_table, in_scope, in_scope);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO shaodian_app', tenant_table);
END $$;

CREATE TABLE stations (
  id uuid PRIMARY KEY,
  parent_id uuid REFERENCES stations,
  kind text NOT NULL DEFAULT 'station' CHECK (kind IN ('city', 'district', 'station')),
  name text NOT NULL CHECK (name <> ''),
  time_zone text NOT NULL,
  is_demo boolean NOT NULL DEFAULT false,
  boundary geometry(MultiPolygon, 4326),
  next_incident_number integer NOT NULL DEFAULT 1,
  next_unit_number integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE stations IS 'Police stations (派出所) and what is above them: 市局 › 分局 › 派出所. The tenant of every other row.';
COMMENT ON COLUMN stations.time_zone IS 'IANA zone; "today", hours and weekdays of this station are read in it.';
COMMENT ON COLUMN stations.boundary IS 'Area of responsibility; null: the union of its grids.';
COMMENT ON COLUMN stations.next_incident_number IS 'Next station-local incident number (u32 on the wire).';
CREATE UNIQUE INDEX stations_name_key ON stations (coalesce(parent_id, '00000000-0000-0000-0000-000000000000'), name); -- import --station "…"
CALL protect_tenant_table('stations', 'id');
-- The look-up functions below run as the owner, whom FORCE subjects to the policy; this one opens the table to them alone.
DO $$ BEGIN EXECUTE format('CREATE POLICY look_up ON stations FOR SELECT TO %I USING (current_setting(''shaodian.look_up'', true) = ''on'')', current_user); END $$;

-- Sign-in look-up: the tree, by which a viewer's stations are resolved before there is a scope. No names.
CREATE FUNCTION list_station_tree() RETURNS TABLE (id uuid, parent_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET shaodian.look_up = 'on'
  AS $$ SELECT id, parent_id FROM stations $$;
REVOKE ALL ON FUNCTION list_station_tree() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION list_station_tree() TO shaodian_app;

CREATE TABLE revisions (
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  noun text NOT NULL,
  revision bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (station_id, noun)
);
COMMENT ON TABLE revisions IS 'Counts changes of a station''s base data by noun (units, grids, sentinels, incidents), raised in the transaction that changes it; a running server polls it to learn what a command imported.';
CALL protect_tenant_table('revisions');
