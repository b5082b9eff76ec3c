-- The views: made from the entries alone, thrown away and made anew at any time (projections/view.py).
-- Each row belongs to a generation: those of a rebuild lie beside the live ones until it is whole.

-- How far the views of a generation have come; written in the transaction that writes their rows.
CREATE TABLE quota_ledger.view_set (
  generation bigint PRIMARY KEY,
  shape      bigint NOT NULL,  -- of the tables and of what rows mean
  size       bigint NOT NULL CHECK (size >= 0),  -- entries folded so far
  live       bigint NOT NULL CHECK (live IN (0, 1)),  -- 1: readers ask this one
  reason     text COLLATE "C"  -- why the entry at size cannot be taken in; NULL: it can
);

-- Balances of each pair, in units; iss is the contra account, unb the memo of unbacked registrations.
CREATE TABLE quota_ledger.balance (
  generation bigint NOT NULL,
  pair       text COLLATE "C" NOT NULL,
  iss        bigint NOT NULL CHECK (iss <= 0),
  av         bigint NOT NULL CHECK (av >= 0),
  a          bigint NOT NULL CHECK (a >= 0),
  c          bigint NOT NULL CHECK (c >= 0),
  r          bigint NOT NULL CHECK (r >= 0),
  t          bigint NOT NULL CHECK (t >= 0),
  x          bigint NOT NULL CHECK (x >= 0),
  d          bigint NOT NULL CHECK (d >= 0),
  n          bigint NOT NULL CHECK (n >= 0),
  unb        bigint NOT NULL CHECK (unb >= 0),
  CHECK (iss + av + a + c + r + t + x + d + n = 0),
  PRIMARY KEY (generation, pair)
);

-- The folded records that the views stand on: their own, so that none leans on those that decide.
CREATE TABLE quota_ledger.view_record (
  generation bigint NOT NULL,
  key        text COLLATE "C" NOT NULL,
  idx        bigint NOT NULL,  -- the entry that changed it last
  text       text COLLATE "C" NOT NULL,
  PRIMARY KEY (generation, key)
);

-- Where each car stands: its current registration, else the line that holds a unit for it.
CREATE TABLE quota_ledger.vehicle (
  generation      bigint NOT NULL,
  vin             text COLLATE "C" NOT NULL,
  account         text COLLATE "C",  -- of its unit, UNB without one; NULL: neither line nor registration
  line_id         text COLLATE "C",
  pair            text COLLATE "C",
  exporter        text COLLATE "C",
  upstream        text COLLATE "C",
  cert_no         text COLLATE "C",
  registered_on   text COLLATE "C",
  copied_on       text COLLATE "C",
  transferred_on  text COLLATE "C",
  submitted_on    text COLLATE "C",  -- of the last proof of the registration
  proved          bigint NOT NULL,
  released_on     text COLLATE "C",  -- the first release that stands
  loaded_on       text COLLATE "C",
  deregistered_on text COLLATE "C",
  registrations   bigint NOT NULL,  -- all, ended ones too
  cases           bigint NOT NULL,
  PRIMARY KEY (generation, vin)
);
CREATE INDEX vehicle_pair_account_vin ON quota_ledger.vehicle (generation, pair, account, vin);
CREATE INDEX vehicle_exporter_vin ON quota_ledger.vehicle (generation, exporter, vin);
CREATE INDEX vehicle_upstream_vin ON quota_ledger.vehicle (generation, upstream, vin);
CREATE INDEX vehicle_account_vin ON quota_ledger.vehicle (generation, account, vin);

-- The records that a clock may run on; which ones run on a day is told from the records themselves.
CREATE TABLE quota_ledger.clock (
  generation bigint NOT NULL,
  owner      text COLLATE "C" NOT NULL,  -- vin:…, enterprise:… or pair:…
  PRIMARY KEY (generation, owner)
);

