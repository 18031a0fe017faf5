-- A password that somebody else chose travels on paper or by voice: it holds for three days and then signs nobody in.
ALTER TABLE accounts ADD COLUMN issued_password_until timestamptz;
COMMENT ON COLUMN accounts.issued_password_until IS 'Until when the password that somebody else chose signs in; null: its owner chose it.';
UPDATE accounts SET issued_password_until = now() + interval '72 hours' WHERE must_change_password AND password_hash IS NOT NULL;

-- Sign-in look-up: whose username is this, before there is a scope. No row: nobody's.
DROP FUNCTION find_sign_in(text);
CREATE FUNCTION find_sign_in(asked_username text)
  RETURNS TABLE (account_id uuid, station_id uuid, display_name text, password_hash text, must_change_password boolean, is_disabled boolean, is_password_over boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET shaodian.look_up = 'on'
  AS $$
    SELECT a.id, a.station_id, a.display_name, a.password_hash, a.must_change_password, a.disabled_at IS NOT NULL,
      coalesce(a.issued_password_until <= now(), false)
    FROM accounts a WHERE a.username = asked_username
  $$;
REVOKE ALL ON FUNCTION find_sign_in(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_sign_in(text) TO shaodian_app;

-- Who deletes an identity provider must have seen it as it stands.
ALTER TABLE oidc_providers ADD COLUMN version integer NOT NULL DEFAULT 1;
COMMENT ON COLUMN oidc_providers.version IS 'Raised by each edit; a confirmed deletion names the one that was seen.';
CREATE TRIGGER raise_version BEFORE UPDATE ON oidc_providers FOR EACH ROW EXECUTE FUNCTION raise_version();
