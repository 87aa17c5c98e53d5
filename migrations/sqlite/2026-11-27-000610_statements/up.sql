-- why: what companies owe each other for a period, each entry stated once, sealed so that not a byte of it changes.

-- What makes all statements of a period and currency, in steps that any process can go on with.
CREATE TABLE statement_runs (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL REFERENCES networks (id),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  period TEXT NOT NULL,
  first_day TEXT NOT NULL,
  last_day TEXT NOT NULL,
  due_on TEXT NOT NULL,
  -- The last day of the run before: what became payable by then is stated.
  after_day TEXT,
  state TEXT NOT NULL CHECK (state IN ('running', 'completed')),
  entry_count INTEGER NOT NULL CHECK (entry_count >= 0),
  entries_stated INTEGER NOT NULL CHECK (entries_stated BETWEEN 0 AND entry_count),
  statements_closed INTEGER NOT NULL CHECK (statements_closed >= 0),
  -- Up to which partner statements were opened, and up to which all of them are sealed.
  opened_to TEXT,
  sealed_to TEXT,
  started_by TEXT NOT NULL,
  master_id TEXT NOT NULL REFERENCES masters (id),
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  completed_at INTEGER,
  UNIQUE (network_id, currency, last_day),
  CHECK (first_day <= last_day AND last_day < due_on),
  CHECK (after_day < last_day),
  CHECK ((state = 'completed') = (completed_at IS NOT NULL)),
  CHECK (state = 'running' OR entries_stated = entry_count)
) STRICT;
CREATE UNIQUE INDEX statement_runs_one_running ON statement_runs (network_id, currency) WHERE state = 'running';
CREATE INDEX statement_runs_in_order ON statement_runs (network_id, id);

CREATE TABLE statements (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL,
  run_id TEXT NOT NULL REFERENCES statement_runs (id),
  kind TEXT NOT NULL CHECK (kind IN ('earnings', 'remittance')),
  partner_id TEXT NOT NULL REFERENCES partners (id),
  -- The partner's master when the statement was made.
  master_id TEXT NOT NULL REFERENCES masters (id),
  payer_id TEXT NOT NULL,
  payee_id TEXT NOT NULL,
  -- What kind of company the partner's entries are with.
  other_kind TEXT NOT NULL CHECK (other_kind IN ('master', 'partner')),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  period TEXT NOT NULL,
  first_day TEXT NOT NULL,
  last_day TEXT NOT NULL,
  due_on TEXT NOT NULL,
  -- Its number among those of the same kind, payer, payee and currency.
  number INTEGER NOT NULL CHECK (number > 0),
  opening_minor INTEGER NOT NULL,
  lines_minor INTEGER NOT NULL,
  vat_minor INTEGER NOT NULL,
  withheld_minor INTEGER NOT NULL,
  paid_minor INTEGER NOT NULL,
  closing_minor INTEGER NOT NULL,
  line_count INTEGER NOT NULL CHECK (line_count >= 0),
  payment_count INTEGER NOT NULL CHECK (payment_count >= 0),
  treatment TEXT NOT NULL,
  billing TEXT CHECK (billing IN ('self_billing', 'invoice')),
  language TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  UNIQUE (kind, payer_id, payee_id, currency, number),
  UNIQUE (kind, payer_id, payee_id, currency, last_day),
  FOREIGN KEY (payer_id, network_id) REFERENCES companies (id, network_id),
  FOREIGN KEY (payee_id, network_id) REFERENCES companies (id, network_id),
  CHECK (payer_id <> payee_id AND partner_id IN (payer_id, payee_id)),
  CHECK (closing_minor = opening_minor + lines_minor + vat_minor - withheld_minor - paid_minor)
) STRICT;
CREATE INDEX statements_of_run ON statements (run_id, partner_id, id);
CREATE INDEX statements_of_payer ON statements (payer_id, id);
CREATE INDEX statements_of_payee ON statements (payee_id, id);
CREATE INDEX statements_of_master ON statements (master_id, id);

