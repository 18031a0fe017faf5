-- Whoever changes units, devices or gateways, by import, by program or by hand in psql, raises the station's revision of
-- units, so that a running server honours a new credential and refuses a revoked one by its next poll.
CREATE FUNCTION raise_unit_revisions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    INSERT INTO revisions (station_id, noun)
    -- A station that is being deleted takes its revisions along.
    SELECT DISTINCT c.station_id, 'units' FROM before_rows c JOIN stations s ON s.id = c.station_id
    ORDER BY c.station_id
    ON CONFLICT (station_id, noun) DO UPDATE SET revision = revisions.revision + 1;
  ELSE
    INSERT INTO revisions (station_id, noun)
    SELECT DISTINCT c.station_id, 'units' FROM after_rows c
    ORDER BY c.station_id
    ON CONFLICT (station_id, noun) DO UPDATE SET revision = revisions.revision + 1;
  END IF;
  RETURN NULL;
END $$;

DO $$
DECLARE
  watched text;
BEGIN
  FOREACH watched IN ARRAY ARRAY['units', 'devices', 'gateways'] LOOP
    EXECUTE format('CREATE TRIGGER raise_revision_on_insert AFTER INSERT ON %I REFERENCING NEW TABLE AS after_rows FOR EACH STATEMENT EXECUTE FUNCTION raise_unit_revisions()', watched);
    EXECUTE format('CREATE TRIGGER raise_revision_on_update AFTER UPDATE ON %I REFERENCING NEW TABLE AS after_rows FOR EACH STATEMENT EXECUTE FUNCTION raise_unit_revisions()', watched);
    EXECUTE format('CREATE TRIGGER raise_revision_on_delete AFTER DELETE ON %I REFERENCING OLD TABLE AS before_rows FOR EACH STATEMENT EXECUTE FUNCTION raise_unit_revisions()', watched);
  END LOOP;
END $$;
