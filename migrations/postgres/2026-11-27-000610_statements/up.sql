-- why: what companies owe each other for a period, each entry stated once, sealed so that not a byte of it changes.

-- What makes all statements of a period and currency, in steps that any process can go on with.
CREATE TABLE statement_runs (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL REFERENCES networks (id),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  period TEXT NOT NULL,
  first_day DATE NOT NULL,
  last_day DATE NOT NULL,
  due_on DATE NOT NULL,
  -- The last day of the run before: what became payable by then is stated.
  after_day DATE,
  state TEXT NOT NULL CHECK (state IN ('running', 'completed')),
  entry_count BIGINT NOT NULL CHECK (entry_count >= 0),
  entries_stated BIGINT NOT NULL CHECK (entries_stated BETWEEN 0 AND entry_count),
  statements_closed BIGINT NOT NULL CHECK (statements_closed >= 0),
  -- Up to which partner statements were opened, and up to which all of them are sealed.
  opened_to UUID,
  sealed_to UUID,
  started_by TEXT NOT NULL,
  master_id UUID NOT NULL REFERENCES masters (id),
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  completed_at TIMESTAMPTZ,
  UNIQUE (network_id, currency, last_day),
  CHECK (first_day <= last_day AND last_day < due_on),
  CHECK (after_day < last_day),
  CHECK ((state = 'completed') = (completed_at IS NOT NULL)),
  CHECK (state = 'running' OR entries_stated = entry_count)
);
CREATE UNIQUE INDEX statement_runs_one_running ON statement_runs (network_id, currency) WHERE state = 'running';
CREATE INDEX statement_runs_in_order ON statement_runs (network_id, id);

CREATE TABLE statements (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL,
  run_id UUID NOT NULL REFERENCES statement_runs (id),
  kind TEXT NOT NULL CHECK (kind IN ('earnings', 'remittance')),
  partner_id UUID NOT NULL REFERENCES partners (id),
  -- The partner's master when the statement was made.
  master_id UUID NOT NULL REFERENCES masters (id),
  payer_id UUID NOT NULL,
  payee_id UUID NOT NULL,
  -- What kind of company the partner's entries are with.
  other_kind TEXT NOT NULL CHECK (other_kind IN ('master', 'partner')),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  period TEXT NOT NULL,
  first_day DATE NOT NULL,
  last_day DATE NOT NULL,
  due_on DATE NOT NULL,
  -- Its number among those of the same kind, payer, payee and currency.
  number INTEGER NOT NULL CHECK (number > 0),
  opening_minor BIGINT NOT NULL,
  lines_minor BIGINT NOT NULL,
  vat_minor BIGINT NOT NULL,
  withheld_minor BIGINT NOT NULL,
  paid_minor BIGINT NOT NULL,
  closing_minor BIGINT NOT NULL,
  line_count INTEGER NOT NULL CHECK (line_count >= 0),
  payment_count INTEGER NOT NULL CHECK (payment_count >= 0),
  treatment TEXT NOT NULL,
  billing TEXT CHECK (billing IN ('self_billing', 'invoice')),
  language TEXT NOT NULL,
  recorded_at TIMESTAMPTZ NOT NULL,
  UNIQUE (kind, payer_id, payee_id, currency, number),
  UNIQUE (kind, payer_id, payee_id, currency, last_day),
  FOREIGN KEY (payer_id, network_id) REFERENCES companies (id, network_id),
  FOREIGN KEY (payee_id, network_id) REFERENCES companies (id, network_id),
  CHECK (payer_id <> payee_id AND partner_id IN (payer_id, payee_id)),
  CHECK (closing_minor = opening_minor + lines_minor + vat_minor - withheld_minor - paid_minor)
);
CREATE INDEX statements_of_run ON statements (run_id, partner_id, id);
CREATE INDEX statements_of_payer ON statements (payer_id, id);
CREATE INDEX statements_of_payee ON statements (payee_id, id);
CREATE INDEX statements_of_master ON statements (master_id, id);

CREATE TABLE statement_lines (
  statement_id UUID NOT NULL REFERENCES statements (id),
  position INTEGER NOT NULL CHECK (position > 0),
  -- Each entry stands on one statement.
  entry_id UUID NOT NULL UNIQUE REFERENCES entries (id),
  -- Above nothing where the payer owes it, below where the payee does.
  amount_minor BIGINT NOT NULL CHECK (amount_minor <> 0),
  PRIMARY KEY (statement_id, position)
);
CREATE INDEX entries_to_state ON entries (network_id, currency, partner_id, payable_on, id);

-- What was paid between two companies outside of the ledger's entries: payouts, their returns, remittances.
CREATE TABLE statement_payments (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('earnings', 'remittance')),
  partner_id UUID NOT NULL REFERENCES partners (id),
  payer_id UUID NOT NULL,
  payee_id UUID NOT NULL,
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  -- Above nothing where the payer paid, below where it came back.
  amount_minor BIGINT NOT NULL CHECK (amount_minor <> 0),
  dated_on DATE NOT NULL,
  -- What it was: the id of a payout, say, and what happened to it.
  reference TEXT COLLATE "C" NOT NULL UNIQUE,
  recorded_at TIMESTAMPTZ NOT NULL,
  FOREIGN KEY (payer_id, network_id) REFERENCES companies (id, network_id),
  FOREIGN KEY (payee_id, network_id) REFERENCES companies (id, network_id),
  CHECK (payer_id <> payee_id AND partner_id IN (payer_id, payee_id))
);
CREATE INDEX statement_payments_to_state ON statement_payments (network_id, currency, partner_id, dated_on, id);

