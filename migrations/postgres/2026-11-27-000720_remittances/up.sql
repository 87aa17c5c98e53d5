-- why: what partners paid of what they owe by statements, the reminders they got, and what banks say moved on a payer's account.

-- What a partner paid its master. It settles the partner's statements in the currency, the oldest first.
CREATE TABLE remittance_payments (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL REFERENCES networks (id),
  master_id UUID NOT NULL REFERENCES masters (id),
  partner_id UUID NOT NULL REFERENCES partners (id),
  amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  received_on DATE NOT NULL,
  -- What the bank or the master calls it: the same money is recorded once.
  reference TEXT COLLATE "C" NOT NULL,
  recorded_by TEXT NOT NULL,
  recorded_at TIMESTAMPTZ NOT NULL,
  UNIQUE (master_id, reference)
);
CREATE INDEX remittance_payments_between ON remittance_payments (master_id, partner_id, currency, received_on, id);
CREATE INDEX remittance_payments_of_master ON remittance_payments (master_id, id);
CREATE INDEX remittance_payments_of_partner ON remittance_payments (partner_id, id);

-- The reminders of what is overdue, each level once.
CREATE TABLE remittance_reminders (
  statement_id UUID NOT NULL REFERENCES statements (id),
  level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 4),
  recorded_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (statement_id, level)
);

-- A file from a payer's bank: the same file is taken once.
CREATE TABLE bank_statements (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL,
  -- Whose account it is, and its master: itself, where it is one.
  payer_id UUID NOT NULL,
  master_id UUID NOT NULL REFERENCES masters (id),
  format TEXT NOT NULL CHECK (format IN ('camt_053', 'csv')),
  -- SHA-256 of the bytes, in hexadecimal digits.
  content_hash TEXT COLLATE "C" NOT NULL CHECK (length(content_hash) = 64),
  entry_count INTEGER NOT NULL CHECK (entry_count >= 0),
  -- How many of its entries an earlier file had.
  known_count INTEGER NOT NULL CHECK (known_count BETWEEN 0 AND entry_count),
  imported_by TEXT NOT NULL,
  recorded_at TIMESTAMPTZ NOT NULL,
  UNIQUE (payer_id, content_hash),
  FOREIGN KEY (payer_id, network_id) REFERENCES companies (id, network_id)
);

-- One movement on a payer's account: above nothing came in, below went out.
CREATE TABLE bank_entries (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL,
  -- Whose account it is, and its master: itself, where it is one.
  payer_id UUID NOT NULL,
  master_id UUID NOT NULL REFERENCES masters (id),
  bank_statement_id UUID NOT NULL REFERENCES bank_statements (id),
  account TEXT COLLATE "C" NOT NULL,
  -- The bank's own reference, or what stands for it.
  reference TEXT COLLATE "C" NOT NULL,
  booked_on DATE NOT NULL,
  amount_minor BIGINT NOT NULL CHECK (amount_minor <> 0),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  end_to_end_id TEXT,
  text TEXT,
  counterparty TEXT,
  return_reason TEXT,
  state TEXT NOT NULL CHECK (state IN ('matched', 'unmatched', 'dismissed')),
  outcome TEXT CHECK (outcome IN ('paid', 'returned', 'collected')),
  -- What it is about: a payout, all payouts of a run, or a partner's payment.
  payout_id UUID REFERENCES payouts (id),
  run_id UUID REFERENCES payout_runs (id),
  payment_id UUID UNIQUE REFERENCES remittance_payments (id),
  -- Who matched or dismissed it by hand.
  decided_by TEXT,
  reason TEXT,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  UNIQUE (payer_id, account, reference),
  FOREIGN KEY (payer_id, network_id) REFERENCES companies (id, network_id),
  CHECK ((state = 'matched') = (outcome IS NOT NULL)),
  CHECK ((outcome = 'collected') = (payment_id IS NOT NULL) OR outcome IS NULL),
  CHECK (outcome IS NOT NULL OR (payout_id IS NULL AND run_id IS NULL AND payment_id IS NULL))
);
CREATE INDEX bank_statements_of_payer ON bank_statements (payer_id, id);
CREATE INDEX bank_entries_of_payer ON bank_entries (payer_id, id);
CREATE INDEX bank_entries_of_payer_by_change ON bank_entries (payer_id, updated_at, id);
-- A payout is paid by one movement, and comes back by one.
CREATE UNIQUE INDEX bank_entries_one_for_payout ON bank_entries (payout_id, outcome) WHERE payout_id IS NOT NULL;
CREATE UNIQUE INDEX bank_entries_one_for_run ON bank_entries (run_id) WHERE run_id IS NOT NULL;

CREATE TRIGGER remittance_payments_no_change BEFORE UPDATE OR DELETE ON remittance_payments FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER remittance_payments_no_truncate BEFORE TRUNCATE ON remittance_payments FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER remittance_reminders_no_change BEFORE UPDATE OR DELETE ON remittance_reminders FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER remittance_reminders_no_truncate BEFORE TRUNCATE ON remittance_reminders FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER bank_statements_no_change BEFORE UPDATE OR DELETE ON bank_statements FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER bank_statements_no_truncate BEFORE TRUNCATE ON bank_statements FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- What the bank said never changes, nor what was found out about it.
CREATE TRIGGER bank_entries_keep BEFORE UPDATE ON bank_entries FOR EACH ROW WHEN (OLD.state <> 'unmatched' OR OLD.id <> NEW.id
  OR OLD.payer_id <> NEW.payer_id OR OLD.account <> NEW.account OR OLD.reference <> NEW.reference OR OLD.booked_on <> NEW.booked_on
  OR OLD.amount_minor <> NEW.amount_minor OR OLD.currency <> NEW.currency OR OLD.end_to_end_id IS DISTINCT FROM NEW.end_to_end_id
  OR OLD.text IS DISTINCT FROM NEW.text)
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER bank_entries_no_delete BEFORE DELETE ON bank_entries FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER bank_entries_no_truncate BEFORE TRUNCATE ON bank_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
