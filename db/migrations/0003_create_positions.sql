-- Devices and what they report.
CREATE TABLE devices (
  id uuid PRIMARY KEY,
  number integer GENERATED ALWAYS AS IDENTITY UNIQUE,
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  name text NOT NULL CHECK (name <> ''),
  unit_id uuid REFERENCES units ON DELETE SET NULL,
  token_hash bytea UNIQUE CHECK (length(token_hash) = 32),
  revoked_at timestamptz,
  UNIQUE (station_id, name)
);
COMMENT ON TABLE devices IS 'Positioning devices (定位终端): what reports a unit''s fixes.';
COMMENT ON COLUMN devices.number IS 'Installation-wide number, the device part of the key of fixes.';
COMMENT ON COLUMN devices.name IS 'The device id in reports ("demo-01"); unique in its station.';
COMMENT ON COLUMN devices.token_hash IS 'SHA-256 of the device''s credential; null: reports through a gateway only.';
CREATE INDEX devices_unit_idx ON devices (unit_id); -- the devices of a unit
CALL protect_tenant_table('devices');

CREATE TABLE gateways (
  id uuid PRIMARY KEY,
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  name text NOT NULL,
  token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
  revoked_at timestamptz,
  UNIQUE (station_id, name)
);
COMMENT ON TABLE gateways IS 'Systems that report for all devices of a station under one credential.';
CALL protect_tenant_table('gateways');

DO $$
BEGIN
  EXECUTE format('CREATE POLICY look_up ON devices FOR SELECT TO %I USING (current_setting(''shaodian.look_up'', true) = ''on'')', current_user);
  EXECUTE format('CREATE POLICY look_up ON gateways FOR SELECT TO %I USING (current_setting(''shaodian.look_up'', true) = ''on'')', current_user);
END $$;

-- Device look-up: whose credential is this, before there is a scope. No row: unknown or revoked.
CREATE FUNCTION find_credential(hash bytea) RETURNS TABLE (kind text, station_id uuid, device_number integer, gateway_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET shaodian.look_up = 'on'
  AS $$
    SELECT 'device', d.station_id, d.number, NULL::uuid FROM devices d WHERE d.token_hash = hash AND d.revoked_at IS NULL
    UNION ALL
    SELECT 'gateway', g.station_id, NULL::integer, g.id FROM gateways g WHERE g.token_hash = hash AND g.revoked_at IS NULL
  $$;
REVOKE ALL ON FUNCTION find_credential(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_credential(bytea) TO shaodian_app;

CREATE TABLE fixes (
  device_number integer NOT NULL,
  unit_number integer NOT NULL,
  observed_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  station_id uuid NOT NULL,
  point geometry(Point, 4326) NOT NULL,
  speed_mps real,
  heading_deg real,
  accuracy_m real,
  altitude_m real,
  battery_pct smallint,
  PRIMARY KEY (device_number, observed_at)
) PARTITION BY RANGE (observed_at);
COMMENT ON TABLE fixes IS 'Fixes (定位点), one partition per UTC day. Rows are never changed; the first report of a device and time stands.';
COMMENT ON COLUMN fixes.unit_number IS 'The station-local number of the unit that the device served when it reported.';
COMMENT ON COLUMN fixes.observed_at IS 'When the device was there (its clock); received_at is when we stored it.';
CALL protect_tenant_table('fixes');

-- The only way a partition comes to be. A partition grants nothing: read directly it would bypass the parent's policy.
CREATE FUNCTION make_fix_partition(day date) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  partition_name text := 'fixes_' || to_char(day, 'YYYYMMDD');
BEGIN
  IF day < date '2000-01-01' OR day > current_date + 366 THEN
    RAISE EXCEPTION 'no partition for %: outside 2000-01-01 … one year ahead', day;
  END IF;
  IF to_regclass('public.' || partition_name) IS NOT NULL THEN RETURN; END IF;
  EXECUTE format('CREATE TABLE %I PARTITION OF fixes FOR VALUES FROM (%L) TO (%L)', partition_name,
    to_char(day, 'YYYY-MM-DD') || ' 00:00:00+00', to_char(day + 1, 'YYYY-MM-DD') || ' 00:00:00+00');
  EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', partition_name);
  EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', partition_name);
EXCEPTION WHEN duplicate_table OR unique_violation THEN NULL; -- another transaction made it
END $$;
REVOKE ALL ON FUNCTION make_fix_partition(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION make_fix_partition(date) TO shaodian_app;

CREATE TABLE device_units (
  station_id uuid NOT NULL,
  unit_number integer NOT NULL,
  device_number integer NOT NULL,
  first_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (station_id, unit_number, device_number)
);
COMMENT ON TABLE device_units IS 'Which devices ever reported for a unit, so that its track is read by the key of fixes (device, time) without a second index.';
CALL protect_tenant_table('device_units');

CREATE TABLE latest_fixes (
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  unit_number integer NOT NULL,
  device_number integer NOT NULL,
  observed_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  point geometry(Point, 4326) NOT NULL,
  speed_mps real,
  heading_deg real,
  accuracy_m real,
  altitude_m real,
  battery_pct smallint,
  PRIMARY KEY (station_id, unit_number)
) WITH (fillfactor = 50);
COMMENT ON TABLE latest_fixes IS 'The newest accepted fix of each unit; memory is rebuilt from it at start. Upserted in the ingest transaction when newer.';
CALL protect_tenant_table('latest_fixes');

CREATE TABLE quarantined_fixes (
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  device_number integer NOT NULL,
  day date NOT NULL,
  body_hash bytea NOT NULL,
  reason text NOT NULL,
  observed_at timestamptz,
  received_at timestamptz NOT NULL,
  body jsonb NOT NULL,
  PRIMARY KEY (device_number, day, body_hash)
);
COMMENT ON TABLE quarantined_fixes IS 'Fixes that a filter refused, with the reason; keyed by a hash of the report so that repeats are one row, capped per device and day of receipt (UTC).';
CALL protect_tenant_table('quarantined_fixes');

CREATE TABLE device_days (
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  device_number integer NOT NULL,
  day date NOT NULL,
  off_duty_count integer NOT NULL DEFAULT 0,
  quarantined_count integer NOT NULL DEFAULT 0,
  over_cap_count integer NOT NULL DEFAULT 0,
  PRIMARY KEY (device_number, day)
);
COMMENT ON TABLE device_days IS 'Counts per device and UTC day: fixes sent off duty (their place and time are stored nowhere), quarantined, and refused beyond the cap of quarantine.';
CALL protect_tenant_table('device_days');
