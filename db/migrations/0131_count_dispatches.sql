CREATE INDEX dispatches_running_idx ON dispatches (station_id, state) WHERE state IN ('sent', 'accepted', 'arrived'); -- GET /api/figures: how many run
