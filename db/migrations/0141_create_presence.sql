-- Minutes of presence (巡逻时长): how long units were in each grid, hour by hour, computed from their tracks.
CREATE TABLE presence (
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  hour timestamptz NOT NULL,
  grid_id uuid NOT NULL REFERENCES grids ON DELETE CASCADE,
  unit_kind text NOT NULL CHECK (unit_kind IN ('foot', 'car', 'bike', 'uav')),
  seconds double precision NOT NULL,
  visits integer NOT NULL,
  PRIMARY KEY (station_id, hour, grid_id, unit_kind)
);
COMMENT ON TABLE presence IS 'Presence of units in grids, rolled up from fixes: a row where a kind of unit was in a grid in an hour. Names no unit; goes with the fixes all the same, because where a kind has one unit it tells of that one.';
COMMENT ON COLUMN presence.hour IS 'When the hour begins (UTC).';
COMMENT ON COLUMN presence.seconds IS 'Of all units of the kind together.';
COMMENT ON COLUMN presence.visits IS 'Visits that began in this hour.';
CREATE INDEX presence_grid_idx ON presence (grid_id); -- what goes with a grid
CALL protect_tenant_table('presence');

CREATE TABLE presence_progress (
  station_id uuid PRIMARY KEY REFERENCES stations ON DELETE CASCADE,
  counted_from timestamptz NOT NULL,
  rolled_up_to timestamptz NOT NULL,
  grids_revision bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE presence_progress IS 'How far the roll-up of presence has come in each station that was ever tracked.';
COMMENT ON COLUMN presence_progress.counted_from IS 'The first hour with a track.';
COMMENT ON COLUMN presence_progress.rolled_up_to IS 'Hours before this are in the roll-up, or in presence_due.';
COMMENT ON COLUMN presence_progress.grids_revision IS 'The revision of the station''s grids that recent hours were computed with.';
CALL protect_tenant_table('presence_progress');

CREATE TABLE presence_due (
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  hour timestamptz NOT NULL,
  marks bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (station_id, hour)
);
COMMENT ON TABLE presence_due IS 'Hours whose presence is to be computed, for the first time or again: a late fix marks its hour in the transaction that stores it.';
COMMENT ON COLUMN presence_due.marks IS 'Raised by each mark, so that one that comes while the hour is being computed is not lost.';
CALL protect_tenant_table('presence_due');
