-- The last edits of a station's grids, so that the newest can be taken back: what was drawn wrong on a map is seen only
-- when it has been saved.
CREATE TABLE grid_edits (
  id uuid PRIMARY KEY,
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('create', 'change', 'delete', 'split', 'merge')),
  made_at timestamptz NOT NULL DEFAULT now(),
  made_by text NOT NULL,
  before jsonb NOT NULL DEFAULT '[]',
  after jsonb NOT NULL DEFAULT '[]'
);
COMMENT ON TABLE grid_edits IS 'The newest edits of each station''s grids; one that is taken back goes.';
COMMENT ON COLUMN grid_edits.before IS 'Grids as they were: id, number, name, officerId, area as GeoJSON in full precision.';
COMMENT ON COLUMN grid_edits.after IS 'Grids as the edit left them: id, number, version. It is taken back only while they still are so.';
CREATE INDEX grid_edits_station_idx ON grid_edits (station_id, id DESC); -- the newest edit of a station
CALL protect_tenant_table('grid_edits');
