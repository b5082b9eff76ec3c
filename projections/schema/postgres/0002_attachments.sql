-- Which entries a document is attached to.
CREATE TABLE quota_ledger.attachment (
  sha256 text COLLATE "C" NOT NULL,
  idx    bigint NOT NULL,
  PRIMARY KEY (sha256, idx)
);
