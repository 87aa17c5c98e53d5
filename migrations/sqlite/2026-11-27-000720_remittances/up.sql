-- why: what partners paid of what they owe by statements, the reminders they got, and what banks say moved on a payer's account.

-- What a partner paid its master. It settles the partner's statements in the currency, the oldest first.
CREATE TABLE remittance_payments (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL REFERENCES networks (id),
  master_id TEXT NOT NULL REFERENCES masters (id),
  partner_id TEXT NOT NULL REFERENCES partners (id),
  amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  received_on TEXT NOT NULL,
  -- What the bank or the master calls it: the same money is recorded once.
  reference TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  UNIQUE (master_id, reference)
) STRICT;
CREATE INDEX remittance_payments_between ON remittance_payments (master_id, partner_id, currency, received_on, id);
CREATE INDEX remittance_payments_of_master ON remittance_payments (master_id, id);
CREATE INDEX remittance_payments_of_partner ON remittance_payments (partner_id, id);

-- The reminders of what is overdue, each level once.
CREATE TABLE remittance_reminders (
  statement_id TEXT NOT NULL REFERENCES statements (id),
  level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 4),
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (statement_id, level)
) STRICT;

-- A file from a payer's bank: the same file is taken once.
CREATE TABLE bank_statements (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL,
  -- Whose account it is, and its master: itself, where it is one.
  payer_id TEXT NOT NULL,
  master_id TEXT NOT NULL REFERENCES masters (id),
  format TEXT NOT NULL CHECK (format IN ('camt_053', 'csv')),
  -- SHA-256 of the bytes, in hexadecimal digits.
  content_hash TEXT NOT NULL CHECK (length(content_hash) = 64),
  entry_count INTEGER NOT NULL CHECK (entry_count >= 0),
  -- How many of its entries an earlier file had.
  known_count INTEGER NOT NULL CHECK (known_count BETWEEN 0 AND entry_count),
  imported_by TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  UNIQUE (payer_id, content_hash),
  FOREIGN KEY (payer_id, network_id) REFERENCES companies (id, network_id)
) STRICT;

-- One movement on a payer's account: above nothing came in, below went out.
CREATE TABLE bank_entries (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL,
  -- Whose account it is, and its master: itself, where it is one.
  payer_id TEXT NOT NULL,
  master_id TEXT NOT NULL REFERENCES masters (id),
  bank_statement_id TEXT NOT NULL REFERENCES bank_statements (id),
  account TEXT NOT NULL,
  -- The bank's own reference, or what stands for it.
  reference TEXT NOT NULL,
  booked_on TEXT NOT NULL,
  amount_minor INTEGER NOT NULL CHECK (amount_minor <> 0),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  end_to_end_id TEXT,
  text TEXT,
  counterparty TEXT,
  return_reason TEXT,
  state TEXT NOT NULL CHECK (state IN ('matched', 'unmatched', 'dismissed')),
  outcome TEXT CHECK (outcome IN ('paid', 'returned', 'collected')),
  -- What it is about: a payout, all payouts of a run, or a partner's payment.
  payout_id TEXT REFERENCES payouts (id),
  run_id TEXT REFERENCES payout_runs (id),
  payment_id TEXT UNIQUE REFERENCES remittance_payments (id),
  -- Who matched or dismissed it by hand.
  decided_by TEXT,
  reason TEXT,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (payer_id, account, reference),
  FOREIGN KEY (payer_id, network_id) REFERENCES companies (id, network_id),
  CHECK ((state = 'matched') = (outcome IS NOT NULL)),
  CHECK ((outcome = 'collected') = (payment_id IS NOT NULL) OR outcome IS NULL),
  CHECK (outcome IS NOT NULL OR (payout_id IS NULL AND run_id IS NULL AND payment_id IS NULL))
) STRICT;
CREATE INDEX bank_statements_of_payer ON bank_statements (payer_id, id);
CREATE INDEX bank_entries_of_payer ON bank_entries (payer_id, id);
CREATE INDEX bank_entries_of_payer_by_change ON bank_entries (payer_id, updated_at, id);
-- A payout is paid by one movement, and comes back by one.
CREATE UNIQUE INDEX bank_entries_one_for_payout ON bank_entries (payout_id, outcome) WHERE payout_id IS NOT NULL;
CREATE UNIQUE INDEX bank_entries_one_for_run ON bank_entries (run_id) WHERE run_id IS NOT NULL;

CREATE TRIGGER remittance_payments_no_update BEFORE UPDATE ON remittance_payments BEGIN SELECT RAISE(ABORT, 'append-only: remittance_payments'); END;
CREATE TRIGGER remittance_payments_no_delete BEFORE DELETE ON remittance_payments BEGIN SELECT RAISE(ABORT, 'append-only: remittance_payments'); END;
CREATE TRIGGER remittance_payments_no_replace BEFORE INSERT ON remittance_payments WHEN EXISTS (SELECT 1 FROM remittance_payments WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'append-only: remittance_payments'); END;
CREATE TRIGGER remittance_reminders_no_update BEFORE UPDATE ON remittance_reminders BEGIN SELECT RAISE(ABORT, 'append-only: remittance_reminders'); END;
CREATE TRIGGER remittance_reminders_no_delete BEFORE DELETE ON remittance_reminders BEGIN SELECT RAISE(ABORT, 'append-only: remittance_reminders'); END;
CREATE TRIGGER remittance_reminders_no_replace BEFORE INSERT ON remittance_reminders WHEN EXISTS (SELECT 1 FROM remittance_reminders WHERE statement_id = NEW.statement_id AND level = NEW.level)
BEGIN SELECT RAISE(ABORT, 'append-only: remittance_reminders'); END;
CREATE TRIGGER bank_statements_no_update BEFORE UPDATE ON bank_statements BEGIN SELECT RAISE(ABORT, 'append-only: bank_statements'); END;
CREATE TRIGGER bank_statements_no_delete BEFORE DELETE ON bank_statements BEGIN SELECT RAISE(ABORT, 'append-only: bank_statements'); END;
CREATE TRIGGER bank_statements_no_replace BEFORE INSERT ON bank_statements WHEN EXISTS (SELECT 1 FROM bank_statements WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'append-only: bank_statements'); END;
-- What the bank said never changes, nor what was found out about it.
CREATE TRIGGER bank_entries_keep BEFORE UPDATE ON bank_entries WHEN OLD.state <> 'unmatched' OR OLD.id <> NEW.id OR OLD.payer_id <> NEW.payer_id
  OR OLD.account <> NEW.account OR OLD.reference <> NEW.reference OR OLD.booked_on <> NEW.booked_on OR OLD.amount_minor <> NEW.amount_minor
  OR OLD.currency <> NEW.currency OR OLD.end_to_end_id IS NOT NEW.end_to_end_id OR OLD.text IS NOT NEW.text
BEGIN SELECT RAISE(ABORT, 'append-only: bank_entries'); END;
CREATE TRIGGER bank_entries_no_delete BEFORE DELETE ON bank_entries BEGIN SELECT RAISE(ABORT, 'append-only: bank_entries'); END;
CREATE TRIGGER bank_entries_no_replace BEFORE INSERT ON bank_entries WHEN EXISTS (SELECT 1 FROM bank_entries WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'append-only: bank_entries'); END;
