-- Sign-in by a station's identity provider (OpenID Connect).
CREATE TABLE oidc_providers (
  id uuid PRIMARY KEY,
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  label text NOT NULL CHECK (label <> ''),
  issuer text NOT NULL CHECK (issuer <> ''),
  client_id text NOT NULL CHECK (client_id <> ''),
  sealed_secret bytea,
  secret_variable text CHECK (secret_variable LIKE 'OIDC\_%'),
  scope text NOT NULL,
  username_claim text CHECK (username_claim IN ('email', 'preferred_username')),
  created_at timestamptz NOT NULL DEFAULT now(),
  disabled_at timestamptz,
  CHECK (sealed_secret IS NULL OR secret_variable IS NULL)
);
COMMENT ON TABLE oidc_providers IS 'Identity providers of stations; they sign in accounts whose roles all lie at the station or below it.';
COMMENT ON COLUMN oidc_providers.sealed_secret IS 'Encrypted with the installation''s key.';
COMMENT ON COLUMN oidc_providers.secret_variable IS 'The server''s environment variable (or NAME_FILE) that holds the secret instead.';
COMMENT ON COLUMN oidc_providers.username_claim IS 'Accounts whose username equals this claim sign in without being linked first; null: linked ones only.';
CREATE INDEX oidc_providers_station_idx ON oidc_providers (station_id); -- the providers of a station
CALL protect_tenant_table('oidc_providers');

CREATE TABLE identities (
  id uuid PRIMARY KEY,
  station_id uuid NOT NULL REFERENCES stations ON DELETE CASCADE,
  account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
  provider_id uuid NOT NULL REFERENCES oidc_providers ON DELETE CASCADE,
  subject text NOT NULL CHECK (subject <> ''),
  name text,
  linked_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (provider_id, subject)
);
COMMENT ON TABLE identities IS 'Who an account is at an identity provider. The station is the account''s.';
CREATE INDEX identities_account_idx ON identities (account_id); -- one's own identities
CREATE INDEX identities_station_idx ON identities (station_id);
CALL protect_tenant_table('identities');

DO $$
DECLARE tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['oidc_providers', 'identities'] LOOP
    EXECUTE format('CREATE POLICY look_up ON %I FOR SELECT TO %I USING (current_setting(''shaodian.look_up'', true) = ''on'')', tenant_table, current_user);
  END LOOP;
END $$;

-- Sign-in look-up: the providers that the sign-in page offers, before there is a scope.
CREATE FUNCTION find_oidc_providers(asked_id uuid)
  RETURNS TABLE (id uuid, station_id uuid, label text, issuer text, client_id text, sealed_secret bytea, secret_variable text, scope text, username_claim text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET shaodian.look_up = 'on'
  AS $$
    SELECT p.id, p.station_id, p.label, p.issuer, p.client_id, p.sealed_secret, p.secret_variable, p.scope, p.username_claim
    FROM oidc_providers p WHERE p.disabled_at IS NULL AND (asked_id IS NULL OR p.id = asked_id) ORDER BY p.created_at, p.id
  $$;

-- Sign-in look-up: whose identity is this, before there is a scope. No row: nobody's.
CREATE FUNCTION find_identity(asked_provider_id uuid, asked_subject text)
  RETURNS TABLE (account_id uuid, station_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET shaodian.look_up = 'on'
  AS $$ SELECT i.account_id, i.station_id FROM identities i WHERE i.provider_id = asked_provider_id AND i.subject = asked_subject $$;

DO $$
DECLARE look_up text;
BEGIN
  FOREACH look_up IN ARRAY ARRAY['find_oidc_providers(uuid)', 'find_identity(uuid, text)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', look_up);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO shaodian_app', look_up);
  END LOOP;
END $$;
