-- Which stations an account has roles at, whoever asks: who changes an account must administer all of them, or could take
-- over one that reaches further than they do. Ids only, before there is a scope.
CREATE FUNCTION find_granted_stations(asked_account_ids uuid[]) RETURNS TABLE (account_id uuid, station_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET shaodian.look_up = 'on'
  AS $$ SELECT DISTINCT r.account_id, r.station_id FROM account_roles r WHERE r.account_id = ANY (asked_account_ids) $$;

-- An account that moves takes along what belongs to it (sessions, second factors, tokens …), whose rows carry its station.
-- Its roles stay where they are.
CREATE FUNCTION move_account_rows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  owned record;
BEGIN
  FOR owned IN
    SELECT c.conrelid::regclass AS name FROM pg_constraint c
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND c.conkey = ARRAY[a.attnum] AND a.attname = 'account_id'
    WHERE c.contype = 'f' AND c.confrelid = 'accounts'::regclass AND c.conrelid <> 'account_roles'::regclass
      AND EXISTS (SELECT FROM pg_attribute s WHERE s.attrelid = c.conrelid AND s.attname = 'station_id')
  LOOP
    EXECUTE format('UPDATE %s SET station_id = $1 WHERE account_id = $2', owned.name) USING NEW.station_id, NEW.id;
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER move_account_rows AFTER UPDATE OF station_id ON accounts FOR EACH ROW
  WHEN (OLD.station_id <> NEW.station_id) EXECUTE FUNCTION move_account_rows();

CREATE TABLE wall_links (
  account_id uuid PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
  expires_at timestamptz NOT NULL
);
COMMENT ON TABLE wall_links IS 'Links that sign a screen in, once: the newest of each wall account. Known by the SHA-256 of what stands after #; the row goes when it is used.';
CREATE INDEX wall_links_station_idx ON wall_links (station_id);
CALL protect_tenant_table('wall_links');

CREATE TABLE personal_tokens (
  id uuid PRIMARY KEY,
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
  name text NOT NULL CHECK (name <> ''),
  token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
  nouns text[],
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  last_used_at timestamptz
);
COMMENT ON TABLE personal_tokens IS 'Read-only tokens by which programs read what their account may. Known by SHA-256; a revoked one is deleted.';
COMMENT ON COLUMN personal_tokens.nouns IS 'What it is narrowed to; null: all that the account may read.';
COMMENT ON COLUMN personal_tokens.last_used_at IS 'Written at most once a minute.';
CREATE INDEX personal_tokens_account_idx ON personal_tokens (account_id); -- one's own tokens
CREATE INDEX personal_tokens_station_idx ON personal_tokens (station_id);
CALL protect_tenant_table('personal_tokens');

DO $$
DECLARE tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['wall_links', 'personal_tokens'] LOOP
    EXECUTE format('CREATE POLICY look_up ON %I FOR SELECT TO %I USING (current_setting(''shaodian.look_up'', true) = ''on'')', tenant_table, current_user);
  END LOOP;
END $$;

-- Sign-in look-up: whose screen is this link for, before there is a scope. No row: unknown, used or expired.
CREATE FUNCTION find_wall_link(hash bytea) RETURNS TABLE (account_id uuid, station_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET shaodian.look_up = 'on'
  AS $$ SELECT l.account_id, l.station_id FROM wall_links l WHERE l.token_hash = hash AND l.expires_at > now() $$;

-- Token look-up: which of these are tokens that hold now, and whose, before there is a scope.
CREATE FUNCTION find_personal_tokens(hashes bytea[])
  RETURNS TABLE (token_hash bytea, token_id uuid, account_id uuid, station_id uuid, nouns text[], last_used_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET shaodian.look_up = 'on'
  AS $$
    SELECT t.token_hash, t.id, t.account_id, t.station_id, t.nouns, t.last_used_at
    FROM personal_tokens t WHERE t.token_hash = ANY (hashes) AND t.expires_at > now()
  $$;

DO $$
DECLARE look_up text;
BEGIN
  FOREACH look_up IN ARRAY ARRAY['find_granted_stations(uuid[])', 'find_wall_link(bytea)', 'find_personal_tokens(bytea[])'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', look_up);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO shaodian_app', look_up);
  END LOOP;
END $$;
