-- The audit log: who did what, who was refused, who looked at whose past track. Append-only, one hash chain a station and
-- one of the installation itself (nil UUID) for what has no station. No foreign key: the log outlives what it tells of.
CREATE TABLE audit_heads (
  station_id uuid PRIMARY KEY,
  sequence bigint NOT NULL DEFAULT 0,
  hash bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex') CHECK (length(hash) = 32),
  at timestamptz,
  anchor_sequence bigint NOT NULL DEFAULT 0,
  anchor_hash bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex') CHECK (length(anchor_hash) = 32),
  CHECK (anchor_sequence BETWEEN 0 AND sequence)
);
COMMENT ON TABLE audit_heads IS 'Where each audit chain ends, and where what is left of it begins. Whoever appends locks this row, so that a chain is written by one at a time.';
COMMENT ON COLUMN audit_heads.sequence IS 'Sequence and hash of the newest entry; 0 and zeros: none yet.';
COMMENT ON COLUMN audit_heads.anchor_sequence IS 'Sequence and hash of the newest entry that was removed after its time: the rest verifies from here.';

CREATE TABLE audit_entries (
  station_id uuid NOT NULL,
  sequence bigint NOT NULL CHECK (sequence > 0),
  at timestamptz NOT NULL,
  actor_id uuid,
  actor_name text,
  action text NOT NULL CHECK (action <> ''),
  target_kind text,
  target_id text,
  target_name text,
  detail json NOT NULL,
  address text,
  outcome text NOT NULL CHECK (outcome IN ('done', 'refused', 'failed')),
  previous_hash bytea NOT NULL CHECK (length(previous_hash) = 32),
  hash bytea NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (station_id, sequence)
);
COMMENT ON TABLE audit_entries IS 'The audit log. Written by write_audit_entry only, removed by remove_audit_entries only and not before 183 days.';
COMMENT ON COLUMN audit_entries.station_id IS 'The chain: a station, or the nil UUID for the installation.';
COMMENT ON COLUMN audit_entries.detail IS 'json, not jsonb: the text is part of the hash and stays as it was written.';
COMMENT ON COLUMN audit_entries.hash IS 'SHA-256 of the canonical form (hash_audit_entry) with the hash of the entry before.';
CREATE INDEX audit_entries_time_idx ON audit_entries (station_id, at DESC, sequence DESC); -- GET /api/audit: newest first, a time range
CREATE INDEX audit_entries_actor_idx ON audit_entries (station_id, actor_id, at DESC); -- what one account did

