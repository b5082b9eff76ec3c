-- What the patterns are asked of (projections/patterns).

-- The way of each registration as far as it holds, with the entries by which it went.
CREATE TABLE quota_ledger.passage (
  generation      bigint NOT NULL,
  vin             text COLLATE "C" NOT NULL,
  registered      bigint NOT NULL,  -- the entry, as transferred, released, deregistered, annulled
  cert_no         text COLLATE "C" NOT NULL,
  exporter        text COLLATE "C",
  upstream        text COLLATE "C",
  registered_on   text COLLATE "C" NOT NULL,
  transferred     bigint,
  transferred_on  text COLLATE "C",
  released        bigint,  -- the first release that stands
  released_on     text COLLATE "C",
  deregistered    bigint,
  deregistered_on text COLLATE "C",
  reason          text COLLATE "C",
  annulled        bigint,  -- as a clerical error: it never was
  dwell_days      bigint,  -- from transfer to release
  waits           bigint NOT NULL CHECK (waits IN (0, 1)),  -- transferred, and nothing has ended it
  PRIMARY KEY (generation, vin, registered)
);
CREATE INDEX passage_exporter_registered_on ON quota_ledger.passage (generation, exporter, registered_on);
CREATE INDEX passage_upstream_registered_on ON quota_ledger.passage (generation, upstream, registered_on);
CREATE INDEX passage_waits_transferred_on ON quota_ledger.passage (generation, waits, transferred_on);

-- Transfer proofs as handed in, those that are not void.
CREATE TABLE quota_ledger.filing (
  generation    bigint NOT NULL,
  vin           text COLLATE "C" NOT NULL,
  idx           bigint NOT NULL,
  exporter      text COLLATE "C",
  registered_on text COLLATE "C" NOT NULL,
  submitted_at  text COLLATE "C" NOT NULL,
  days_used     bigint NOT NULL,
  PRIMARY KEY (generation, vin, idx)
);
CREATE INDEX filing_days_used ON quota_ledger.filing (generation, days_used);

-- Which statement names which document for which car; corrected ones too.
CREATE TABLE quota_ledger.document (
  generation bigint NOT NULL,
  idx        bigint NOT NULL,
  kind       text COLLATE "C" NOT NULL,  -- CERTIFICATE, SCAN, INVOICE, DECLARATION
  value      text COLLATE "C" NOT NULL,
  vin        text COLLATE "C" NOT NULL,
  cert_no    text COLLATE "C",
  exporter   text COLLATE "C",
  upstream   text COLLATE "C",
  PRIMARY KEY (generation, kind, value, vin, idx)
);
CREATE INDEX document_upstream ON quota_ledger.document (generation, upstream, kind, value, exporter);

-- Who signed which envelope.
CREATE TABLE quota_ledger.signing (
  generation bigint NOT NULL,
  place      bigint NOT NULL,  -- among its signers, from 1
  idx        bigint NOT NULL,  -- its first entry, or that of its refusal
  entered    bigint NOT NULL CHECK (entered IN (0, 1)),
  agency     text COLLATE "C" NOT NULL,
  keyid      text COLLATE "C" NOT NULL,
  signers    bigint NOT NULL,
  seq        bigint NOT NULL,
  statements bigint NOT NULL,
  signed_at  text COLLATE "C" NOT NULL,
  minute     bigint NOT NULL,  -- of the day in Shanghai, from 0
  PRIMARY KEY (generation, idx, entered, place)
);
-- Counts and gaps are told from this index alone.
CREATE INDEX signing_keyid ON quota_ledger.signing (generation, keyid, place, seq, entered, signers, agency, idx);
CREATE INDEX signing_minute ON quota_ledger.signing (generation, minute);
CREATE INDEX signing_together ON quota_ledger.signing (generation, idx) WHERE signers > 1;

-- Whom the refused envelopes concern.
CREATE TABLE quota_ledger.refusal (
  generation bigint NOT NULL,
  idx        bigint NOT NULL,
  envelope   text COLLATE "C" NOT NULL,
  keyid      text COLLATE "C" NOT NULL,  -- its first signer
  refused_on text COLLATE "C" NOT NULL,
  codes      text COLLATE "C" NOT NULL,  -- with spaces between
  subject    text COLLATE "C" NOT NULL,
  PRIMARY KEY (generation, keyid, subject, idx)
);