CREATE TABLE statement_lines (
  statement_id TEXT NOT NULL REFERENCES statements (id),
  position INTEGER NOT NULL CHECK (position > 0),
  -- Each entry stands on one statement.
  entry_id TEXT NOT NULL UNIQUE REFERENCES entries (id),
  -- Above nothing where the payer owes it, below where the payee does.
  amount_minor INTEGER NOT NULL CHECK (amount_minor <> 0),
  PRIMARY KEY (statement_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX entries_to_state ON entries (network_id, currency, partner_id, payable_on, id);

-- What was paid between two companies outside of the ledger's entries: payouts, their returns, remittances.
CREATE TABLE statement_payments (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('earnings', 'remittance')),
  partner_id TEXT NOT NULL REFERENCES partners (id),
  payer_id TEXT NOT NULL,
  payee_id TEXT NOT NULL,
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  -- Above nothing where the payer paid, below where it came back.
  amount_minor INTEGER NOT NULL CHECK (amount_minor <> 0),
  dated_on TEXT NOT NULL,
  -- What it was: the id of a payout, say, and what happened to it.
  reference TEXT NOT NULL UNIQUE,
  recorded_at INTEGER NOT NULL,
  FOREIGN KEY (payer_id, network_id) REFERENCES companies (id, network_id),
  FOREIGN KEY (payee_id, network_id) REFERENCES companies (id, network_id),
  CHECK (payer_id <> payee_id AND partner_id IN (payer_id, payee_id))
) STRICT;
CREATE INDEX statement_payments_to_state ON statement_payments (network_id, currency, partner_id, dated_on, id);

CREATE TABLE statement_payment_lines (
  payment_id TEXT NOT NULL PRIMARY KEY REFERENCES statement_payments (id),
  statement_id TEXT NOT NULL REFERENCES statements (id)
) STRICT;
CREATE INDEX statement_payment_lines_of_statement ON statement_payment_lines (statement_id, payment_id);

-- The document of a statement, in parts: one after the other they are its bytes.
CREATE TABLE statement_parts (
  statement_id TEXT NOT NULL REFERENCES statements (id),
  number INTEGER NOT NULL CHECK (number >= 0),
  body TEXT NOT NULL,
  PRIMARY KEY (statement_id, number)
) STRICT;

-- A statement that is sealed is closed; before, nobody sees it.
CREATE TABLE statement_seals (
  statement_id TEXT NOT NULL PRIMARY KEY REFERENCES statements (id),
  part_count INTEGER NOT NULL CHECK (part_count > 0),
  -- SHA-256 of the document's bytes, in hexadecimal digits.
  content_hash TEXT NOT NULL CHECK (length(content_hash) = 64),
  sealed_at INTEGER NOT NULL
) STRICT;

-- Other forms of a sealed statement, made once.
CREATE TABLE statement_documents (
  statement_id TEXT NOT NULL REFERENCES statement_seals (statement_id),
  format TEXT NOT NULL CHECK (format IN ('csv', 'pdf')),
  body BLOB NOT NULL,
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (statement_id, format)
) STRICT;

-- What masters were told about statements that are not made yet, each once.
CREATE TABLE statement_notices (
  network_id TEXT NOT NULL REFERENCES networks (id),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  last_day TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('due', 'overdue')),
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (network_id, currency, last_day, kind)
) STRICT;

