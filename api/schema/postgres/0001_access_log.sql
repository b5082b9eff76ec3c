-- Who has read which enterprise's file; numbered without gap, so that a row that is gone shows.
CREATE TABLE quota_ledger.access_log (
  number  bigint PRIMARY KEY CHECK (number >= 1),
  at      text COLLATE "C" NOT NULL,      -- UTC, six decimals
  role    text COLLATE "C" NOT NULL,
  who     text COLLATE "C" NOT NULL,
  route   text COLLATE "C" NOT NULL,      -- the template, without values
  subject text COLLATE "C" NOT NULL
);
CREATE INDEX access_log_subject ON quota_ledger.access_log (subject, number);

CREATE FUNCTION quota_ledger.access_log_next() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.number <> (SELECT coalesce(max(number) + 1, 1) FROM quota_ledger.access_log) THEN
    RAISE EXCEPTION 'access_log is append-only: the number is not the next one'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER access_log_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON quota_ledger.access_log
  FOR EACH STATEMENT EXECUTE FUNCTION quota_ledger.append_only();
CREATE TRIGGER access_log_no_gap BEFORE INSERT ON quota_ledger.access_log
  FOR EACH ROW EXECUTE FUNCTION quota_ledger.access_log_next();
