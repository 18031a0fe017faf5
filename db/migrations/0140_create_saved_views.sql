-- Views of the map that people come back to: an address's query under a name.
CREATE TABLE saved_views (
  id uuid PRIMARY KEY,
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  account_id uuid REFERENCES accounts ON DELETE CASCADE,
  name text NOT NULL CHECK (name <> ''),
  query text NOT NULL,
  position integer NOT NULL DEFAULT 0,
  is_on_tour boolean NOT NULL DEFAULT false,
  seconds integer NOT NULL DEFAULT 20 CHECK (seconds BETWEEN 5 AND 3600),
  version integer NOT NULL DEFAULT 1,
  CHECK (account_id IS NULL OR NOT is_on_tour)
);
COMMENT ON TABLE saved_views IS 'Saved views (视图): what the map shows and how, as the query of its address.';
COMMENT ON COLUMN saved_views.account_id IS 'Whose it is; null: the station''s, seen by everybody with a desk or a wall.';
COMMENT ON COLUMN saved_views.query IS 'What stands behind the address, "?v=…", or nothing; never language or theme.';
COMMENT ON COLUMN saved_views.position IS 'Its place in the list, ascending.';
COMMENT ON COLUMN saved_views.is_on_tour IS 'A wall shows it in its turn, for so many seconds; only the station''s views.';
COMMENT ON COLUMN saved_views.version IS 'Raised by each edit; an editor names the one they saw.';
CREATE INDEX saved_views_station_idx ON saved_views (station_id, position); -- the list of a station
CREATE INDEX saved_views_account_idx ON saved_views (account_id); -- what goes with an account
CALL protect_tenant_table('saved_views');

CREATE TRIGGER raise_version BEFORE UPDATE ON saved_views FOR EACH ROW EXECUTE FUNCTION raise_version();

-- Walls learn of a changed tour by the station's revision, whoever changed it.
CREATE FUNCTION raise_view_revisions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO revisions (station_id, noun)
  -- A station that is being deleted takes its revisions along.
  SELECT DISTINCT c.station_id, 'views' FROM changed_rows c JOIN stations s ON s.id = c.station_id
  ORDER BY c.station_id
  ON CONFLICT (station_id, noun) DO UPDATE SET revision = revisions.revision + 1;
  RETURN NULL;
END $$;
CREATE TRIGGER raise_revision_on_insert AFTER INSERT ON saved_views REFERENCING NEW TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION raise_view_revisions();
CREATE TRIGGER raise_revision_on_update AFTER UPDATE ON saved_views REFERENCING NEW TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION raise_view_revisions();
CREATE TRIGGER raise_revision_on_delete AFTER DELETE ON saved_views REFERENCING OLD TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION raise_view_revisions();
