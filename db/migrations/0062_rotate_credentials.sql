-- A credential is replaced without a gap: the one before it may hold a while longer.
DO $$
DECLARE
  sender text;
BEGIN
  FOREACH sender IN ARRAY ARRAY['devices', 'gateways'] LOOP
    EXECUTE format('ALTER TABLE %I ADD COLUMN previous_token_hash bytea CHECK (length(previous_token_hash) = 32), ADD COLUMN previous_valid_until timestamptz, ADD CHECK ((previous_token_hash IS NULL) = (previous_valid_until IS NULL))', sender);
    EXECUTE format('COMMENT ON COLUMN %I.previous_token_hash IS %L', sender, 'SHA-256 of the credential before the present one, honoured until previous_valid_until; null: it is not.');
    EXECUTE format('CREATE INDEX %I ON %I (previous_token_hash) WHERE previous_token_hash IS NOT NULL', sender || '_previous_token_idx', sender); -- find_credential
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION find_credential(hash bytea) RETURNS TABLE (kind text, station_id uuid, device_number integer, gateway_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET shaodian.look_up = 'on'
  AS $$
    SELECT 'device', d.station_id, d.number, NULL::uuid FROM devices d
    WHERE (d.token_hash = hash OR (d.previous_token_hash = hash AND d.previous_valid_until > now())) AND d.revoked_at IS NULL
    UNION ALL
    SELECT 'gateway', g.station_id, NULL::integer, g.id FROM gateways g
    WHERE (g.token_hash = hash OR (g.previous_token_hash = hash AND g.previous_valid_until > now())) AND g.revoked_at IS NULL
  $$;
