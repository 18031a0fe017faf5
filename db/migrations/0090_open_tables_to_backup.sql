-- A backup reads every row and a restore writes it. Superusers pass row-level security; where the owner of the schema is none,
-- FORCE would hide rows from it without a word. This policy opens every protected table to the owner alone, in transactions
-- that say so; the app role is not named in it.
CREATE OR REPLACE PROCEDURE protect_tenant_table(tenant_table regclass, station_column name DEFAULT 'station_id') LANGUAGE plpgsql AS $$
DECLARE
  in_scope text := format('%I = ANY (ARRAY(SELECT unnest(nullif(current_setting(''shaodian.stations'', true), '''')::uuid[])))', station_column);
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', tenant_table);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', tenant_table);
  EXECUTE format('CREATE POLICY in_scope ON %s USING (%s) WITH CHECK (%s)', tenant_table, in_scope, in_scope);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO shaodian_app', tenant_table);
  CALL open_to_backup(tenant_table);
END $$;

CREATE PROCEDURE open_to_backup(protected_table regclass) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE POLICY backup ON %s TO %I USING (current_setting(''shaodian.backup'', true) = ''on'') WITH CHECK (current_setting(''shaodian.backup'', true) = ''on'')', protected_table, current_user);
END $$;

DO $$
DECLARE protected regclass;
BEGIN
  FOR protected IN
    SELECT c.oid::regclass FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relrowsecurity
  LOOP
    CALL open_to_backup(protected);
  END LOOP;
END $$;
