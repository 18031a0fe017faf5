-- What was withdrawn can be listed, to be brought back.
CREATE INDEX incidents_withdrawn_idx ON incidents (station_id, withdrawn_at) WHERE withdrawn_at IS NOT NULL; -- GET /api/incidents/withdrawn: the latest of a station
