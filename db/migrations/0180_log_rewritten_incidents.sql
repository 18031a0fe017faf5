-- Which known incidents changed at which rewrite, so that viewers who hold all of them fetch only those. A rewrite that is
-- not in the log (rows deleted, an import published, too many rows at once, too long ago) has them fetch all again.
CREATE TABLE incident_rewrites (
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  revision bigint NOT NULL,
  number integer NOT NULL,
  PRIMARY KEY (station_id, revision, number)
);
COMMENT ON TABLE incident_rewrites IS 'Numbers of the incidents that changed, were withdrawn or came back at a rewrite. The latest thousand rewrites of each station; a gap means that all are to be fetched again.';
COMMENT ON COLUMN incident_rewrites.revision IS 'The station''s "incident-rewrites" of revisions, as that change raised it.';
CALL protect_tenant_table('incident_rewrites');

-- As before, and what is shown of few rows is logged too.
CREATE OR REPLACE FUNCTION raise_changed_incident_revisions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  WITH changed AS MATERIALIZED (
    SELECT a.station_id, a.number, b.number AS number_before,
      (a.station_id, a.number, a.category, a.source, a.occurred_at, a.point, a.withdrawn_at IS NULL)
        IS DISTINCT FROM (b.station_id, b.number, b.category, b.source, b.occurred_at, b.point, b.withdrawn_at IS NULL) AS is_shown
    FROM after_rows a LEFT JOIN before_rows b ON b.id = a.id
    -- What an import stages is not seen yet.
    WHERE a.import_id IS NULL OR NOT a.import_id = ANY (ARRAY(SELECT m.id FROM imports m WHERE m.published_at IS NULL))
  ), by_station AS (
    SELECT station_id, bool_or(is_shown) AS is_shown, count(*) FILTER (WHERE is_shown) AS shown FROM changed GROUP BY station_id
  ), raised AS (
    INSERT INTO revisions (station_id, noun)
    SELECT c.station_id, noun.name
    FROM by_station c
    JOIN stations s ON s.id = c.station_id
    CROSS JOIN unnest(CASE WHEN c.is_shown THEN ARRAY['incident-rewrites', 'incidents'] ELSE ARRAY['incidents'] END) AS noun (name)
    ORDER BY c.station_id, noun.name
    ON CONFLICT (station_id, noun) DO UPDATE SET revision = revisions.revision + 1
    RETURNING station_id, noun, revision
  ), rewritten AS (
    SELECT r.station_id, r.revision, b.shown FROM raised r JOIN by_station b ON b.station_id = r.station_id WHERE r.noun = 'incident-rewrites'
  ), forgotten AS (
    DELETE FROM incident_rewrites l USING rewritten r WHERE l.station_id = r.station_id AND l.revision <= r.revision - 1000
  )
  INSERT INTO incident_rewrites (station_id, revision, number)
  SELECT DISTINCT r.station_id, r.revision, told.number
  FROM rewritten r JOIN changed c ON c.station_id = r.station_id AND c.is_shown
  CROSS JOIN unnest(ARRAY[c.number, c.number_before]) AS told (number)
  WHERE r.shown <= 100 AND told.number IS NOT NULL;
  RETURN NULL;
END $$;
