-- Administrators always need a second factor; a station may ask it of further roles, for itself and the stations below it.
CREATE TABLE sign_in_rules (
  station_id uuid PRIMARY KEY REFERENCES stations ON DELETE CASCADE,
  second_factor_roles text[] NOT NULL DEFAULT '{}'
    CHECK (second_factor_roles <@ ARRAY['commander', 'officer', 'volunteer', 'analyst', 'auditor'])
);
COMMENT ON TABLE sign_in_rules IS 'What a station asks of who signs in, besides what the installation asks of everybody. A station without a row asks nothing more.';
COMMENT ON COLUMN sign_in_rules.second_factor_roles IS 'Roles, held at this station or below it, that need a second factor as administrators do. Walls have nobody to give one.';
CALL protect_tenant_table('sign_in_rules');
DO $$ BEGIN EXECUTE format('CREATE POLICY look_up ON sign_in_rules FOR SELECT TO %I USING (current_setting(''shaodian.look_up'', true) = ''on'')', current_user); END $$;

-- What an account is and where (the stations below come from list_station_tree), the units whose crew it is on now, and
-- whether one of its roles needs a second factor: by its kind, or by the rules of its station and of those above.
DROP FUNCTION find_viewers(uuid[]);
CREATE FUNCTION find_viewers(asked_account_ids uuid[])
  RETURNS TABLE (account_id uuid, station_id uuid, username text, display_name text, member_id uuid, must_change_password boolean, is_demo boolean, roles jsonb, units jsonb, needs_second_factor boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET shaodian.look_up = 'on'
  AS $$
    SELECT a.id, a.station_id, a.username, a.display_name, a.member_id, a.must_change_password, a.is_demo,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('stationId', r.station_id, 'role', r.role)), '[]') FROM account_roles r WHERE r.account_id = a.id),
      (SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_object('id', u.id, 'stationId', u.station_id, 'number', u.number)), '[]')
        FROM crew_members cm JOIN crews c ON c.id = cm.crew_id JOIN units u ON u.id = c.unit_id
        WHERE cm.member_id = a.member_id AND c.shift_starts_at <= now() AND c.shift_ends_at > now()),
      EXISTS (
        SELECT FROM account_roles r WHERE r.account_id = a.id AND (r.role = 'administrator' OR EXISTS (
          WITH RECURSIVE above AS (
            SELECT s.id, s.parent_id FROM stations s WHERE s.id = r.station_id
            UNION SELECT s.id, s.parent_id FROM stations s JOIN above ON s.id = above.parent_id
          )
          SELECT FROM above JOIN sign_in_rules i ON i.station_id = above.id WHERE r.role = ANY (i.second_factor_roles)
        ))
      )
    FROM accounts a WHERE a.id = ANY (asked_account_ids) AND a.disabled_at IS NULL
  $$;
REVOKE ALL ON FUNCTION find_viewers(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_viewers(uuid[]) TO shaodian_app;
