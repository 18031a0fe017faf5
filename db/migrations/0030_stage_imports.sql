-- Imports write short transactions and become visible by one switch. Incidents are written to their own table at once,
-- unseen until their import is published, so that the switch moves no rows; other nouns are small and published whole,
-- so that no noun needs a second table of staged rows.
DROP TABLE import_rows;

ALTER TABLE imports
  ADD COLUMN host text NOT NULL DEFAULT '',
  ADD COLUMN process_id integer NOT NULL DEFAULT 0,
  ADD COLUMN touched_at timestamptz NOT NULL DEFAULT now();
COMMENT ON COLUMN imports.host IS 'Machine and process that run the import, to tell a crashed one from a running one.';
COMMENT ON COLUMN imports.touched_at IS 'Raised every few seconds while the import runs.';
COMMENT ON TABLE imports IS 'Imports of files. What one wrote is visible from published_at on; one that a crash left unpublished is swept by the next import of its station and noun.';
CREATE INDEX imports_unpublished_idx ON imports (station_id) WHERE published_at IS NULL; -- which incidents are not to be seen yet

ALTER TABLE incidents ADD COLUMN import_id uuid REFERENCES imports;
COMMENT ON COLUMN incidents.import_id IS 'The import that brought it; unseen until that is published. Null: not imported.';

-- Enforced here so that no reader can forget it. The list of unpublished imports is read once a statement and is all but
-- always empty. Importers set shaodian.staging in their transactions.
CREATE POLICY published ON incidents AS RESTRICTIVE FOR ALL USING (
  import_id IS NULL
  OR NOT import_id = ANY (ARRAY(SELECT i.id FROM imports i WHERE i.published_at IS NULL))
  OR current_setting('shaodian.staging', true) = 'on'
);
