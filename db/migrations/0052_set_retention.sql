-- How long each kind of data is kept, station by station, and what was removed when its time had come.
CREATE TABLE retention_settings (
  station_id uuid PRIMARY KEY REFERENCES stations ON DELETE CASCADE,
  fix_days integer NOT NULL DEFAULT 183 CHECK (fix_days BETWEEN 1 AND 3660),
  quarantined_fix_days integer NOT NULL DEFAULT 30 CHECK (quarantined_fix_days BETWEEN 1 AND 3660),
  device_day_days integer NOT NULL DEFAULT 366 CHECK (device_day_days BETWEEN 1 AND 3660),
  incident_text_days integer NOT NULL DEFAULT 366 CHECK (incident_text_days BETWEEN 1 AND 3660),
  ended_session_days integer NOT NULL DEFAULT 183 CHECK (ended_session_days BETWEEN 1 AND 3660),
  import_days integer NOT NULL DEFAULT 366 CHECK (import_days BETWEEN 1 AND 3660),
  audit_days integer NOT NULL DEFAULT 366 CHECK (audit_days BETWEEN 183 AND 3660),
  overdue_shift_hours integer NOT NULL DEFAULT 2 CHECK (overdue_shift_hours BETWEEN 0 AND 24)
);
COMMENT ON TABLE retention_settings IS 'How many days a station keeps each kind of data. A station without a row keeps it as the defaults say.';
COMMENT ON COLUMN retention_settings.fix_days IS 'Fixes and the duty periods they belong to.';
COMMENT ON COLUMN retention_settings.incident_text_days IS 'Free text of incidents, by when they happened; the incident itself stays.';
COMMENT ON COLUMN retention_settings.ended_session_days IS 'Sessions, by when they ended: who signed in when and where from.';
COMMENT ON COLUMN retention_settings.audit_days IS 'At least 183: the audit log itself refuses less.';
COMMENT ON COLUMN retention_settings.overdue_shift_hours IS 'Hours after its planned end at which a shift that nobody ended ends by itself.';
CALL protect_tenant_table('retention_settings');

CREATE TABLE retention_runs (
  id uuid PRIMARY KEY,
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  finished_at timestamptz NOT NULL DEFAULT now(),
  removed jsonb NOT NULL
);
COMMENT ON TABLE retention_runs IS 'What was removed of a station because its time had come: {"fixes": {"rows": 12, "before": "…"}, …}. Runs that removed nothing are not here.';
CREATE INDEX retention_runs_station_idx ON retention_runs (station_id, finished_at DESC); -- the latest reports of a station
CALL protect_tenant_table('retention_runs');

-- Which days have a partition of fixes, oldest first.
CREATE FUNCTION list_fix_partitions() RETURNS TABLE (day date)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT to_date(right(c.relname, 8), 'YYYYMMDD') FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
  WHERE i.inhparent = 'fixes'::regclass AND c.relname ~ '^fixes_[0-9]{8}$' ORDER BY 1
$$;

-- Drops one day of fixes, of all stations: only when every station's limit has passed, which is checked here and not by
-- the caller, and only when no row is left that belongs to nobody's decision (a station that is gone). Returns whether.
CREATE FUNCTION drop_fix_partition(asked_day date) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET shaodian.look_up = 'on' AS $$
DECLARE
  partition_name text := 'fixes_' || to_char(asked_day, 'YYYYMMDD');
  longest integer;
BEGIN
  SELECT max(coalesce(r.fix_days, 183)) INTO longest FROM stations s LEFT JOIN retention_settings r ON r.station_id = s.id;
  -- The day ends at midnight UTC after it.
  IF (asked_day + 1)::timestamp AT TIME ZONE 'UTC' > now() - make_interval(days => coalesce(longest, 183)) THEN
    RAISE EXCEPTION 'a station still keeps the fixes of %', asked_day USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF to_regclass('public.' || partition_name) IS NULL THEN RETURN false; END IF;
  EXECUTE format('DROP TABLE %I', partition_name);
  RETURN true;
END $$;

DO $$
DECLARE retention_function text;
BEGIN
  -- For drop_fix_partition, which runs as the owner.
  EXECUTE format('CREATE POLICY look_up ON retention_settings FOR SELECT TO %I USING (current_setting(''shaodian.look_up'', true) = ''on'')', current_user);
  FOREACH retention_function IN ARRAY ARRAY['list_fix_partitions()', 'drop_fix_partition(date)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', retention_function);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO shaodian_app', retention_function);
  END LOOP;
END $$;