CREATE TABLE statement_payment_lines (
  payment_id UUID NOT NULL PRIMARY KEY REFERENCES statement_payments (id),
  statement_id UUID NOT NULL REFERENCES statements (id)
);
CREATE INDEX statement_payment_lines_of_statement ON statement_payment_lines (statement_id, payment_id);

-- The document of a statement, in parts: one after the other they are its bytes.
CREATE TABLE statement_parts (
  statement_id UUID NOT NULL REFERENCES statements (id),
  number INTEGER NOT NULL CHECK (number >= 0),
  body TEXT NOT NULL,
  PRIMARY KEY (statement_id, number)
);

-- A statement that is sealed is closed; before, nobody sees it.
CREATE TABLE statement_seals (
  statement_id UUID NOT NULL PRIMARY KEY REFERENCES statements (id),
  part_count INTEGER NOT NULL CHECK (part_count > 0),
  -- SHA-256 of the document's bytes, in hexadecimal digits.
  content_hash TEXT NOT NULL CHECK (length(content_hash) = 64),
  sealed_at TIMESTAMPTZ NOT NULL
);

-- Other forms of a sealed statement, made once.
CREATE TABLE statement_documents (
  statement_id UUID NOT NULL REFERENCES statement_seals (statement_id),
  format TEXT NOT NULL CHECK (format IN ('csv', 'pdf')),
  body BYTEA NOT NULL,
  recorded_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (statement_id, format)
);

-- What masters were told about statements that are not made yet, each once.
CREATE TABLE statement_notices (
  network_id UUID NOT NULL REFERENCES networks (id),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  last_day DATE NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('due', 'overdue')),
  recorded_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (network_id, currency, last_day, kind)
);

-- On SQLite the program has it.
CREATE FUNCTION sha256_hex(content TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE STRICT AS
  $$ SELECT encode(sha256(convert_to(content, 'UTF8')), 'hex') $$;

CREATE TRIGGER statements_no_change BEFORE UPDATE OR DELETE ON statements FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER statements_no_truncate BEFORE TRUNCATE ON statements FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER statement_lines_no_change BEFORE UPDATE OR DELETE ON statement_lines FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER statement_lines_no_truncate BEFORE TRUNCATE ON statement_lines FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER statement_payments_no_change BEFORE UPDATE OR DELETE ON statement_payments FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER statement_payments_no_truncate BEFORE TRUNCATE ON statement_payments FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER statement_payment_lines_no_change BEFORE UPDATE OR DELETE ON statement_payment_lines FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER statement_payment_lines_no_truncate BEFORE TRUNCATE ON statement_payment_lines FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER statement_parts_no_change BEFORE UPDATE OR DELETE ON statement_parts FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER statement_parts_no_truncate BEFORE TRUNCATE ON statement_parts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER statement_seals_no_change BEFORE UPDATE OR DELETE ON statement_seals FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER statement_seals_no_truncate BEFORE TRUNCATE ON statement_seals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER statement_documents_no_change BEFORE UPDATE OR DELETE ON statement_documents FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER statement_documents_no_truncate BEFORE TRUNCATE ON statement_documents FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Sealing checks the statement; what is sealed takes no more lines, payments or parts.
CREATE FUNCTION check_statement_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM statements s WHERE s.id = NEW.statement_id
    AND s.line_count = (SELECT count(*) FROM statement_lines l WHERE l.statement_id = s.id)
    AND s.lines_minor = (SELECT coalesce(sum(l.amount_minor), 0) FROM statement_lines l WHERE l.statement_id = s.id)
    AND s.payment_count = (SELECT count(*) FROM statement_payment_lines p WHERE p.statement_id = s.id)
    AND s.paid_minor = (SELECT coalesce(sum(p.amount_minor), 0) FROM statement_payment_lines l JOIN statement_payments p ON p.id = l.payment_id WHERE l.statement_id = s.id)
    AND NEW.part_count = (SELECT count(*) FROM statement_parts p WHERE p.statement_id = s.id)) THEN
    RAISE EXCEPTION 'statement incomplete' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER statement_seals_check BEFORE INSERT ON statement_seals FOR EACH ROW EXECUTE FUNCTION check_statement_seal();
CREATE FUNCTION refuse_sealed_statement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM added a JOIN statement_seals s ON s.statement_id = a.statement_id) THEN
    RAISE EXCEPTION 'statement sealed' USING ERRCODE = '23514';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER statement_lines_after_seal AFTER INSERT ON statement_lines REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_sealed_statement();
CREATE TRIGGER statement_payment_lines_after_seal AFTER INSERT ON statement_payment_lines REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_sealed_statement();
CREATE TRIGGER statement_parts_after_seal AFTER INSERT ON statement_parts REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_sealed_statement();
-- A run is complete once every statement of it is sealed.
CREATE FUNCTION check_run_completed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state = 'completed' AND EXISTS (SELECT 1 FROM statements s WHERE s.run_id = NEW.id
    AND (OLD.sealed_to IS NULL OR s.partner_id > OLD.sealed_to)
    AND NOT EXISTS (SELECT 1 FROM statement_seals t WHERE t.statement_id = s.id)) THEN
    RAISE EXCEPTION 'statements open' USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER statement_runs_completed BEFORE UPDATE ON statement_runs FOR EACH ROW EXECUTE FUNCTION check_run_completed();
