-- Whoever writes incidents, by request, by program or by hand in psql, raises the station's revision of them, so that
-- running servers tell their viewers by the next poll. What an import stages is not seen yet and raises nothing; its
-- publishing does. Viewers fetch what is new by its number: where known rows changed or went, "incident-rewrites" rises
-- too and tells them to fetch all again.
CREATE FUNCTION raise_incident_revisions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  nouns text[] := CASE WHEN TG_OP = 'INSERT' THEN ARRAY['incidents'] ELSE ARRAY['incident-rewrites', 'incidents'] END;
BEGIN
  INSERT INTO revisions (station_id, noun)
  SELECT c.station_id, noun.name
  FROM (
    SELECT DISTINCT w.station_id FROM (SELECT DISTINCT station_id, import_id FROM changed_rows) AS w
    WHERE w.import_id IS NULL OR EXISTS (SELECT FROM imports m WHERE m.id = w.import_id AND m.published_at IS NOT NULL)
  ) AS c
  -- A station that is being deleted takes its revisions along.
  JOIN stations s ON s.id = c.station_id CROSS JOIN unnest(nouns) AS noun (name)
  ORDER BY c.station_id, noun.name
  ON CONFLICT (station_id, noun) DO UPDATE SET revision = revisions.revision + 1;
  RETURN NULL;
END $$;

CREATE TRIGGER raise_revision_on_insert AFTER INSERT ON incidents REFERENCING NEW TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION raise_incident_revisions();
CREATE TRIGGER raise_revision_on_update AFTER UPDATE ON incidents REFERENCING NEW TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION raise_incident_revisions();
CREATE TRIGGER raise_revision_on_delete AFTER DELETE ON incidents REFERENCING OLD TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION raise_incident_revisions();