CREATE TRIGGER statements_no_update BEFORE UPDATE ON statements BEGIN SELECT RAISE(ABORT, 'append-only: statements'); END;
CREATE TRIGGER statements_no_delete BEFORE DELETE ON statements BEGIN SELECT RAISE(ABORT, 'append-only: statements'); END;
CREATE TRIGGER statements_no_replace BEFORE INSERT ON statements WHEN EXISTS (SELECT 1 FROM statements WHERE (id = NEW.id) OR (kind = NEW.kind AND payer_id = NEW.payer_id AND payee_id = NEW.payee_id AND currency = NEW.currency AND (number = NEW.number OR last_day = NEW.last_day)))
BEGIN SELECT RAISE(ABORT, 'append-only: statements'); END;
CREATE TRIGGER statement_lines_no_update BEFORE UPDATE ON statement_lines BEGIN SELECT RAISE(ABORT, 'append-only: statement_lines'); END;
CREATE TRIGGER statement_lines_no_delete BEFORE DELETE ON statement_lines BEGIN SELECT RAISE(ABORT, 'append-only: statement_lines'); END;
CREATE TRIGGER statement_lines_no_replace BEFORE INSERT ON statement_lines WHEN EXISTS (SELECT 1 FROM statement_lines WHERE entry_id = NEW.entry_id) OR EXISTS (SELECT 1 FROM statement_lines WHERE statement_id = NEW.statement_id AND position = NEW.position)
BEGIN SELECT RAISE(ABORT, 'append-only: statement_lines'); END;
CREATE TRIGGER statement_payments_no_update BEFORE UPDATE ON statement_payments BEGIN SELECT RAISE(ABORT, 'append-only: statement_payments'); END;
CREATE TRIGGER statement_payments_no_delete BEFORE DELETE ON statement_payments BEGIN SELECT RAISE(ABORT, 'append-only: statement_payments'); END;
CREATE TRIGGER statement_payments_no_replace BEFORE INSERT ON statement_payments WHEN EXISTS (SELECT 1 FROM statement_payments WHERE (id = NEW.id) OR (reference = NEW.reference))
BEGIN SELECT RAISE(ABORT, 'append-only: statement_payments'); END;
CREATE TRIGGER statement_payment_lines_no_update BEFORE UPDATE ON statement_payment_lines BEGIN SELECT RAISE(ABORT, 'append-only: statement_payment_lines'); END;
CREATE TRIGGER statement_payment_lines_no_delete BEFORE DELETE ON statement_payment_lines BEGIN SELECT RAISE(ABORT, 'append-only: statement_payment_lines'); END;
CREATE TRIGGER statement_payment_lines_no_replace BEFORE INSERT ON statement_payment_lines WHEN EXISTS (SELECT 1 FROM statement_payment_lines WHERE payment_id = NEW.payment_id)
BEGIN SELECT RAISE(ABORT, 'append-only: statement_payment_lines'); END;
CREATE TRIGGER statement_parts_no_update BEFORE UPDATE ON statement_parts BEGIN SELECT RAISE(ABORT, 'append-only: statement_parts'); END;
CREATE TRIGGER statement_parts_no_delete BEFORE DELETE ON statement_parts BEGIN SELECT RAISE(ABORT, 'append-only: statement_parts'); END;
CREATE TRIGGER statement_parts_no_replace BEFORE INSERT ON statement_parts WHEN EXISTS (SELECT 1 FROM statement_parts WHERE statement_id = NEW.statement_id AND number = NEW.number)
BEGIN SELECT RAISE(ABORT, 'append-only: statement_parts'); END;
CREATE TRIGGER statement_seals_no_update BEFORE UPDATE ON statement_seals BEGIN SELECT RAISE(ABORT, 'append-only: statement_seals'); END;
CREATE TRIGGER statement_seals_no_delete BEFORE DELETE ON statement_seals BEGIN SELECT RAISE(ABORT, 'append-only: statement_seals'); END;
CREATE TRIGGER statement_seals_no_replace BEFORE INSERT ON statement_seals WHEN EXISTS (SELECT 1 FROM statement_seals WHERE statement_id = NEW.statement_id)
BEGIN SELECT RAISE(ABORT, 'append-only: statement_seals'); END;
CREATE TRIGGER statement_documents_no_update BEFORE UPDATE ON statement_documents BEGIN SELECT RAISE(ABORT, 'append-only: statement_documents'); END;
CREATE TRIGGER statement_documents_no_delete BEFORE DELETE ON statement_documents BEGIN SELECT RAISE(ABORT, 'append-only: statement_documents'); END;
CREATE TRIGGER statement_documents_no_replace BEFORE INSERT ON statement_documents WHEN EXISTS (SELECT 1 FROM statement_documents WHERE statement_id = NEW.statement_id AND format = NEW.format)
BEGIN SELECT RAISE(ABORT, 'append-only: statement_documents'); END;

-- Sealing checks the statement; what is sealed takes no more lines, payments or parts.
CREATE TRIGGER statement_seals_check BEFORE INSERT ON statement_seals WHEN NOT EXISTS (
  SELECT 1 FROM statements s WHERE s.id = NEW.statement_id
    AND s.line_count = (SELECT count(*) FROM statement_lines l WHERE l.statement_id = s.id)
    AND s.lines_minor = (SELECT coalesce(sum(l.amount_minor), 0) FROM statement_lines l WHERE l.statement_id = s.id)
    AND s.payment_count = (SELECT count(*) FROM statement_payment_lines p WHERE p.statement_id = s.id)
    AND s.paid_minor = (SELECT coalesce(sum(p.amount_minor), 0) FROM statement_payment_lines l JOIN statement_payments p ON p.id = l.payment_id WHERE l.statement_id = s.id)
    AND NEW.part_count = (SELECT count(*) FROM statement_parts p WHERE p.statement_id = s.id))
BEGIN SELECT RAISE(ABORT, 'statement incomplete'); END;
CREATE TRIGGER statement_lines_after_seal BEFORE INSERT ON statement_lines WHEN EXISTS (SELECT 1 FROM statement_seals WHERE statement_id = NEW.statement_id)
BEGIN SELECT RAISE(ABORT, 'statement sealed'); END;
CREATE TRIGGER statement_payment_lines_after_seal BEFORE INSERT ON statement_payment_lines WHEN EXISTS (SELECT 1 FROM statement_seals WHERE statement_id = NEW.statement_id)
BEGIN SELECT RAISE(ABORT, 'statement sealed'); END;
CREATE TRIGGER statement_parts_after_seal BEFORE INSERT ON statement_parts WHEN EXISTS (SELECT 1 FROM statement_seals WHERE statement_id = NEW.statement_id)
BEGIN SELECT RAISE(ABORT, 'statement sealed'); END;
-- A run is complete once every statement of it is sealed.
CREATE TRIGGER statement_runs_completed BEFORE UPDATE ON statement_runs WHEN NEW.state = 'completed' AND EXISTS (
  SELECT 1 FROM statements s WHERE s.run_id = NEW.id AND s.partner_id > coalesce(OLD.sealed_to, '')
    AND NOT EXISTS (SELECT 1 FROM statement_seals t WHERE t.statement_id = s.id))
BEGIN SELECT RAISE(ABORT, 'statements open'); END;
