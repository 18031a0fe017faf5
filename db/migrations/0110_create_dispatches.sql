-- Dispatches: who was sent to an incident, and what became of it.
CREATE TABLE dispatch_settings (
  station_id uuid PRIMARY KEY REFERENCES stations ON DELETE CASCADE,
  answer_seconds integer NOT NULL DEFAULT 120 CHECK (answer_seconds BETWEEN 15 AND 3600)
);
COMMENT ON TABLE dispatch_settings IS 'How a station dispatches. A station without a row does as the defaults say.';
COMMENT ON COLUMN dispatch_settings.answer_seconds IS 'A dispatch that nobody has answered for so long raises an alert.';
CALL protect_tenant_table('dispatch_settings');

CREATE TABLE dispatch_orders (
  id uuid PRIMARY KEY,
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  incident_id uuid NOT NULL REFERENCES incidents ON DELETE CASCADE,
  sent_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE dispatch_orders IS 'Orders: one incident, one or several units. The id is made at the desk, so that a repeat is the same order.';
CREATE INDEX dispatch_orders_station_idx ON dispatch_orders (station_id);
CREATE INDEX dispatch_orders_incident_idx ON dispatch_orders (incident_id); -- an incident that is deleted
CALL protect_tenant_table('dispatch_orders');

CREATE TABLE dispatches (
  id uuid PRIMARY KEY,
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  order_id uuid NOT NULL REFERENCES dispatch_orders ON DELETE CASCADE,
  incident_id uuid NOT NULL REFERENCES incidents ON DELETE CASCADE,
  unit_id uuid NOT NULL REFERENCES units ON DELETE CASCADE,
  state text NOT NULL DEFAULT 'sent' CHECK (state IN ('sent', 'accepted', 'arrived', 'handedOver', 'closed', 'declined', 'cancelled')),
  sent_at timestamptz NOT NULL DEFAULT now(),
  unanswered_at timestamptz,
  UNIQUE (order_id, unit_id)
);
COMMENT ON TABLE dispatches IS 'Dispatches (派警): one unit sent to one incident.';
COMMENT ON COLUMN dispatches.state IS 'sent → accepted → arrived → handedOver or closed; declined by the crew, cancelled by the desk. The last four are ends.';
COMMENT ON COLUMN dispatches.unanswered_at IS 'When it was told of as not answered in time; null: it was not.';
CREATE UNIQUE INDEX dispatches_open_key ON dispatches (incident_id, unit_id) WHERE state IN ('sent', 'accepted', 'arrived'); -- nobody is sent twice to one place; the units under way to an incident
CREATE INDEX dispatches_time_idx ON dispatches (station_id, sent_at DESC); -- GET /api/dispatches: open ones and the last day's
CREATE INDEX dispatches_unit_idx ON dispatches (unit_id) WHERE state IN ('sent', 'accepted', 'arrived'); -- what a unit is doing
CREATE INDEX dispatches_unanswered_idx ON dispatches (sent_at) WHERE state = 'sent' AND unanswered_at IS NULL; -- what waits for an answer
CREATE INDEX dispatches_incident_idx ON dispatches (incident_id); -- an incident that is deleted
CALL protect_tenant_table('dispatches');

CREATE TABLE dispatch_steps (
  id uuid PRIMARY KEY,
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  dispatch_id uuid NOT NULL REFERENCES dispatches ON DELETE CASCADE,
  state text NOT NULL CHECK (state IN ('sent', 'accepted', 'arrived', 'handedOver', 'closed', 'declined', 'cancelled')),
  at timestamptz NOT NULL DEFAULT now(),
  received_at timestamptz NOT NULL DEFAULT now(),
  actor_id uuid,
  actor_name text,
  by_radio boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE dispatch_steps IS 'Who took a dispatch to which state, and when. Each is an event of the same id on the incident''s timeline, where what was written with it is kept.';
COMMENT ON COLUMN dispatch_steps.id IS 'Made on the phone, so that an answer sent twice is one.';
COMMENT ON COLUMN dispatch_steps.at IS 'When it was done; a phone without signal tells it later (received_at).';
COMMENT ON COLUMN dispatch_steps.actor_id IS 'No foreign key: the history outlives accounts.';
COMMENT ON COLUMN dispatch_steps.by_radio IS 'The crew said it by radio and the desk wrote it down.';
CREATE INDEX dispatch_steps_dispatch_idx ON dispatch_steps (dispatch_id, at); -- the steps of a dispatch
CREATE INDEX dispatch_steps_station_idx ON dispatch_steps (station_id);
CALL protect_tenant_table('dispatch_steps');
REVOKE UPDATE, DELETE ON dispatch_steps FROM shaodian_app;

-- The timeline tells also when the desk called a unit back.
ALTER TABLE incident_events DROP CONSTRAINT incident_events_kind_check;
ALTER TABLE incident_events ADD CONSTRAINT incident_events_kind_check CHECK (kind IN ('created', 'corrected', 'dispatched', 'accepted', 'declined', 'cancelled', 'arrived', 'handedOver', 'closed', 'reopened', 'withdrawn'));

-- Whoever writes them raises the station's revision, so that running servers tell their viewers by the next poll.
CREATE FUNCTION raise_dispatch_revisions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO revisions (station_id, noun)
  -- A station that is being deleted takes its revisions along.
  SELECT c.station_id, 'dispatches' FROM (SELECT DISTINCT station_id FROM changed_rows) AS c JOIN stations s ON s.id = c.station_id
  ORDER BY c.station_id
  ON CONFLICT (station_id, noun) DO UPDATE SET revision = revisions.revision + 1;
  RETURN NULL;
END $$;
CREATE TRIGGER raise_revision_on_insert AFTER INSERT ON dispatches REFERENCING NEW TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION raise_dispatch_revisions();
CREATE TRIGGER raise_revision_on_update AFTER UPDATE ON dispatches REFERENCING NEW TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION raise_dispatch_revisions();
CREATE TRIGGER raise_revision_on_delete AFTER DELETE ON dispatches REFERENCING OLD TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION raise_dispatch_revisions();
