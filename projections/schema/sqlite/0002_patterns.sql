-- What the patterns are asked of (projections/patterns).

-- The way of each registration as far as it holds, with the entries by which it went.
CREATE TABLE passage (
  generation      INTEGER NOT NULL,
  vin             TEXT NOT NULL,
  registered      INTEGER NOT NULL,  -- the entry, as transferred, released, deregistered, annulled
  cert_no         TEXT NOT NULL,
  exporter        TEXT,
  upstream        TEXT,
  registered_on   TEXT NOT NULL,
  transferred     INTEGER,
  transferred_on  TEXT,
  released        INTEGER,  -- the first release that stands
  released_on     TEXT,
  deregistered    INTEGER,
  deregistered_on TEXT,
  reason          TEXT,
  annulled        INTEGER,  -- as a clerical error: it never was
  dwell_days      INTEGER,  -- from transfer to release
  waits           INTEGER NOT NULL CHECK (waits IN (0, 1)),  -- transferred, and nothing has ended it
  PRIMARY KEY (generation, vin, registered)
) STRICT, WITHOUT ROWID;
CREATE INDEX passage_exporter_registered_on ON passage (generation, exporter, registered_on);
CREATE INDEX passage_upstream_registered_on ON passage (generation, upstream, registered_on);
CREATE INDEX passage_waits_transferred_on ON passage (generation, waits, transferred_on);

-- Transfer proofs as handed in, those that are not void.
CREATE TABLE filing (
  generation    INTEGER NOT NULL,
  vin           TEXT NOT NULL,
  idx           INTEGER NOT NULL,
  exporter      TEXT,
  registered_on TEXT NOT NULL,
  submitted_at  TEXT NOT NULL,
  days_used     INTEGER NOT NULL,
  PRIMARY KEY (generation, vin, idx)
) STRICT, WITHOUT ROWID;
CREATE INDEX filing_days_used ON filing (generation, days_used);

-- Which statement names which document for which car; corrected ones too.
CREATE TABLE document (
  generation INTEGER NOT NULL,
  idx        INTEGER NOT NULL,
  kind       TEXT NOT NULL,  -- CERTIFICATE, SCAN, INVOICE, DECLARATION
  value      TEXT NOT NULL,
  vin        TEXT NOT NULL,
  cert_no    TEXT,
  exporter   TEXT,
  upstream   TEXT,
  PRIMARY KEY (generation, kind, value, vin, idx)
) STRICT, WITHOUT ROWID;
CREATE INDEX document_upstream ON document (generation, upstream, kind, value, exporter);

-- Who signed which envelope.
CREATE TABLE signing (
  generation INTEGER NOT NULL,
  place      INTEGER NOT NULL,  -- among its signers, from 1
  idx        INTEGER NOT NULL,  -- its first entry, or that of its refusal
  entered    INTEGER NOT NULL CHECK (entered IN (0, 1)),
  agency     TEXT NOT NULL,
  keyid      TEXT NOT NULL,
  signers    INTEGER NOT NULL,
  seq        INTEGER NOT NULL,
  statements INTEGER NOT NULL,
  signed_at  TEXT NOT NULL,
  minute     INTEGER NOT NULL,  -- of the day in Shanghai, from 0
  PRIMARY KEY (generation, idx, entered, place)
) STRICT, WITHOUT ROWID;
-- Counts and gaps are told from this index alone.
CREATE INDEX signing_keyid ON signing (generation, keyid, place, seq, entered, signers, agency, idx);
CREATE INDEX signing_minute ON signing (generation, minute);
CREATE INDEX signing_together ON signing (generation, idx) WHERE signers > 1;

-- Whom the refused envelopes concern.
CREATE TABLE refusal (
  generation INTEGER NOT NULL,
  idx        INTEGER NOT NULL,
  envelope   TEXT NOT NULL,
  keyid      TEXT NOT NULL,  -- its first signer
  refused_on TEXT NOT NULL,
  codes      TEXT NOT NULL,  -- with spaces between
  subject    TEXT NOT NULL,
  PRIMARY KEY (generation, keyid, subject, idx)
) STRICT, WITHOUT ROWID;
