-- why: one append-only table is the audit trail, the feed and the source of what others are told.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'append-only: %', TG_TABLE_NAME USING ERRCODE = '23001'; END $$;

CREATE TABLE events (
  seq BIGINT NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- The transaction that wrote it: readers follow (tx, seq) below the oldest running one, so that none is skipped.
  tx BIGINT NOT NULL DEFAULT (pg_current_xact_id()::text::bigint),
  id UUID NOT NULL UNIQUE,
  network_id UUID NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT COLLATE "C" NOT NULL,
  subject_version BIGINT NOT NULL,
  actor TEXT COLLATE "C" NOT NULL,
  -- The companies concerned: nobody else reads the event.
  master_id UUID,
  partner_id UUID,
  counterparty_id UUID,
  body TEXT NOT NULL,
  request_id TEXT NOT NULL,
  recorded_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX events_in_order ON events (network_id, tx, seq);
CREATE INDEX events_of_subject ON events (subject, tx, seq);
CREATE TRIGGER events_no_change BEFORE UPDATE OR DELETE ON events FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER events_no_truncate BEFORE TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
