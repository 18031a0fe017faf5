CREATE TABLE incidents (
  id uuid PRIMARY KEY,
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  number integer NOT NULL CHECK (number > 0),
  category text NOT NULL CHECK (category <> ''),
  source text NOT NULL DEFAULT 'citizen' CHECK (source IN ('citizen', 'patrol', 'sentinel')),
  source_id text,
  occurred_at timestamptz NOT NULL,
  point geometry(Point, 4326) NOT NULL,
  description text,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (station_id, number),
  UNIQUE (station_id, source, source_id)
);
COMMENT ON TABLE incidents IS 'Incidents (警情): something that happened at a place and time.';
COMMENT ON COLUMN incidents.number IS 'Station-local number, u32 on the wire.';
COMMENT ON COLUMN incidents.source IS 'Who told: a citizen''s call, a patrol, a sentinel point.';
COMMENT ON COLUMN incidents.source_id IS 'The id in the system it came from; key of imports.';
CREATE INDEX incidents_point_idx ON incidents USING gist (point); -- a bounding box of the map
CREATE INDEX incidents_time_idx ON incidents (station_id, occurred_at); -- a time range of one station
CALL protect_tenant_table('incidents');

CREATE TABLE imports (
  id uuid PRIMARY KEY,
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  noun text NOT NULL,
  file_name text NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now(),
  published_at timestamptz
);
COMMENT ON TABLE imports IS 'Imports of files. Rows are staged in short transactions and become visible by one switch that sets published_at; one that was left unpublished by a crash is swept by the next import.';
CALL protect_tenant_table('imports');

CREATE TABLE import_rows (
  import_id uuid NOT NULL REFERENCES imports ON DELETE CASCADE,
  station_id uuid NOT NULL,
  line integer NOT NULL,
  body jsonb NOT NULL,
  PRIMARY KEY (import_id, line)
);
COMMENT ON TABLE import_rows IS 'Staged rows of unpublished imports.';
CALL protect_tenant_table('import_rows');
