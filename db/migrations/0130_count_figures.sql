CREATE INDEX incidents_reporting_idx ON incidents (station_id, occurred_at, sentinel_id) WHERE sentinel_id IS NOT NULL; -- GET /api/figures: sentinel points that told of something in the last days
