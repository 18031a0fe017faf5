-- Geofences: areas whose crossing is told. Alerts: what somebody has to look at now.
CREATE TABLE geofences (
  id uuid PRIMARY KEY,
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  name text NOT NULL CHECK (name <> ''),
  severity text NOT NULL CHECK (severity IN ('critical', 'warning', 'notice')),
  on_enter boolean NOT NULL DEFAULT true,
  on_leave boolean NOT NULL DEFAULT false,
  dwell_minutes integer CHECK (dwell_minutes BETWEEN 1 AND 1440),
  unit_kinds text[] NOT NULL CHECK (unit_kinds <@ ARRAY['foot', 'car', 'bike', 'uav']),
  active_from time,
  active_to time,
  area geometry(MultiPolygon, 4326) NOT NULL,
  version integer NOT NULL DEFAULT 1,
  UNIQUE (station_id, name),
  CHECK (on_enter OR on_leave OR dwell_minutes IS NOT NULL),
  CHECK ((active_from IS NULL) = (active_to IS NULL))
);
COMMENT ON TABLE geofences IS 'Geofences (电子围栏): areas that raise an alert when a unit enters, leaves or stays.';
COMMENT ON COLUMN geofences.dwell_minutes IS 'A unit that is inside for longer raises an alert; null: none does.';
COMMENT ON COLUMN geofences.unit_kinds IS 'Kinds of units it watches; empty: all.';
COMMENT ON COLUMN geofences.active_from IS 'Hours of the day in the station''s time zone when it raises alerts, from ≤ time < to, past midnight when from > to; null: always.';
COMMENT ON COLUMN geofences.version IS 'Raised by each edit; an editor names the one they saw.';
CREATE TRIGGER raise_version BEFORE UPDATE OF name, severity, on_enter, on_leave, dwell_minutes, unit_kinds, active_from, active_to, area ON geofences
  FOR EACH ROW EXECUTE FUNCTION raise_version();
CALL protect_tenant_table('geofences');

CREATE TABLE geofence_stays (
  geofence_id uuid NOT NULL REFERENCES geofences ON DELETE CASCADE,
  unit_id uuid NOT NULL REFERENCES units ON DELETE CASCADE,
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  is_inside boolean NOT NULL,
  since timestamptz NOT NULL,
  dwell_raised_at timestamptz,
  PRIMARY KEY (geofence_id, unit_id)
);
COMMENT ON TABLE geofence_stays IS 'On which side of each geofence a unit on duty is known to be, so that a restart of the server neither forgets a crossing nor tells it twice. Rows of units that go off duty are removed.';
COMMENT ON COLUMN geofence_stays.since IS 'The fix that decided it, by the device''s clock.';
COMMENT ON COLUMN geofence_stays.dwell_raised_at IS 'The stay has raised its alert: it raises no other.';
CREATE INDEX geofence_stays_unit_idx ON geofence_stays (unit_id); -- a unit that goes off duty or is deleted
CREATE INDEX geofence_stays_station_idx ON geofence_stays (station_id); -- all of a station, at the start of the server
CALL protect_tenant_table('geofence_stays');

CREATE TABLE alerts (
  id uuid PRIMARY KEY,
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('sos', 'unitStale', 'geofenceEnter', 'geofenceLeave', 'geofenceDwell', 'dispatchUnanswered', 'incidentBurst')),
  cause text NOT NULL CHECK (cause <> ''),
  severity text NOT NULL CHECK (severity IN ('critical', 'warning', 'notice')),
  opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  unit_id uuid REFERENCES units ON DELETE SET NULL,
  incident_id uuid REFERENCES incidents ON DELETE SET NULL,
  grid_id uuid REFERENCES grids ON DELETE SET NULL,
  geofence_id uuid REFERENCES geofences ON DELETE SET NULL,
  dispatch_id uuid,
  call_sign text,
  point geometry(Point, 4326),
  detail jsonb NOT NULL DEFAULT '{}',
  acknowledged_at timestamptz,
  acknowledged_by uuid REFERENCES accounts ON DELETE SET NULL,
  acknowledged_by_name text,
  note text,
  resolved_at timestamptz,
  closed_by_name text,
  CHECK (resolved_at IS NULL OR resolved_at >= opened_at)
);
COMMENT ON TABLE alerts IS 'Alerts (告警): raised by a rule or a crew, acknowledged by a person, resolved when the cause ends.';
COMMENT ON COLUMN alerts.cause IS 'What it is about, such as geofenceEnter:<geofence>:<unit>: of one cause one alert is open.';
COMMENT ON COLUMN alerts.dispatch_id IS 'No foreign key: the alert outlives what it tells of.';
COMMENT ON COLUMN alerts.call_sign IS 'The unit''s call sign when it was raised; the alert outlives the unit.';
COMMENT ON COLUMN alerts.point IS 'Where it is; null: nowhere in particular, or not known.';
COMMENT ON COLUMN alerts.detail IS 'What its words are made of: names, counts, limits. No names of people.';
COMMENT ON COLUMN alerts.resolved_at IS 'The cause has ended, or a person closed it.';
COMMENT ON COLUMN alerts.closed_by_name IS 'Who closed it by hand; null: the rule did.';
CREATE UNIQUE INDEX alerts_open_cause_key ON alerts (station_id, cause) WHERE resolved_at IS NULL; -- one open alert a cause; GET /api/alerts?state=open
CREATE INDEX alerts_time_idx ON alerts (station_id, opened_at DESC); -- GET /api/alerts?state=all: the last days; retention
CREATE INDEX alerts_unit_idx ON alerts (unit_id) WHERE unit_id IS NOT NULL; -- a unit that is deleted
CREATE INDEX alerts_incident_idx ON alerts (incident_id) WHERE incident_id IS NOT NULL; -- an incident that is deleted
CREATE INDEX alerts_grid_idx ON alerts (grid_id) WHERE grid_id IS NOT NULL; -- a grid that is deleted
CREATE INDEX alerts_geofence_idx ON alerts (geofence_id) WHERE geofence_id IS NOT NULL; -- a geofence that is deleted
CALL protect_tenant_table('alerts');

-- Whoever writes them, by request, by a rule or by hand in psql, raises the station's revision, so that running servers
-- tell their viewers by the next poll.
CREATE FUNCTION raise_alert_revisions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO revisions (station_id, noun)
  -- A station that is being deleted takes its revisions along.
  SELECT c.station_id, TG_TABLE_NAME FROM (SELECT DISTINCT station_id FROM changed_rows) AS c JOIN stations s ON s.id = c.station_id
  ORDER BY c.station_id
  ON CONFLICT (station_id, noun) DO UPDATE SET revision = revisions.revision + 1;
  RETURN NULL;
END $$;

DO $$
DECLARE
  watched text;
BEGIN
  FOREACH watched IN ARRAY ARRAY['alerts', 'geofences'] LOOP
    EXECUTE format('CREATE TRIGGER raise_revision_on_insert AFTER INSERT ON %I REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION raise_alert_revisions()', watched);
    EXECUTE format('CREATE TRIGGER raise_revision_on_update AFTER UPDATE ON %I REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION raise_alert_revisions()', watched);
    EXECUTE format('CREATE TRIGGER raise_revision_on_delete AFTER DELETE ON %I REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION raise_alert_revisions()', watched);
  END LOOP;
END $$;
