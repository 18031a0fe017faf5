-- How the first administrator and volunteers come in: by links that are good once.
CREATE TABLE setup_links (
  token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);
COMMENT ON TABLE setup_links IS 'One-time links for the first administrator, or for one more when all are lost; printed on the terminal. Of the installation, not of a station.';

CREATE TABLE invitations (
  id uuid PRIMARY KEY,
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  sentinel_id uuid NOT NULL REFERENCES sentinels ON DELETE CASCADE,
  token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
  display_name text CHECK (display_name <> ''),
  invited_by uuid REFERENCES accounts ON DELETE SET NULL,
  inviter_name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  accepted_at timestamptz,
  accepted_by uuid REFERENCES accounts ON DELETE SET NULL,
  revoked_at timestamptz,
  CHECK (accepted_at IS NULL OR revoked_at IS NULL)
);
COMMENT ON TABLE invitations IS 'Invitations of volunteers to a sentinel point: a link that is good once, known by the SHA-256 of its token.';
COMMENT ON COLUMN invitations.display_name IS 'Whom it is meant for; the person may correct it.';
CREATE INDEX invitations_station_idx ON invitations (station_id, created_at DESC); -- the list of a station
CREATE INDEX invitations_sentinel_idx ON invitations (sentinel_id);
CALL protect_tenant_table('invitations');

DO $$
DECLARE tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['invitations', 'sentinels'] LOOP
    EXECUTE format('CREATE POLICY look_up_invitation ON %I FOR SELECT TO %I USING (current_setting(''shaodian.look_up'', true) = ''on'')', tenant_table, current_user);
  END LOOP;
END $$;

-- What a link's holder may know before there is a scope. No row: unknown, used, revoked or past its end.
CREATE FUNCTION find_invitation(asked_token_hash bytea)
  RETURNS TABLE (id uuid, station_id uuid, station_name text, sentinel_id uuid, sentinel_name text, display_name text, expires_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET shaodian.look_up = 'on'
  AS $$
    SELECT i.id, i.station_id, s.name, i.sentinel_id, p.name, i.display_name, i.expires_at
    FROM invitations i JOIN stations s ON s.id = i.station_id JOIN sentinels p ON p.id = i.sentinel_id
    WHERE i.token_hash = asked_token_hash AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > now()
  $$;

-- A setup link that holds: its end. No row: unknown, used or past its end.
CREATE FUNCTION find_setup_link(asked_token_hash bytea) RETURNS TABLE (expires_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ SELECT l.expires_at FROM setup_links l WHERE l.token_hash = asked_token_hash AND l.used_at IS NULL AND l.expires_at > now() $$;

-- Takes a setup link, and with it all others: of two at the same time one is answered true.
CREATE FUNCTION take_setup_link(asked_token_hash bytea) RETURNS boolean
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$
  BEGIN
    UPDATE setup_links SET used_at = now() WHERE token_hash = asked_token_hash AND used_at IS NULL AND expires_at > now();
    IF NOT FOUND THEN RETURN false; END IF;
    UPDATE setup_links SET used_at = now() WHERE used_at IS NULL;
    RETURN true;
  END $$;

-- Whether anybody may administer, so that a start without demo knows whether to print a setup link.
CREATE FUNCTION has_administrator() RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET shaodian.look_up = 'on'
  AS $$
    SELECT EXISTS (SELECT FROM account_roles r JOIN accounts a ON a.id = r.account_id WHERE r.role = 'administrator' AND a.disabled_at IS NULL)
  $$;

DO $$
DECLARE look_up text;
BEGIN
  FOREACH look_up IN ARRAY ARRAY['find_invitation(bytea)', 'find_setup_link(bytea)', 'take_setup_link(bytea)', 'has_administrator()'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', look_up);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO shaodian_app', look_up);
  END LOOP;
END $$;