-- Violation cases.
CREATE TABLE quota_ledger.case_file (
  generation    bigint NOT NULL,
  case_id       text COLLATE "C" NOT NULL,
  status        text COLLATE "C" NOT NULL,
  ground        text COLLATE "C" NOT NULL,
  opened_on     text COLLATE "C" NOT NULL,
  opened_by     bigint NOT NULL,  -- the entry
  decision      text COLLATE "C",
  decided_by    bigint,
  overturned_by bigint,
  hearings      bigint NOT NULL,
  usccs         text COLLATE "C" NOT NULL,  -- a JSON list, as vins
  vins          text COLLATE "C" NOT NULL,
  PRIMARY KEY (generation, case_id)
);
CREATE INDEX case_file_status_case_id ON quota_ledger.case_file (generation, status, case_id);

-- Whom a case is about: the firms and cars that it names, and the firms of these cars' lines.
CREATE TABLE quota_ledger.case_subject (
  generation bigint NOT NULL,
  subject    text COLLATE "C" NOT NULL,
  case_id    text COLLATE "C" NOT NULL,
  PRIMARY KEY (generation, case_id, subject)
);
CREATE INDEX case_subject_subject_case_id ON quota_ledger.case_subject (generation, subject, case_id);

-- Flags: what an accepted entry breaks, by the statement of the verifier that it bears on.
CREATE TABLE quota_ledger.finding (
  generation   bigint NOT NULL,
  idx          bigint NOT NULL,
  code         text COLLATE "C" NOT NULL,
  control      text COLLATE "C",  -- C09 to C35, NULL where none
  type         text COLLATE "C" NOT NULL,
  effective_on text COLLATE "C" NOT NULL,
  recorded_on  text COLLATE "C" NOT NULL,
  PRIMARY KEY (generation, idx, code)
);
CREATE INDEX finding_code_idx ON quota_ledger.finding (generation, code, idx);
CREATE INDEX finding_control_idx ON quota_ledger.finding (generation, control, idx);

-- What each entry does: when it takes effect, what it posts, and the balances of the pairs that it moves.
CREATE TABLE quota_ledger.effect (
  generation   bigint NOT NULL,
  idx          bigint NOT NULL,
  type         text COLLATE "C" NOT NULL,
  agency       text COLLATE "C",
  effective_on text COLLATE "C" NOT NULL,
  recorded_at  text COLLATE "C" NOT NULL,
  postings     text COLLATE "C" NOT NULL,  -- a JSON list
  balances     text COLLATE "C" NOT NULL,  -- a JSON object: each pair that it moves, after it
  PRIMARY KEY (generation, idx)
);
CREATE INDEX effect_type_idx ON quota_ledger.effect (generation, type, idx);

-- Each enterprise's entries, those of its cars and of its pairs' postings among them.
CREATE TABLE quota_ledger.timeline (
  generation bigint NOT NULL,
  enterprise text COLLATE "C" NOT NULL,
  idx        bigint NOT NULL,
  PRIMARY KEY (generation, enterprise, idx)
);
CREATE INDEX timeline_idx ON quota_ledger.timeline (generation, idx);

-- Which entries a document is attached to.
CREATE TABLE quota_ledger.attachment (
  generation bigint NOT NULL,
  sha256     text COLLATE "C" NOT NULL,
  idx        bigint NOT NULL,
  PRIMARY KEY (generation, sha256, idx)
);

-- Which entries were corrected, and by which.
CREATE TABLE quota_ledger.correction (
  generation bigint NOT NULL,
  target     bigint NOT NULL,
  idx        bigint NOT NULL,
  PRIMARY KEY (generation, target, idx)
);

-- Statements of account that the agencies filed.
CREATE TABLE quota_ledger.reconciliation (
  generation  bigint NOT NULL,
  idx         bigint NOT NULL,
  agency      text COLLATE "C" NOT NULL,
  period_from text COLLATE "C" NOT NULL,
  period_to   text COLLATE "C" NOT NULL,
  list_sha256 text COLLATE "C" NOT NULL,
  counts      text COLLATE "C" NOT NULL,  -- a JSON object
  differences text COLLATE "C",
  PRIMARY KEY (generation, idx)
);
CREATE INDEX reconciliation_agency_idx ON quota_ledger.reconciliation (generation, agency, idx);
