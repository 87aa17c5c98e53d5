-- why: one append-only table is the audit trail, the feed and the source of what others are told.
CREATE TABLE events (
  seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  -- The transaction that wrote it: readers follow (tx, seq) below the oldest running one, so that none is skipped.
  tx INTEGER NOT NULL DEFAULT 0,
  id TEXT NOT NULL UNIQUE,
  network_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  subject_version INTEGER NOT NULL,
  actor TEXT NOT NULL,
  -- The companies concerned: nobody else reads the event.
  master_id TEXT,
  partner_id TEXT,
  counterparty_id TEXT,
  body TEXT NOT NULL,
  request_id TEXT NOT NULL,
  recorded_at INTEGER NOT NULL
) STRICT;
CREATE INDEX events_in_order ON events (network_id, tx, seq);
CREATE INDEX events_of_subject ON events (subject, tx, seq);
CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'append-only: events'); END;
CREATE TRIGGER events_no_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'append-only: events'); END;
CREATE TRIGGER events_no_replace BEFORE INSERT ON events WHEN EXISTS (SELECT 1 FROM events WHERE (id = NEW.id) OR (seq = NEW.seq))
BEGIN SELECT RAISE(ABORT, 'append-only: events'); END;
