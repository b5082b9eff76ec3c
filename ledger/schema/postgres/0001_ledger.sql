-- Entries are the one source of truth; every other table finds them again or can be rebuilt from them.
-- Keys compare byte by byte, whatever the collation of the database is.
CREATE SCHEMA quota_ledger;
REVOKE ALL ON SCHEMA quota_ledger FROM PUBLIC;

CREATE TABLE quota_ledger.schema_version (version integer NOT NULL);
INSERT INTO quota_ledger.schema_version VALUES (1);

CREATE TABLE quota_ledger.entry (
  idx  bigint PRIMARY KEY CHECK (idx >= 0),  -- from 0, without gap
  leaf bytea NOT NULL CHECK (length(leaf) = 32),
  type text COLLATE "C" NOT NULL,
  data bytea NOT NULL CHECK (length(data) <= 65535)
);
CREATE INDEX entry_type ON quota_ledger.entry (type, idx);

CREATE TABLE quota_ledger.subject (          -- a subject's chain: its number-th entry
  key    text COLLATE "C" NOT NULL,
  number bigint NOT NULL CHECK (number >= 1),
  idx    bigint NOT NULL REFERENCES quota_ledger.entry (idx),
  PRIMARY KEY (key, number)
);

CREATE TABLE quota_ledger.tag (
  tag text COLLATE "C" NOT NULL,
  idx bigint NOT NULL REFERENCES quota_ledger.entry (idx),
  PRIMARY KEY (tag, idx)
);

CREATE TABLE quota_ledger.statement (        -- a statement id enters once
  id  text COLLATE "C" PRIMARY KEY,
  idx bigint NOT NULL REFERENCES quota_ledger.entry (idx)
);

CREATE TABLE quota_ledger.envelope (         -- envelopes that entered, byte for byte as received
  digest text COLLATE "C" PRIMARY KEY,
  idx    bigint NOT NULL REFERENCES quota_ledger.entry (idx),
  data   bytea NOT NULL
);

CREATE TABLE quota_ledger.refused (          -- envelopes that did not; idx is the first SubmissionRefused
  digest text COLLATE "C" PRIMARY KEY,
  idx    bigint NOT NULL REFERENCES quota_ledger.entry (idx),
  data   bytea NOT NULL
);

CREATE TABLE quota_ledger.sequence (         -- seq numbers used up, by entry or by refusal
  signer text COLLATE "C" NOT NULL,
  seq    bigint NOT NULL CHECK (seq >= 1),
  digest text COLLATE "C" NOT NULL,
  PRIMARY KEY (signer, seq)
);

CREATE TABLE quota_ledger.tile (             -- full 256-wide tiles of the Merkle tree; the edge is in the head
  level  integer NOT NULL,
  number bigint NOT NULL,
  data   bytea NOT NULL CHECK (length(data) = 8192),
  PRIMARY KEY (level, number)
);

CREATE TABLE quota_ledger.checkpoint (       -- released checkpoints, for readers
  size bigint PRIMARY KEY,
  note bytea NOT NULL
);

CREATE TABLE quota_ledger.head (             -- the one row that changes; whoever appends locks it first
  id          integer PRIMARY KEY CHECK (id = 1),
  size        bigint NOT NULL,
  leaf        bytea NOT NULL CHECK (length(leaf) = 32),
  recorded_at text COLLATE "C" NOT NULL,
  tree        bytea NOT NULL
);
-- The empty ledger: no entries, and a tree of size 0.
INSERT INTO quota_ledger.head VALUES (1, 0, decode(repeat('00', 32), 'hex'), '', decode(repeat('00', 8), 'hex'));

-- What follows can be rebuilt from the entries at any time.
CREATE TABLE quota_ledger.record (           -- decision records
  key  text COLLATE "C" PRIMARY KEY,
  idx  bigint NOT NULL,                      -- the entry that changed it last
  text text NOT NULL
);
CREATE INDEX record_idx ON quota_ledger.record (idx);

CREATE TABLE quota_ledger.flag (             -- flags of the entries that have any
  idx  bigint PRIMARY KEY,
  text text NOT NULL
);

-- Append-only. The functions name every table in full, so that no temporary table takes its place.
CREATE FUNCTION quota_ledger.append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: no %', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION quota_ledger.entry_next() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM (SELECT min(idx) AS first, max(idx) - min(idx) + 1 AS span, count(*) AS rows FROM fresh) AS f
    WHERE f.first <> (SELECT size FROM quota_ledger.head) OR f.span <> f.rows
  ) THEN
    RAISE EXCEPTION 'entry is append-only: the index is not the next one'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION quota_ledger.entry_headed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.idx >= (SELECT size FROM quota_ledger.head) THEN
    RAISE EXCEPTION 'the head is not at the last entry' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION quota_ledger.head_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.size <= OLD.size OR NEW.id <> OLD.id THEN
    RAISE EXCEPTION 'the head only moves forward' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.size <> (SELECT max(idx) + 1 FROM quota_ledger.entry) THEN
    RAISE EXCEPTION 'the head is not at the last entry' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER entry_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON quota_ledger.entry
  FOR EACH STATEMENT EXECUTE FUNCTION quota_ledger.append_only();
CREATE TRIGGER subject_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON quota_ledger.subject
  FOR EACH STATEMENT EXECUTE FUNCTION quota_ledger.append_only();
CREATE TRIGGER tag_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON quota_ledger.tag
  FOR EACH STATEMENT EXECUTE FUNCTION quota_ledger.append_only();
CREATE TRIGGER statement_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON quota_ledger.statement
  FOR EACH STATEMENT EXECUTE FUNCTION quota_ledger.append_only();
CREATE TRIGGER envelope_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON quota_ledger.envelope
  FOR EACH STATEMENT EXECUTE FUNCTION quota_ledger.append_only();
CREATE TRIGGER refused_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON quota_ledger.refused
  FOR EACH STATEMENT EXECUTE FUNCTION quota_ledger.append_only();
CREATE TRIGGER sequence_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON quota_ledger.sequence
  FOR EACH STATEMENT EXECUTE FUNCTION quota_ledger.append_only();
CREATE TRIGGER tile_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON quota_ledger.tile
  FOR EACH STATEMENT EXECUTE FUNCTION quota_ledger.append_only();
CREATE TRIGGER checkpoint_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON quota_ledger.checkpoint
  FOR EACH STATEMENT EXECUTE FUNCTION quota_ledger.append_only();
CREATE TRIGGER schema_version_no_change BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON quota_ledger.schema_version
  FOR EACH STATEMENT EXECUTE FUNCTION quota_ledger.append_only();
CREATE TRIGGER entry_next AFTER INSERT ON quota_ledger.entry
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION quota_ledger.entry_next();
-- At the commit: nobody leaves entries behind that the head does not count.
CREATE CONSTRAINT TRIGGER entry_headed AFTER INSERT ON quota_ledger.entry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION quota_ledger.entry_headed();
CREATE TRIGGER head_forward BEFORE UPDATE ON quota_ledger.head
  FOR EACH ROW EXECUTE FUNCTION quota_ledger.head_forward();
CREATE TRIGGER head_no_other BEFORE INSERT OR DELETE OR TRUNCATE ON quota_ledger.head
  FOR EACH STATEMENT EXECUTE FUNCTION quota_ledger.append_only();
