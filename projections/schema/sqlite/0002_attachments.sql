-- Which entries a document is attached to.
CREATE TABLE IF NOT EXISTS attachment (
  sha256 TEXT NOT NULL,
  idx    INTEGER NOT NULL,
  PRIMARY KEY (sha256, idx)
) STRICT, WITHOUT ROWID;
