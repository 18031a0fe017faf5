-- When a unit was on duty. Tracking is on duty only, also for what a phone kept while it had no signal and sends later: a
-- fix of a time outside these periods is off duty.
CREATE TABLE duty_periods (
  unit_id uuid NOT NULL REFERENCES units ON DELETE CASCADE,
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz,
  planned_ends_at timestamptz,
  PRIMARY KEY (unit_id, starts_at)
);
COMMENT ON TABLE duty_periods IS 'When a unit was on duty, kept by a trigger on units.duty_state. A unit without a row has had its state since it was made.';
COMMENT ON COLUMN duty_periods.starts_at IS '-infinity: on duty since it was made.';
COMMENT ON COLUMN duty_periods.ends_at IS 'Null: on duty now.';
COMMENT ON COLUMN duty_periods.planned_ends_at IS 'When the shift is to end; some hours later (retention_settings.overdue_shift_hours) it ends by itself. Null: nobody said.';
CREATE INDEX duty_periods_overdue_idx ON duty_periods (planned_ends_at) WHERE ends_at IS NULL; -- shifts that nobody ended
CREATE INDEX duty_periods_station_idx ON duty_periods (station_id, ends_at); -- the registry: periods of the last days
CALL protect_tenant_table('duty_periods');

CREATE FUNCTION note_duty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.duty_state = 'on' THEN
    INSERT INTO duty_periods (unit_id, station_id, starts_at) VALUES (NEW.id, NEW.station_id, now())
    -- Ended and started again in one transaction.
    ON CONFLICT (unit_id, starts_at) DO UPDATE SET ends_at = NULL;
  ELSE
    UPDATE duty_periods SET ends_at = now() WHERE unit_id = NEW.id AND ends_at IS NULL;
    IF NOT FOUND THEN
      INSERT INTO duty_periods (unit_id, station_id, starts_at, ends_at) VALUES (NEW.id, NEW.station_id, '-infinity', now())
      ON CONFLICT (unit_id, starts_at) DO NOTHING;
    END IF;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER note_duty AFTER UPDATE OF duty_state ON units FOR EACH ROW
  WHEN (OLD.duty_state IS DISTINCT FROM NEW.duty_state) EXECUTE FUNCTION note_duty();
