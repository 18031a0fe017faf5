-- What a station looks after and with whom: grids, sentinel points, members, units, crews, equipment.
CREATE TABLE sentinels (
  id uuid PRIMARY KEY,
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  number text NOT NULL CHECK (number <> ''),
  name text NOT NULL CHECK (name <> ''),
  kind text NOT NULL CHECK (kind IN ('compound', 'shop', 'school', 'works', 'hospital', 'market', 'transport', 'other')),
  address text,
  point geometry(Point, 4326) NOT NULL,
  qr_code text NOT NULL,
  UNIQUE (station_id, number),
  UNIQUE (station_id, qr_code)
);
COMMENT ON TABLE sentinels IS 'Sentinel points (平安哨点): guarded places with members and a QR code.';
COMMENT ON COLUMN sentinels.number IS 'The station''s own number of the point; key of imports.';
CREATE INDEX sentinels_point_idx ON sentinels USING gist (point); -- GET /api/sentinels?bbox
CALL protect_tenant_table('sentinels');

CREATE TABLE members (
  id uuid PRIMARY KEY,
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  sentinel_id uuid REFERENCES sentinels ON DELETE CASCADE,
  display_name text NOT NULL CHECK (display_name <> ''),
  role text NOT NULL CHECK (role IN ('officer', 'auxiliary', 'party-member', 'grid-worker', 'property-staff', 'guard', 'volunteer', 'yijing')),
  skills text[] NOT NULL DEFAULT '{}',
  phone text
);
COMMENT ON TABLE members IS 'People on duty: members of a sentinel point (哨点成员), and officers (sentinel_id null). No identity number, no home address.';
CREATE INDEX members_sentinel_idx ON members (sentinel_id); -- the members of one sentinel point
CREATE UNIQUE INDEX members_officer_key ON members (station_id, display_name) WHERE role = 'officer'; -- the officer an imported grid names
CREATE INDEX members_station_idx ON members (station_id);
CALL protect_tenant_table('members');

CREATE TABLE grids (
  id uuid PRIMARY KEY,
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  number text NOT NULL CHECK (number <> ''),
  name text,
  officer_id uuid REFERENCES members ON DELETE SET NULL,
  area geometry(MultiPolygon, 4326) NOT NULL,
  UNIQUE (station_id, number)
);
COMMENT ON TABLE grids IS 'Grids (警务网格): polygons with a number and one responsible officer (一格一警).';
CREATE INDEX grids_area_idx ON grids USING gist (area); -- GET /api/grids?bbox, the grid of a point
CALL protect_tenant_table('grids');

CREATE TABLE units (
  id uuid PRIMARY KEY,
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  number integer NOT NULL CHECK (number > 0),
  call_sign text NOT NULL CHECK (call_sign <> ''),
  kind text NOT NULL CHECK (kind IN ('foot', 'car', 'bike', 'uav')),
  duty_state text NOT NULL DEFAULT 'on' CHECK (duty_state IN ('on', 'off')),
  UNIQUE (station_id, number),
  UNIQUE (station_id, call_sign)
);
COMMENT ON TABLE units IS 'Patrol units (巡逻单元): what moves on the map.';
COMMENT ON COLUMN units.number IS 'Station-local number, u32 in live frames; never given again.';
CALL protect_tenant_table('units');

CREATE TABLE unit_equipment (
  unit_id uuid NOT NULL REFERENCES units ON DELETE CASCADE,
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind <> ''),
  quantity integer NOT NULL DEFAULT 1 CHECK (quantity > 0),
  PRIMARY KEY (unit_id, kind)
);
COMMENT ON TABLE unit_equipment IS 'What a unit carries: life-ring, AED, extinguisher, shield, UAV battery …';
CALL protect_tenant_table('unit_equipment');

CREATE TABLE crews (
  id uuid PRIMARY KEY,
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  unit_id uuid NOT NULL REFERENCES units ON DELETE CASCADE,
  shift_starts_at timestamptz NOT NULL,
  shift_ends_at timestamptz NOT NULL,
  CHECK (shift_ends_at > shift_starts_at)
);
COMMENT ON TABLE crews IS 'Members on a unit for a shift.';
CREATE INDEX crews_unit_idx ON crews (unit_id, shift_starts_at); -- who is on this unit now
CALL protect_tenant_table('crews');

CREATE TABLE crew_members (
  crew_id uuid NOT NULL REFERENCES crews ON DELETE CASCADE,
  member_id uuid NOT NULL REFERENCES members ON DELETE CASCADE,
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  PRIMARY KEY (crew_id, member_id)
);
COMMENT ON TABLE crew_members IS 'Who of the members is in which crew.';
CREATE INDEX crew_members_member_idx ON crew_members (member_id);
CALL protect_tenant_table('crew_members');
