-- The views: made from the entries alone, thrown away and made anew at any time (projections/view.py).
-- Each row belongs to a generation: those of a rebuild lie beside the live ones until it is whole.

-- How far the views of a generation have come; written in the transaction that writes their rows.
CREATE TABLE view_set (
  generation INTEGER PRIMARY KEY,
  shape      INTEGER NOT NULL,  -- of the tables and of what rows mean
  size       INTEGER NOT NULL CHECK (size >= 0),  -- entries folded so far
  live       INTEGER NOT NULL CHECK (live IN (0, 1)),  -- 1: readers ask this one
  reason     TEXT  -- why the entry at size cannot be taken in; NULL: it can
) STRICT;

-- Balances of each pair, in units; iss is the contra account, unb the memo of unbacked registrations.
CREATE TABLE balance (
  generation INTEGER NOT NULL,
  pair       TEXT NOT NULL,
  iss        INTEGER NOT NULL CHECK (iss <= 0),
  av         INTEGER NOT NULL CHECK (av >= 0),
  a          INTEGER NOT NULL CHECK (a >= 0),
  c          INTEGER NOT NULL CHECK (c >= 0),
  r          INTEGER NOT NULL CHECK (r >= 0),
  t          INTEGER NOT NULL CHECK (t >= 0),
  x          INTEGER NOT NULL CHECK (x >= 0),
  d          INTEGER NOT NULL CHECK (d >= 0),
  n          INTEGER NOT NULL CHECK (n >= 0),
  unb        INTEGER NOT NULL CHECK (unb >= 0),
  CHECK (iss + av + a + c + r + t + x + d + n = 0),
  PRIMARY KEY (generation, pair)
) STRICT, WITHOUT ROWID;

-- The folded records that the views stand on: their own, so that none leans on those that decide.
CREATE TABLE view_record (
  generation INTEGER NOT NULL,
  key        TEXT NOT NULL,
  idx        INTEGER NOT NULL,  -- the entry that changed it last
  text       TEXT NOT NULL,
  PRIMARY KEY (generation, key)
) STRICT, WITHOUT ROWID;

-- Where each car stands: its current registration, else the line that holds a unit for it.
CREATE TABLE vehicle (
  generation      INTEGER NOT NULL,
  vin             TEXT NOT NULL,
  account         TEXT,  -- of its unit, UNB without one; NULL: neither line nor registration
  line_id         TEXT,
  pair            TEXT,
  exporter        TEXT,
  upstream        TEXT,
  cert_no         TEXT,
  registered_on   TEXT,
  copied_on       TEXT,
  transferred_on  TEXT,
  submitted_on    TEXT,  -- of the last proof of the registration
  proved          INTEGER NOT NULL,
  released_on     TEXT,  -- the first release that stands
  loaded_on       TEXT,
  deregistered_on TEXT,
  registrations   INTEGER NOT NULL,  -- all, ended ones too
  cases           INTEGER NOT NULL,
  PRIMARY KEY (generation, vin)
) STRICT, WITHOUT ROWID;
CREATE INDEX vehicle_pair_account_vin ON vehicle (generation, pair, account, vin);
CREATE INDEX vehicle_exporter_vin ON vehicle (generation, exporter, vin);
CREATE INDEX vehicle_upstream_vin ON vehicle (generation, upstream, vin);
CREATE INDEX vehicle_account_vin ON vehicle (generation, account, vin);

-- The records that a clock may run on; which ones run on a day is told from the records themselves.
CREATE TABLE clock (
  generation INTEGER NOT NULL,
  owner      TEXT NOT NULL,  -- vin:…, enterprise:… or pair:…
  PRIMARY KEY (generation, owner)
) STRICT, WITHOUT ROWID;

-- Violation cases.
CREATE TABLE case_file (
  generation    INTEGER NOT NULL,
  case_id       TEXT NOT NULL,
  status        TEXT NOT NULL,
  ground        TEXT NOT NULL,
  opened_on     TEXT NOT NULL,
  opened_by     INTEGER NOT NULL,  -- the entry
  decision      TEXT,
  decided_by    INTEGER,
  overturned_by INTEGER,
  hearings      INTEGER NOT NULL,
  usccs         TEXT NOT NULL,  -- a JSON list, as vins
  vins          TEXT NOT NULL,
  PRIMARY KEY (generation, case_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_file_status_case_id ON case_file (generation, status, case_id);

-- Whom a case is about: the firms and cars that it names, and the firms of these cars' lines.
CREATE TABLE case_subject (
  generation INTEGER NOT NULL,
  subject    TEXT NOT NULL,
  case_id    TEXT NOT NULL,
  PRIMARY KEY (generation, case_id, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_subject_subject_case_id ON case_subject (generation, subject, case_id);

-- Flags: what an accepted entry breaks, by the statement of the verifier that it bears on.
CREATE TABLE finding (
  generation   INTEGER NOT NULL,
  idx          INTEGER NOT NULL,
  code         TEXT NOT NULL,
  control      TEXT,  -- C09 to C35, NULL where none
  type         TEXT NOT NULL,
  effective_on TEXT NOT NULL,
  recorded_on  TEXT NOT NULL,
  PRIMARY KEY (generation, idx, code)
) STRICT, WITHOUT ROWID;
CREATE INDEX finding_code_idx ON finding (generation, code, idx);
CREATE INDEX finding_control_idx ON finding (generation, control, idx);

-- What each entry does: when it takes effect, what it posts, and the balances of the pairs that it moves.
CREATE TABLE effect (
  generation   INTEGER NOT NULL,
  idx          INTEGER NOT NULL,
  type         TEXT NOT NULL,
  agency       TEXT,
  effective_on TEXT NOT NULL,
  recorded_at  TEXT NOT NULL,
  postings     TEXT NOT NULL,  -- a JSON list
  balances     TEXT NOT NULL,  -- a JSON object: each pair that it moves, after it
  PRIMARY KEY (generation, idx)
) STRICT, WITHOUT ROWID;
CREATE INDEX effect_type_idx ON effect (generation, type, idx);

-- Each enterprise's entries, those of its cars and of its pairs' postings among them.
CREATE TABLE timeline (
  generation INTEGER NOT NULL,
  enterprise TEXT NOT NULL,
  idx        INTEGER NOT NULL,
  PRIMARY KEY (generation, enterprise, idx)
) STRICT, WITHOUT ROWID;
CREATE INDEX timeline_idx ON timeline (generation, idx);

-- Which entries a document is attached to.
CREATE TABLE attachment (
  generation INTEGER NOT NULL,
  sha256     TEXT NOT NULL,
  idx        INTEGER NOT NULL,
  PRIMARY KEY (generation, sha256, idx)
) STRICT, WITHOUT ROWID;

-- Which entries were corrected, and by which.
CREATE TABLE correction (
  generation INTEGER NOT NULL,
  target     INTEGER NOT NULL,
  idx        INTEGER NOT NULL,
  PRIMARY KEY (generation, target, idx)
) STRICT, WITHOUT ROWID;

-- Statements of account that the agencies filed.
CREATE TABLE reconciliation (
  generation  INTEGER NOT NULL,
  idx         INTEGER NOT NULL,
  agency      TEXT NOT NULL,
  period_from TEXT NOT NULL,
  period_to   TEXT NOT NULL,
  list_sha256 TEXT NOT NULL,
  counts      TEXT NOT NULL,  -- a JSON object
  differences TEXT,
  PRIMARY KEY (generation, idx)
) STRICT, WITHOUT ROWID;
CREATE INDEX reconciliation_agency_idx ON reconciliation (generation, agency, idx);
