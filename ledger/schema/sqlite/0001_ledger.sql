-- Entries are the one source of truth; every other table finds them again or can be rebuilt from them.
CREATE TABLE entry (
  idx  INTEGER PRIMARY KEY,          -- from 0, without gap
  leaf BLOB NOT NULL CHECK (length(leaf) = 32),
  type TEXT NOT NULL,
  data BLOB NOT NULL CHECK (length(data) <= 65535)
) STRICT;
CREATE INDEX entry_type ON entry (type, idx);

CREATE TABLE subject (               -- a subject's chain: its number-th entry
  key    TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number >= 1),
  idx    INTEGER NOT NULL REFERENCES entry (idx),
  PRIMARY KEY (key, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE tag (
  tag TEXT NOT NULL,
  idx INTEGER NOT NULL REFERENCES entry (idx),
  PRIMARY KEY (tag, idx)
) STRICT, WITHOUT ROWID;

CREATE TABLE statement (             -- a statement id enters once
  id  TEXT PRIMARY KEY,
  idx INTEGER NOT NULL REFERENCES entry (idx)
) STRICT, WITHOUT ROWID;

CREATE TABLE envelope (              -- envelopes that entered, byte for byte as received
  digest TEXT NOT NULL PRIMARY KEY,
  idx    INTEGER NOT NULL REFERENCES entry (idx),
  data   BLOB NOT NULL
) STRICT;

CREATE TABLE refused (               -- envelopes that did not; idx is the first SubmissionRefused
  digest TEXT NOT NULL PRIMARY KEY,
  idx    INTEGER NOT NULL REFERENCES entry (idx),
  data   BLOB NOT NULL
) STRICT;

CREATE TABLE sequence (              -- seq numbers used up, by entry or by refusal
  signer TEXT NOT NULL,
  seq    INTEGER NOT NULL CHECK (seq >= 1),
  digest TEXT NOT NULL,
  PRIMARY KEY (signer, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE tile (                  -- full 256-wide tiles of the Merkle tree; the edge is in the head
  level  INTEGER NOT NULL,
  number INTEGER NOT NULL,
  data   BLOB NOT NULL CHECK (length(data) = 8192),
  PRIMARY KEY (level, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoint (            -- released checkpoints, for readers
  size INTEGER PRIMARY KEY,
  note BLOB NOT NULL
) STRICT;

CREATE TABLE head (                  -- the one row that changes
  id          INTEGER PRIMARY KEY CHECK (id = 1),
  size        INTEGER NOT NULL,
  leaf        BLOB NOT NULL CHECK (length(leaf) = 32),
  recorded_at TEXT NOT NULL,
  tree        BLOB NOT NULL
) STRICT;

-- What follows can be rebuilt from the entries at any time.
CREATE TABLE record (                -- decision records
  key  TEXT PRIMARY KEY,
  idx  INTEGER NOT NULL,             -- the entry that changed it last
  text TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX record_idx ON record (idx);

CREATE TABLE flag (                  -- flags of the entries that have any
  idx  INTEGER PRIMARY KEY,
  text TEXT NOT NULL
) STRICT;

-- Append-only. INSERT OR REPLACE slips past delete triggers, so inserts are watched too; by rowid as well
-- where a table has one beside its key.
CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entry is append-only: no UPDATE'); END;
CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'entry is append-only: no DELETE'); END;
CREATE TRIGGER entry_no_gap BEFORE INSERT ON entry
  WHEN NEW.idx <> (SELECT coalesce(max(idx) + 1, 0) FROM entry)
  BEGIN SELECT RAISE(ABORT, 'entry is append-only: the index is not the next one'); END;
CREATE TRIGGER subject_no_update BEFORE UPDATE ON subject BEGIN SELECT RAISE(ABORT, 'subject is append-only: no UPDATE'); END;
CREATE TRIGGER subject_no_delete BEFORE DELETE ON subject BEGIN SELECT RAISE(ABORT, 'subject is append-only: no DELETE'); END;
CREATE TRIGGER subject_no_replace BEFORE INSERT ON subject
  WHEN EXISTS (SELECT 1 FROM subject WHERE key = NEW.key AND number = NEW.number)
  BEGIN SELECT RAISE(ABORT, 'subject is append-only: the row exists'); END;
CREATE TRIGGER tag_no_update BEFORE UPDATE ON tag BEGIN SELECT RAISE(ABORT, 'tag is append-only: no UPDATE'); END;
CREATE TRIGGER tag_no_delete BEFORE DELETE ON tag BEGIN SELECT RAISE(ABORT, 'tag is append-only: no DELETE'); END;
CREATE TRIGGER tag_no_replace BEFORE INSERT ON tag
  WHEN EXISTS (SELECT 1 FROM tag WHERE tag = NEW.tag AND idx = NEW.idx)
  BEGIN SELECT RAISE(ABORT, 'tag is append-only: the row exists'); END;
CREATE TRIGGER statement_no_update BEFORE UPDATE ON statement BEGIN SELECT RAISE(ABORT, 'statement is append-only: no UPDATE'); END;
CREATE TRIGGER statement_no_delete BEFORE DELETE ON statement BEGIN SELECT RAISE(ABORT, 'statement is append-only: no DELETE'); END;
CREATE TRIGGER statement_no_replace BEFORE INSERT ON statement
  WHEN EXISTS (SELECT 1 FROM statement WHERE id = NEW.id)
  BEGIN SELECT RAISE(ABORT, 'statement is append-only: the row exists'); END;
CREATE TRIGGER envelope_no_update BEFORE UPDATE ON envelope BEGIN SELECT RAISE(ABORT, 'envelope is append-only: no UPDATE'); END;
CREATE TRIGGER envelope_no_delete BEFORE DELETE ON envelope BEGIN SELECT RAISE(ABORT, 'envelope is append-only: no DELETE'); END;
CREATE TRIGGER envelope_no_replace BEFORE INSERT ON envelope
  WHEN EXISTS (SELECT 1 FROM envelope WHERE digest = NEW.digest OR rowid = NEW.rowid)
  BEGIN SELECT RAISE(ABORT, 'envelope is append-only: the row exists'); END;
CREATE TRIGGER refused_no_update BEFORE UPDATE ON refused BEGIN SELECT RAISE(ABORT, 'refused is append-only: no UPDATE'); END;
CREATE TRIGGER refused_no_delete BEFORE DELETE ON refused BEGIN SELECT RAISE(ABORT, 'refused is append-only: no DELETE'); END;
CREATE TRIGGER refused_no_replace BEFORE INSERT ON refused
  WHEN EXISTS (SELECT 1 FROM refused WHERE digest = NEW.digest OR rowid = NEW.rowid)
  BEGIN SELECT RAISE(ABORT, 'refused is append-only: the row exists'); END;
CREATE TRIGGER sequence_no_update BEFORE UPDATE ON sequence BEGIN SELECT RAISE(ABORT, 'sequence is append-only: no UPDATE'); END;
CREATE TRIGGER sequence_no_delete BEFORE DELETE ON sequence BEGIN SELECT RAISE(ABORT, 'sequence is append-only: no DELETE'); END;
CREATE TRIGGER sequence_no_replace BEFORE INSERT ON sequence
  WHEN EXISTS (SELECT 1 FROM sequence WHERE signer = NEW.signer AND seq = NEW.seq)
  BEGIN SELECT RAISE(ABORT, 'sequence is append-only: the row exists'); END;
CREATE TRIGGER tile_no_update BEFORE UPDATE ON tile BEGIN SELECT RAISE(ABORT, 'tile is append-only: no UPDATE'); END;
CREATE TRIGGER tile_no_delete BEFORE DELETE ON tile BEGIN SELECT RAISE(ABORT, 'tile is append-only: no DELETE'); END;
CREATE TRIGGER tile_no_replace BEFORE INSERT ON tile
  WHEN EXISTS (SELECT 1 FROM tile WHERE level = NEW.level AND number = NEW.number)
  BEGIN SELECT RAISE(ABORT, 'tile is append-only: the row exists'); END;
CREATE TRIGGER checkpoint_no_update BEFORE UPDATE ON checkpoint BEGIN SELECT RAISE(ABORT, 'checkpoint is append-only: no UPDATE'); END;
CREATE TRIGGER checkpoint_no_delete BEFORE DELETE ON checkpoint BEGIN SELECT RAISE(ABORT, 'checkpoint is append-only: no DELETE'); END;
CREATE TRIGGER checkpoint_no_replace BEFORE INSERT ON checkpoint
  WHEN EXISTS (SELECT 1 FROM checkpoint WHERE size = NEW.size)
  BEGIN SELECT RAISE(ABORT, 'checkpoint is append-only: the row exists'); END;
CREATE TRIGGER head_no_delete BEFORE DELETE ON head BEGIN SELECT RAISE(ABORT, 'head is never deleted'); END;
CREATE TRIGGER head_no_replace BEFORE INSERT ON head
  WHEN EXISTS (SELECT 1 FROM head)
  BEGIN SELECT RAISE(ABORT, 'there is one head'); END;
CREATE TRIGGER head_forward BEFORE UPDATE ON head
  WHEN NEW.size <= OLD.size OR NEW.id <> OLD.id
  BEGIN SELECT RAISE(ABORT, 'the head only moves forward'); END;
CREATE TRIGGER head_first_size BEFORE INSERT ON head
  WHEN NEW.size <> (SELECT coalesce(max(idx) + 1, 0) FROM entry)
  BEGIN SELECT RAISE(ABORT, 'the head is not at the last entry'); END;
CREATE TRIGGER head_size BEFORE UPDATE ON head
  WHEN NEW.size > OLD.size AND NEW.size <> (SELECT coalesce(max(idx) + 1, 0) FROM entry)
  BEGIN SELECT RAISE(ABORT, 'the head is not at the last entry'); END;
