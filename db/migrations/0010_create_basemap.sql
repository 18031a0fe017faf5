-- The base map: public data, so no station column and no row-level security. The app role reads only; imports and the
-- demo write as the owner of the schema (Database.asOwner), so that nothing a client sends can ever reach these tables.

CREATE TABLE basemap_extracts (
  id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  name text NOT NULL CHECK (name <> ''),
  source text NOT NULL CHECK (source IN ('osm', 'demo')),
  attribution text NOT NULL,
  sha256 bytea NOT NULL CHECK (length(sha256) = 32),
  observed_at timestamptz,
  bbox geometry(Polygon, 4326),
  written_at timestamptz NOT NULL DEFAULT now(),
  published_at timestamptz,
  retired_at timestamptz,
  CHECK (retired_at IS NULL OR published_at IS NOT NULL),
  CHECK (published_at IS NULL OR bbox IS NOT NULL)
);
COMMENT ON TABLE basemap_extracts IS 'Imported pieces of base map. Rows of one are written in short transactions and are seen by nobody until published_at is set; what a crash left unpublished is swept by the next import.';
COMMENT ON COLUMN basemap_extracts.name IS 'What the extract is of (the file name without its date): a later import of the same name replaces it.';
COMMENT ON COLUMN basemap_extracts.attribution IS 'Shown on the map wherever this extract is.';
COMMENT ON COLUMN basemap_extracts.sha256 IS 'Of the file, or of the generator''s input: the same content imported again changes nothing.';
COMMENT ON COLUMN basemap_extracts.observed_at IS 'How new the content is (OSM replication time); where two extracts hold the same feature the newer one''s is shown.';
COMMENT ON COLUMN basemap_extracts.bbox IS 'Box around everything shown of it; a tile asks only the extracts that touch it.';
COMMENT ON COLUMN basemap_extracts.written_at IS 'When its last batch was written, so that an import that still runs is told from one that died.';
COMMENT ON COLUMN basemap_extracts.retired_at IS 'When a later import of the same name took its place; its rows are then deleted in short transactions.';
CREATE UNIQUE INDEX basemap_extracts_shown_key ON basemap_extracts (name) WHERE published_at IS NOT NULL AND retired_at IS NULL; -- one shown extract of a name

CREATE TABLE basemap_revision (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  revision bigint NOT NULL DEFAULT 1
);
COMMENT ON TABLE basemap_revision IS 'Raised in the transaction that publishes an extract; a running server reads it to drop tiles that a command made old.';
INSERT INTO basemap_revision DEFAULT VALUES;

CREATE TABLE basemap_features (
  extract_id integer NOT NULL REFERENCES basemap_extracts,
  layer text NOT NULL CHECK (layer IN ('landuse', 'green', 'water', 'boundaries', 'buildings', 'roads', 'places')),
  osm_type text NOT NULL CHECK (osm_type IN ('node', 'way', 'relation')),
  osm_id bigint NOT NULL CHECK (osm_id <> 0),
  min_zoom smallint NOT NULL CHECK (min_zoom BETWEEN 0 AND 16),
  rank smallint NOT NULL DEFAULT 0,
  oneway smallint NOT NULL DEFAULT 0 CHECK (oneway IN (-1, 0, 1)),
  bridge boolean NOT NULL DEFAULT false,
  tunnel boolean NOT NULL DEFAULT false,
  height_m real CHECK (height_m > 0),
  class text NOT NULL CHECK (class <> ''),
  name text CHECK (name <> ''),
  name_en text CHECK (name_en <> ''),
  name_zh text CHECK (name_zh <> ''),
  geom geometry(Geometry, 3857) NOT NULL,
  PRIMARY KEY (extract_id, layer, osm_type, osm_id)
);
COMMENT ON TABLE basemap_features IS 'Roads, buildings, water, green, places: what base map tiles are made of. Attributes per layer are listed in tiles/schema.ts.';
COMMENT ON COLUMN basemap_features.osm_id IS 'OpenStreetMap id within osm_type; negative where generated (demo town).';
COMMENT ON COLUMN basemap_features.min_zoom IS 'Lowest tile zoom that carries it, decided once when it is written.';
COMMENT ON COLUMN basemap_features.rank IS 'Order of importance within its layer, lower first: which label wins, which road lies on top.';
COMMENT ON COLUMN basemap_features.oneway IS 'Roads: 1 along the line, -1 against it, 0 both ways.';
COMMENT ON COLUMN basemap_features.name IS 'As written on the signs of the place; name_zh and name_en only where they differ from it.';
COMMENT ON COLUMN basemap_features.geom IS 'In web mercator metres, the projection of the tiles: a tile is cut by shifting and scaling, no feature is ever reprojected while somebody waits. All else in the database is EPSG:4326.';
CREATE INDEX basemap_features_geom_idx ON basemap_features USING gist (geom); -- a tile at street zooms
CREATE INDEX basemap_features_overview_idx ON basemap_features USING gist (geom) WHERE min_zoom <= 12; -- a tile of a whole city, without walking its buildings
CREATE INDEX basemap_features_name_idx ON basemap_features (lower(name) text_pattern_ops) WHERE name IS NOT NULL; -- search for a place or street

CREATE TABLE street_nodes (
  extract_id integer NOT NULL REFERENCES basemap_extracts,
  osm_id bigint NOT NULL,
  component integer NOT NULL CHECK (component > 0),
  point geometry(Point, 4326) NOT NULL,
  PRIMARY KEY (extract_id, osm_id)
);
COMMENT ON TABLE street_nodes IS 'Where streets meet or end: nodes of the street graph of one extract.';
COMMENT ON COLUMN street_nodes.component IS 'Connected piece of the graph, numbered by size: 1 is the largest. A route exists only within one piece.';
CREATE INDEX street_nodes_point_idx ON street_nodes USING gist (point); -- the nearest node to a place

CREATE TABLE street_edges (
  extract_id integer NOT NULL REFERENCES basemap_extracts,
  way_id bigint NOT NULL,
  segment integer NOT NULL CHECK (segment >= 0),
  from_node bigint NOT NULL,
  to_node bigint NOT NULL,
  component integer NOT NULL CHECK (component > 0),
  length_m real NOT NULL CHECK (length_m >= 0),
  oneway smallint NOT NULL DEFAULT 0 CHECK (oneway IN (-1, 0, 1)),
  class text NOT NULL,
  name text CHECK (name <> ''),
  geom geometry(LineString, 4326) NOT NULL,
  PRIMARY KEY (extract_id, way_id, segment)
);
COMMENT ON TABLE street_edges IS 'Streets between two nodes of the graph, each way split at the nodes it shares with others. Who walks may go both ways; oneway binds vehicles.';
COMMENT ON COLUMN street_edges.segment IS 'Position along its way, from 0.';
COMMENT ON COLUMN street_edges.length_m IS 'On the sphere (haversine), metres.';
CREATE INDEX street_edges_geom_idx ON street_edges USING gist (geom); -- the street nearest to a fix
CREATE INDEX street_edges_from_idx ON street_edges (extract_id, from_node); -- streets that leave a node
CREATE INDEX street_edges_to_idx ON street_edges (extract_id, to_node);

GRANT SELECT ON basemap_extracts, basemap_revision, basemap_features, street_nodes, street_edges TO shaodian_app;