DO $$
DECLARE audit_table text;
BEGIN
  FOREACH audit_table IN ARRAY ARRAY['audit_heads', 'audit_entries'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', audit_table);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', audit_table);
    EXECUTE format('CREATE POLICY in_scope ON %I FOR SELECT USING (station_id = ANY (ARRAY(SELECT unnest(nullif(current_setting(''shaodian.stations'', true), '''')::uuid[]))))', audit_table);
    -- For the functions below, which run as the owner, whom FORCE subjects to policies too.
    EXECUTE format('CREATE POLICY chain ON %I TO %I USING (current_setting(''shaodian.audit'', true) = ''on'') WITH CHECK (current_setting(''shaodian.audit'', true) = ''on'')', audit_table, current_user);
    -- The app role reads; it has no way to write but the functions.
    EXECUTE format('GRANT SELECT ON %I TO shaodian_app', audit_table);
  END LOOP;
END $$;

-- The canonical form: fields in a fixed order, each as its length in bytes of UTF-8, a colon, its text and a comma
-- (netstrings); "~," for null. So no two different entries have one form. api/audit/hash-entry.ts computes the same.
CREATE FUNCTION hash_audit_entry(entry audit_entries) RETURNS bytea
  LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
  SELECT sha256(convert_to(string_agg(coalesce(octet_length(convert_to(field, 'UTF8')) || ':' || field, '~') || ',', '' ORDER BY place), 'UTF8'))
  FROM unnest(ARRAY[
    'shaodian-audit-1', encode(entry.previous_hash, 'hex'), entry.station_id::text, entry.sequence::text,
    (extract(epoch FROM entry.at) * 1000000)::bigint::text, entry.actor_id::text, entry.actor_name, entry.action,
    entry.target_kind, entry.target_id, entry.target_name, entry.detail::text, entry.address, entry.outcome
  ]) WITH ORDINALITY AS fields(field, place)
$$;

-- The only way an entry comes to be. Locks the head of the chain until the transaction ends, and takes the time after it
-- has the lock, so that sequence and time go together. Returns the entry's sequence.
CREATE FUNCTION write_audit_entry(asked_station uuid, actor_id uuid, actor_name text, action text, target_kind text, target_id text, target_name text, detail json, address text, outcome text)
  RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET shaodian.audit = 'on' AS $$
DECLARE
  head audit_heads;
  entry audit_entries;
BEGIN
  SELECT * INTO head FROM audit_heads h WHERE h.station_id = asked_station FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO audit_heads (station_id) VALUES (asked_station) ON CONFLICT DO NOTHING;
    SELECT * INTO head FROM audit_heads h WHERE h.station_id = asked_station FOR UPDATE;
  END IF;
  entry := ROW(asked_station, head.sequence + 1, clock_timestamp(), actor_id, actor_name, action, target_kind, target_id, target_name,
    coalesce(detail, '{}'), address, outcome, head.hash, NULL);
  entry.hash := hash_audit_entry(entry);
  INSERT INTO audit_entries SELECT entry.*;
  UPDATE audit_heads h SET sequence = entry.sequence, hash = entry.hash, at = entry.at WHERE h.station_id = asked_station;
  RETURN entry.sequence;
END $$;

-- The only way entries go: the oldest of a chain, at most so many, none younger than 183 days. Returns how many went.
CREATE FUNCTION remove_audit_entries(asked_station uuid, before timestamptz, at_most integer)
  RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET shaodian.audit = 'on' SET shaodian.audit_removal = 'on' AS $$
DECLARE
  head audit_heads;
  last_sequence bigint;
BEGIN
  IF before > now() - interval '183 days' THEN
    RAISE EXCEPTION 'audit entries are kept for 183 days at least, so none of % may go yet', before USING ERRCODE = 'insufficient_privilege';
  END IF;
  SELECT * INTO head FROM audit_heads h WHERE h.station_id = asked_station FOR UPDATE;
  IF NOT FOUND THEN RETURN 0; END IF;
  -- Up to the first that has to stay: a chain has no holes.
  last_sequence := least(head.sequence, head.anchor_sequence + at_most);
  SELECT least(last_sequence, e.sequence - 1) INTO last_sequence FROM audit_entries e
    WHERE e.station_id = asked_station AND e.sequence > head.anchor_sequence AND e.sequence <= last_sequence AND e.at >= before
    ORDER BY e.sequence LIMIT 1;
  last_sequence := coalesce(last_sequence, least(head.sequence, head.anchor_sequence + at_most));
  IF last_sequence <= head.anchor_sequence THEN RETURN 0; END IF;
  UPDATE audit_heads h SET anchor_sequence = e.sequence, anchor_hash = e.hash
    FROM audit_entries e WHERE h.station_id = asked_station AND e.station_id = asked_station AND e.sequence = last_sequence;
  IF NOT FOUND THEN RAISE EXCEPTION 'the audit chain of % has no entry %: verify it before anything is removed', asked_station, last_sequence; END IF;
  DELETE FROM audit_entries e WHERE e.station_id = asked_station AND e.sequence <= last_sequence;
  RETURN last_sequence - head.anchor_sequence;
END $$;

-- All chains with head and anchor, for verification and for keeping the heads elsewhere, before there is a scope. A chain
-- whose head row is missing (somebody removed it) is listed with nulls.
CREATE FUNCTION list_audit_heads()
  RETURNS TABLE (station_id uuid, sequence bigint, hash bytea, at timestamptz, anchor_sequence bigint, anchor_hash bytea)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET shaodian.audit = 'on' AS $$
  SELECT coalesce(h.station_id, e.station_id), h.sequence, h.hash, h.at, h.anchor_sequence, h.anchor_hash
  FROM audit_heads h FULL JOIN (SELECT DISTINCT station_id FROM audit_entries) e ON e.station_id = h.station_id
$$;

DO $$
DECLARE audit_function text;
BEGIN
  FOREACH audit_function IN ARRAY ARRAY[
    'write_audit_entry(uuid, uuid, text, text, text, text, text, json, text, text)',
    'remove_audit_entries(uuid, timestamptz, integer)',
    'list_audit_heads()'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', audit_function);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO shaodian_app', audit_function);
  END LOOP;
END $$;

-- What grants and policies do not stop, the owner and superusers among them, these triggers do, in replica mode too
-- (ENABLE ALWAYS). A superuser can disable them: that is what verification and heads kept elsewhere are for.
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND TG_LEVEL = 'ROW' THEN
    IF OLD.at <= now() - interval '183 days' AND current_setting('shaodian.audit_removal', true) = 'on' THEN RETURN OLD; END IF;
  END IF;
  RAISE EXCEPTION 'the audit log is append-only: % of % refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

-- Heads and anchors only move on.
CREATE FUNCTION check_audit_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.station_id = OLD.station_id AND NEW.sequence >= OLD.sequence AND NEW.anchor_sequence >= OLD.anchor_sequence
    AND (NEW.sequence > OLD.sequence OR NEW.hash = OLD.hash) THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'the audit log is append-only: a head does not move back' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER refuse_update BEFORE UPDATE ON audit_entries FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER refuse_delete BEFORE DELETE ON audit_entries FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON audit_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER only_forward BEFORE UPDATE ON audit_heads FOR EACH ROW EXECUTE FUNCTION check_audit_head();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON audit_heads FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

CREATE FUNCTION refuse_audit_head_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only: its heads stay' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER refuse_delete BEFORE DELETE ON audit_heads FOR EACH ROW EXECUTE FUNCTION refuse_audit_head_removal();

ALTER TABLE audit_entries ENABLE ALWAYS TRIGGER refuse_update;
ALTER TABLE audit_entries ENABLE ALWAYS TRIGGER refuse_delete;
ALTER TABLE audit_entries ENABLE ALWAYS TRIGGER refuse_truncate;
ALTER TABLE audit_heads ENABLE ALWAYS TRIGGER only_forward;
ALTER TABLE audit_heads ENABLE ALWAYS TRIGGER refuse_delete;
ALTER TABLE audit_heads ENABLE ALWAYS TRIGGER refuse_truncate;
