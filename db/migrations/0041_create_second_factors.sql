-- More than a password: codes of an authenticator app (RFC 6238), recovery codes, passkeys.
CREATE TABLE second_factors (
  account_id uuid PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  sealed_secret bytea,
  confirmed_at timestamptz,
  last_step bigint NOT NULL DEFAULT 0,
  pending_secret bytea,
  pending_at timestamptz,
  CHECK ((sealed_secret IS NULL) = (confirmed_at IS NULL))
);
COMMENT ON TABLE second_factors IS 'The authenticator app of an account (TOTP, RFC 6238).';
COMMENT ON COLUMN second_factors.sealed_secret IS 'Encrypted with the installation''s key (SECRET_KEY or DATA_DIR/secret.key); null: offered, never confirmed.';
COMMENT ON COLUMN second_factors.last_step IS 'The 30-second step of the last code taken; that one and older ones are refused.';
COMMENT ON COLUMN second_factors.pending_secret IS 'Offered and not confirmed by a code yet.';
CREATE INDEX second_factors_station_idx ON second_factors (station_id);
CALL protect_tenant_table('second_factors');

CREATE TABLE recovery_codes (
  account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  code_hash bytea NOT NULL CHECK (length(code_hash) = 32),
  used_at timestamptz,
  PRIMARY KEY (account_id, code_hash)
);
COMMENT ON TABLE recovery_codes IS 'Codes for who lost the authenticator, each good once; SHA-256 of 80 random bits.';
CREATE INDEX recovery_codes_station_idx ON recovery_codes (station_id);
CALL protect_tenant_table('recovery_codes');

CREATE TABLE passkeys (
  id uuid PRIMARY KEY,
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
  credential_id bytea NOT NULL UNIQUE,
  public_key bytea NOT NULL,
  counter bigint NOT NULL,
  transports text[] NOT NULL DEFAULT '{}',
  name text NOT NULL CHECK (name <> ''),
  is_backed_up boolean NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz
);
COMMENT ON TABLE passkeys IS 'Passkeys of accounts (WebAuthn, discoverable, user verified); public keys only.';
COMMENT ON COLUMN passkeys.counter IS 'Signature counter; one that does not grow tells of a copied authenticator (0: it has none).';
CREATE INDEX passkeys_account_idx ON passkeys (account_id); -- one's own passkeys
CREATE INDEX passkeys_station_idx ON passkeys (station_id);
CALL protect_tenant_table('passkeys');

DO $$
DECLARE tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['second_factors', 'passkeys'] LOOP
    EXECUTE format('CREATE POLICY look_up ON %I FOR SELECT TO %I USING (current_setting(''shaodian.look_up'', true) = ''on'')', tenant_table, current_user);
  END LOOP;
END $$;

-- Sign-in look-up: whose passkey is this, before there is a scope. No row: nobody's.
CREATE FUNCTION find_passkey(asked_credential_id bytea)
  RETURNS TABLE (id uuid, account_id uuid, station_id uuid, public_key bytea, counter bigint, transports text[], is_disabled boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET shaodian.look_up = 'on'
  AS $$
    SELECT p.id, p.account_id, p.station_id, p.public_key, p.counter, p.transports, a.disabled_at IS NOT NULL
    FROM passkeys p JOIN accounts a ON a.id = p.account_id WHERE p.credential_id = asked_credential_id
  $$;

-- What second factors these accounts have. One row for each that is asked for.
CREATE FUNCTION find_second_factors(asked_account_ids uuid[])
  RETURNS TABLE (account_id uuid, has_totp boolean, has_passkey boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET shaodian.look_up = 'on'
  AS $$
    SELECT asked.id,
      EXISTS (SELECT FROM second_factors f WHERE f.account_id = asked.id AND f.confirmed_at IS NOT NULL),
      EXISTS (SELECT FROM passkeys p WHERE p.account_id = asked.id)
    FROM unnest(asked_account_ids) AS asked (id)
  $$;

DO $$
DECLARE look_up text;
BEGIN
  FOREACH look_up IN ARRAY ARRAY['find_passkey(bytea)', 'find_second_factors(uuid[])'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', look_up);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO shaodian_app', look_up);
  END LOOP;
END $$;
