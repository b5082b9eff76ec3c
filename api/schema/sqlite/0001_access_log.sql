-- Who has read which enterprise's file; numbered without gap, so that a row that is gone shows.
CREATE TABLE IF NOT EXISTS access_log (
  number  INTEGER PRIMARY KEY,            -- from 1
  at      TEXT NOT NULL,                  -- UTC, six decimals
  role    TEXT NOT NULL,
  who     TEXT NOT NULL,
  route   TEXT NOT NULL,                  -- the template, without values
  subject TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS access_log_subject ON access_log (subject, number);

CREATE TRIGGER IF NOT EXISTS access_log_no_update BEFORE UPDATE ON access_log
  BEGIN SELECT RAISE(ABORT, 'access_log is append-only: no UPDATE'); END;
CREATE TRIGGER IF NOT EXISTS access_log_no_delete BEFORE DELETE ON access_log
  BEGIN SELECT RAISE(ABORT, 'access_log is append-only: no DELETE'); END;
CREATE TRIGGER IF NOT EXISTS access_log_no_gap BEFORE INSERT ON access_log
  WHEN NEW.number <> (SELECT coalesce(max(number) + 1, 1) FROM access_log)
  BEGIN SELECT RAISE(ABORT, 'access_log is append-only: the number is not the next one'); END;
