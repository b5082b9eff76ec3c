-- How far each view has come; written in the transaction that writes the view's rows.
CREATE TABLE quota_ledger.view_position (
  view text COLLATE "C" PRIMARY KEY,
  size bigint NOT NULL CHECK (size >= 0)  -- entries folded so far
);

-- Balances of each pair, in units; iss is the contra account, unb the memo of unbacked registrations.
CREATE TABLE quota_ledger.balance (
  pair text COLLATE "C" PRIMARY KEY,
  iss  bigint NOT NULL CHECK (iss <= 0),
  av   bigint NOT NULL CHECK (av >= 0),
  a    bigint NOT NULL CHECK (a >= 0),
  c    bigint NOT NULL CHECK (c >= 0),
  r    bigint NOT NULL CHECK (r >= 0),
  t    bigint NOT NULL CHECK (t >= 0),
  x    bigint NOT NULL CHECK (x >= 0),
  d    bigint NOT NULL CHECK (d >= 0),
  n    bigint NOT NULL CHECK (n >= 0),
  unb  bigint NOT NULL CHECK (unb >= 0),
  CHECK (iss + av + a + c + r + t + x + d + n = 0)
);

-- The records that this view folds on: its own, so that it never leans on those that decide.
CREATE TABLE quota_ledger.balance_record (
  key  text COLLATE "C" PRIMARY KEY,
  idx  bigint NOT NULL,                   -- the entry that changed it last
  text text COLLATE "C" NOT NULL
);
