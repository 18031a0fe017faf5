-- Who may come in: accounts, their roles in the tree, their sessions.
CREATE TABLE accounts (
  id uuid PRIMARY KEY,
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  username text NOT NULL UNIQUE CHECK (length(username) BETWEEN 3 AND 64),
  display_name text NOT NULL CHECK (display_name <> ''),
  member_id uuid UNIQUE REFERENCES members ON DELETE SET NULL,
  password_hash text,
  password_changed_at timestamptz,
  must_change_password boolean NOT NULL DEFAULT false,
  is_demo boolean NOT NULL DEFAULT false,
  disabled_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE accounts IS 'Accounts of people (and of screens: role wall). An account belongs to one station of the tree and may be one member.';
COMMENT ON COLUMN accounts.username IS 'Lower case, unique in the installation.';
COMMENT ON COLUMN accounts.password_hash IS 'argon2id in PHC form; null: signs in another way (identity provider, passkey) or not yet.';
COMMENT ON COLUMN accounts.must_change_password IS 'Set with a password that somebody else chose; the next sign-in leads to a new one.';
CREATE INDEX accounts_station_idx ON accounts (station_id); -- the accounts of a station
CALL protect_tenant_table('accounts');

CREATE TABLE account_roles (
  account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  role text NOT NULL CHECK (role IN ('commander', 'officer', 'volunteer', 'analyst', 'administrator', 'auditor', 'wall')),
  granted_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (account_id, station_id, role)
);
COMMENT ON TABLE account_roles IS 'What an account is at a station and at all stations below it.';
CREATE INDEX account_roles_station_idx ON account_roles (station_id); -- who has a role at this station
CALL protect_tenant_table('account_roles');

CREATE TABLE sessions (
  id uuid PRIMARY KEY,
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
  token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
  kind text NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'wall')),
  methods text[] NOT NULL DEFAULT '{}',
  user_agent text,
  address text,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  idle_seconds integer CHECK (idle_seconds > 0),
  expires_at timestamptz NOT NULL,
  ended_at timestamptz
);
COMMENT ON TABLE sessions IS 'Sessions of signed-in accounts; a session is known by the SHA-256 of its cookie''s value.';
COMMENT ON COLUMN sessions.methods IS 'How the person proved who they are (RFC 8176 names: pwd, otp, hwk, recovery, fed).';
COMMENT ON COLUMN sessions.idle_seconds IS 'Ends when not used for so long; null: no idle limit (walls).';
COMMENT ON COLUMN sessions.last_seen_at IS 'Written at most once a minute.';
CREATE INDEX sessions_account_idx ON sessions (account_id) WHERE ended_at IS NULL; -- sign out everywhere, the list of own sessions
CALL protect_tenant_table('sessions');

DO $$
DECLARE tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['accounts', 'account_roles', 'sessions', 'crews', 'crew_members', 'units'] LOOP
    EXECUTE format('CREATE POLICY look_up ON %I FOR SELECT TO %I USING (current_setting(''shaodian.look_up'', true) = ''on'')', tenant_table, current_user);
  END LOOP;
END $$;

-- Sign-in look-up: whose username is this, before there is a scope. No row: nobody's.
CREATE FUNCTION find_sign_in(asked_username text)
  RETURNS TABLE (account_id uuid, station_id uuid, display_name text, password_hash text, must_change_password boolean, is_disabled boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET shaodian.look_up = 'on'
  AS $$ SELECT a.id, a.station_id, a.display_name, a.password_hash, a.must_change_password, a.disabled_at IS NOT NULL FROM accounts a WHERE a.username = asked_username $$;

-- What an account is and where (the stations below come from list_station_tree), and the units whose crew it is on now.
CREATE FUNCTION find_viewers(asked_account_ids uuid[])
  RETURNS TABLE (account_id uuid, station_id uuid, username text, display_name text, member_id uuid, must_change_password boolean, is_demo boolean, roles jsonb, units jsonb)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET shaodian.look_up = 'on'
  AS $$
    SELECT a.id, a.station_id, a.username, a.display_name, a.member_id, a.must_change_password, a.is_demo,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('stationId', r.station_id, 'role', r.role)), '[]') FROM account_roles r WHERE r.account_id = a.id),
      (SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_object('id', u.id, 'stationId', u.station_id, 'number', u.number)), '[]')
        FROM crew_members cm JOIN crews c ON c.id = cm.crew_id JOIN units u ON u.id = c.unit_id
        WHERE cm.member_id = a.member_id AND c.shift_starts_at <= now() AND c.shift_ends_at > now())
    FROM accounts a WHERE a.id = ANY (asked_account_ids) AND a.disabled_at IS NULL
  $$;

-- Session look-up: which of these cookies are sessions that hold now, and whose.
CREATE FUNCTION find_sessions(hashes bytea[])
  RETURNS TABLE (token_hash bytea, session_id uuid, account_id uuid, station_id uuid, kind text, methods text[], created_at timestamptz, last_seen_at timestamptz, expires_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET shaodian.look_up = 'on'
  AS $$
    SELECT s.token_hash, s.id, s.account_id, s.station_id, s.kind, s.methods, s.created_at, s.last_seen_at, s.expires_at
    FROM sessions s
    WHERE s.token_hash = ANY (hashes) AND s.ended_at IS NULL AND s.expires_at > now()
      AND (s.idle_seconds IS NULL OR s.last_seen_at + make_interval(secs => s.idle_seconds) > now())
  $$;

DO $$
DECLARE look_up text;
BEGIN
  FOREACH look_up IN ARRAY ARRAY['find_sign_in(text)', 'find_viewers(uuid[])', 'find_sessions(bytea[])'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', look_up);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO shaodian_app', look_up);
  END LOOP;
END $$;
