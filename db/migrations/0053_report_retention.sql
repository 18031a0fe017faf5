-- A report is written in the transactions that remove, so that it is true also of a run that was killed; the next run
-- closes it.
ALTER TABLE retention_runs
  ALTER COLUMN finished_at DROP NOT NULL,
  ALTER COLUMN finished_at DROP DEFAULT,
  ADD COLUMN started_at timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN touched_at timestamptz NOT NULL DEFAULT now();
COMMENT ON COLUMN retention_runs.finished_at IS 'Null: running, or killed; then the next run closes it.';
COMMENT ON COLUMN retention_runs.touched_at IS 'Raised with each batch: by it a running one is told from a killed one.';
COMMENT ON COLUMN retention_runs.removed IS 'Rows by kind of data; days: how many whole days of fixes were dropped. {"sessions": 12, "days": 1}';
DROP INDEX retention_runs_station_idx;
CREATE INDEX retention_runs_station_idx ON retention_runs (station_id, started_at DESC); -- the latest reports of a station
