-- How far each view has come; written in the transaction that writes the view's rows.
CREATE TABLE IF NOT EXISTS view_position (
  view TEXT PRIMARY KEY,
  size INTEGER NOT NULL CHECK (size >= 0)  -- entries folded so far
) STRICT;

-- Balances of each pair, in units; iss is the contra account, unb the memo of unbacked registrations.
CREATE TABLE IF NOT EXISTS balance (
  pair TEXT PRIMARY KEY,
  iss  INTEGER NOT NULL CHECK (iss <= 0),
  av   INTEGER NOT NULL CHECK (av >= 0),
  a    INTEGER NOT NULL CHECK (a >= 0),
  c    INTEGER NOT NULL CHECK (c >= 0),
  r    INTEGER NOT NULL CHECK (r >= 0),
  t    INTEGER NOT NULL CHECK (t >= 0),
  x    INTEGER NOT NULL CHECK (x >= 0),
  d    INTEGER NOT NULL CHECK (d >= 0),
  n    INTEGER NOT NULL CHECK (n >= 0),
  unb  INTEGER NOT NULL CHECK (unb >= 0),
  CHECK (iss + av + a + c + r + t + x + d + n = 0)
) STRICT;

-- The records that this view folds on: its own, so that it never leans on those that decide.
CREATE TABLE IF NOT EXISTS balance_record (
  key  TEXT PRIMARY KEY,
  idx  INTEGER NOT NULL,                   -- the entry that changed it last
  text TEXT NOT NULL
) STRICT, WITHOUT ROWID;
