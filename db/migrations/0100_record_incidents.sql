-- Incidents are recorded at the desk and by other systems, worked on and corrected; each has a timeline.
ALTER TABLE sentinels ADD CONSTRAINT sentinels_id_station_key UNIQUE (id, station_id); -- what an incident's sentinel point refers to: none of another station

ALTER TABLE incidents
  ADD COLUMN state text NOT NULL DEFAULT 'closed' CHECK (state IN ('open', 'closed')),
  ADD COLUMN version integer NOT NULL DEFAULT 1,
  ADD COLUMN sentinel_id uuid,
  ADD COLUMN withdrawn_at timestamptz,
  ADD COLUMN body_hash bytea CHECK (length(body_hash) = 32),
  ADD CONSTRAINT incidents_sentinel_fkey FOREIGN KEY (sentinel_id, station_id)
    REFERENCES sentinels (id, station_id) ON DELETE SET NULL (sentinel_id);
COMMENT ON COLUMN incidents.state IS 'Open: somebody still works on it. What was imported is history, and closed.';
COMMENT ON COLUMN incidents.version IS 'Raised by each edit; an editor names the one they saw.';
COMMENT ON COLUMN incidents.sentinel_id IS 'The sentinel point that told of it, when one did.';
COMMENT ON COLUMN incidents.withdrawn_at IS 'When it was taken back as recorded by mistake; it is then neither shown nor counted, its history stays.';
COMMENT ON COLUMN incidents.body_hash IS 'SHA-256 of what it was first recorded with, by which a repeat of that request is known. It goes with the text, which it could confirm. Null: not recorded by request.';
CREATE INDEX incidents_sentinel_idx ON incidents (sentinel_id) WHERE sentinel_id IS NOT NULL; -- the incidents of a sentinel point, when it is deleted too
CREATE INDEX incidents_open_idx ON incidents (station_id, occurred_at) WHERE state = 'open'; -- what is open now

CREATE TRIGGER raise_version BEFORE UPDATE OF category, source, occurred_at, point, description, sentinel_id, state, withdrawn_at ON incidents
  FOR EACH ROW EXECUTE FUNCTION raise_version();

-- Enforced here so that no reader can forget it. Who restores or corrects a withdrawn incident, removes texts, imports or
-- makes a backup says so.
CREATE POLICY not_withdrawn ON incidents AS RESTRICTIVE FOR ALL USING (
  withdrawn_at IS NULL OR 'on' IN (current_setting('shaodian.withdrawn', true), current_setting('shaodian.backup', true))
);

-- Viewers fetch all incidents again when known ones changed or went. What columns do not show (state, text, sentinel point)
-- tells them only to look at the incident they read.
CREATE FUNCTION raise_changed_incident_revisions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO revisions (station_id, noun)
  SELECT c.station_id, noun.name
  FROM (
    SELECT a.station_id,
      bool_or((a.station_id, a.number, a.category, a.source, a.occurred_at, a.point, a.withdrawn_at IS NULL)
        IS DISTINCT FROM (b.station_id, b.number, b.category, b.source, b.occurred_at, b.point, b.withdrawn_at IS NULL)) AS is_shown
    FROM after_rows a LEFT JOIN before_rows b ON b.id = a.id
    -- What an import stages is not seen yet.
    WHERE a.import_id IS NULL OR NOT a.import_id = ANY (ARRAY(SELECT m.id FROM imports m WHERE m.published_at IS NULL))
    GROUP BY a.station_id
  ) AS c
  JOIN stations s ON s.id = c.station_id
  CROSS JOIN unnest(CASE WHEN c.is_shown THEN ARRAY['incident-rewrites', 'incidents'] ELSE ARRAY['incidents'] END) AS noun (name)
  ORDER BY c.station_id, noun.name
  ON CONFLICT (station_id, noun) DO UPDATE SET revision = revisions.revision + 1;
  RETURN NULL;
END $$;
DROP TRIGGER raise_revision_on_update ON incidents;
CREATE TRIGGER raise_revision_on_update AFTER UPDATE ON incidents REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows
  FOR EACH STATEMENT EXECUTE FUNCTION raise_changed_incident_revisions();

CREATE TABLE incident_events (
  id uuid PRIMARY KEY,
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  incident_id uuid NOT NULL REFERENCES incidents ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('created', 'corrected', 'dispatched', 'accepted', 'declined', 'arrived', 'handedOver', 'closed', 'reopened', 'withdrawn')),
  at timestamptz NOT NULL DEFAULT now(),
  actor_id uuid,
  actor_name text,
  unit_id uuid,
  detail jsonb NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE incident_events IS 'The timeline of an incident: what was done, when, by whom. The app role adds and reads; nobody rewrites history. No free text: that is in incident_event_texts.';
COMMENT ON COLUMN incident_events.actor_id IS 'The account that did it; null: a program did. No foreign key: the history outlives accounts.';
COMMENT ON COLUMN incident_events.actor_name IS 'Their name as it was, or the name of the system.';
COMMENT ON COLUMN incident_events.unit_id IS 'The unit it is about. No foreign key: the history outlives units.';
COMMENT ON COLUMN incident_events.detail IS 'created: {"via": "desk"}; corrected: {"before": {…}, "after": {…}} of the fields that changed, texts apart.';
CREATE INDEX incident_events_incident_idx ON incident_events (incident_id, at); -- GET /api/incidents/{id}
CREATE INDEX incident_events_station_idx ON incident_events (station_id, at); -- the latest of a station
CALL protect_tenant_table('incident_events');
REVOKE UPDATE, DELETE ON incident_events FROM shaodian_app;

CREATE TABLE incident_event_texts (
  event_id uuid NOT NULL REFERENCES incident_events ON DELETE CASCADE,
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  field text NOT NULL CHECK (field IN ('note', 'textBefore', 'textAfter')),
  text text NOT NULL CHECK (text <> ''),
  PRIMARY KEY (event_id, field)
);
COMMENT ON TABLE incident_event_texts IS 'What people wrote on a timeline, and the texts that a correction replaced. Kept apart, because it goes with the incident''s text when its time has come.';
CREATE INDEX incident_event_texts_station_idx ON incident_event_texts (station_id); -- retention
CALL protect_tenant_table('incident_event_texts');
REVOKE UPDATE ON incident_event_texts FROM shaodian_app;
