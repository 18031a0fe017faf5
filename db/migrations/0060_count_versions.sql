-- Who edits a row must have seen it as it stands: each change of what people edit raises the row's version. What the server
-- itself counts in these tables (the next unit number, the duty state) does not.
CREATE FUNCTION raise_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.version := OLD.version + 1;
  RETURN NEW;
END $$;

DO $$
DECLARE
  edited record;
BEGIN
  FOR edited IN
    SELECT * FROM (VALUES
      ('stations', 'parent_id, kind, name, time_zone, boundary'),
      ('accounts', 'station_id, username, display_name, member_id, disabled_at'),
      ('members', 'sentinel_id, display_name, role, skills, phone'),
      ('crews', 'shift_starts_at, shift_ends_at'),
      ('units', 'call_sign, kind'),
      ('devices', 'name, unit_id, token_hash, revoked_at'),
      ('gateways', 'name, token_hash, revoked_at'),
      ('grids', 'number, name, officer_id, area'),
      ('sentinels', 'number, name, kind, address, point, qr_code')
    ) AS list (table_name, columns)
  LOOP
    EXECUTE format('ALTER TABLE %I ADD COLUMN version integer NOT NULL DEFAULT 1', edited.table_name);
    EXECUTE format('COMMENT ON COLUMN %I.version IS %L', edited.table_name, 'Raised by each edit; an editor names the one they saw.');
    EXECUTE format('CREATE TRIGGER raise_version BEFORE UPDATE OF %s ON %I FOR EACH ROW EXECUTE FUNCTION raise_version()', edited.columns, edited.table_name);
  END LOOP;
END $$;
