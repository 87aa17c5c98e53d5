-- why: what statements state is paid once: each payout takes whole statements, and no other live payout takes them.

-- The payouts of one payer in one currency that go to its bank together.
CREATE TABLE payout_runs (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL,
  -- The payer, and its master: itself, where it is one.
  payer_id TEXT NOT NULL,
  master_id TEXT NOT NULL REFERENCES masters (id),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  -- The payer's account.
  account_id TEXT NOT NULL REFERENCES bank_accounts (id),
  execute_on TEXT NOT NULL,
  made_by TEXT NOT NULL,
  sent_by TEXT,
  sent_at INTEGER,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  FOREIGN KEY (payer_id, network_id) REFERENCES companies (id, network_id),
  CHECK ((sent_by IS NULL) = (sent_at IS NULL))
) STRICT;
CREATE INDEX payout_runs_of_payer ON payout_runs (payer_id, id);
CREATE INDEX payout_runs_of_payer_by_change ON payout_runs (payer_id, updated_at, id);

CREATE TABLE payouts (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL,
  -- The payer, and its master: itself, where it is one.
  payer_id TEXT NOT NULL,
  master_id TEXT NOT NULL REFERENCES masters (id),
  -- Whom it pays.
  partner_id TEXT NOT NULL REFERENCES partners (id),
  run_id TEXT NOT NULL REFERENCES payout_runs (id),
  -- Nothing where what the partner owes back took all of it.
  amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  account_id TEXT REFERENCES bank_accounts (id),
  state TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'sent', 'paid', 'failed', 'returned', 'canceled')),
  reason TEXT,
  made_by TEXT NOT NULL,
  paid_on TEXT,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (run_id, partner_id),
  FOREIGN KEY (payer_id, network_id) REFERENCES companies (id, network_id),
  CHECK (payer_id <> partner_id),
  CHECK (amount_minor = 0 OR account_id IS NOT NULL),
  CHECK (state <> 'paid' OR paid_on IS NOT NULL),
  CHECK (paid_on IS NULL OR state IN ('paid', 'returned'))
) STRICT;
CREATE INDEX payouts_of_master ON payouts (master_id, id);
CREATE INDEX payouts_of_master_by_change ON payouts (master_id, updated_at, id);
CREATE INDEX payouts_of_payer ON payouts (payer_id, id);
CREATE INDEX payouts_of_payer_by_change ON payouts (payer_id, updated_at, id);
CREATE INDEX payouts_of_partner ON payouts (partner_id, id);
CREATE INDEX payouts_of_partner_by_change ON payouts (partner_id, updated_at, id);

-- What a payout takes of a statement: all of what it owes the partner, and what it may of what the partner owes back.
CREATE TABLE payout_parts (
  payout_id TEXT NOT NULL REFERENCES payouts (id),
  statement_id TEXT NOT NULL REFERENCES statements (id),
  kind TEXT NOT NULL CHECK (kind IN ('owed', 'debt')),
  amount_minor INTEGER NOT NULL,
  -- As long as its payout holds it.
  live INTEGER NOT NULL,
  PRIMARY KEY (payout_id, statement_id, kind),
  CHECK ((kind = 'owed') = (amount_minor > 0) AND amount_minor <> 0)
) STRICT;
CREATE UNIQUE INDEX payout_parts_paid_once ON payout_parts (statement_id) WHERE live AND kind = 'owed';
CREATE INDEX payout_parts_of_statement ON payout_parts (statement_id);

-- Where a payout stood, one after the other.
CREATE TABLE payout_steps (
  payout_id TEXT NOT NULL REFERENCES payouts (id),
  position INTEGER NOT NULL CHECK (position > 0),
  state TEXT NOT NULL,
  reason TEXT,
  actor TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (payout_id, position)
) STRICT;

-- What went to the bank, made once.
CREATE TABLE payout_files (
  run_id TEXT NOT NULL REFERENCES payout_runs (id),
  format TEXT NOT NULL CHECK (format IN ('pain_001', 'csv')),
  body BLOB NOT NULL,
  -- SHA-256 of the bytes, in hexadecimal digits.
  content_hash TEXT NOT NULL CHECK (length(content_hash) = 64),
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (run_id, format)
) STRICT;

-- What it pays, and to whom, never changes; where it stands goes from state to state as the contract says.
CREATE TRIGGER payouts_keep BEFORE UPDATE ON payouts WHEN OLD.id <> NEW.id OR OLD.payer_id <> NEW.payer_id
  OR OLD.master_id <> NEW.master_id OR OLD.partner_id <> NEW.partner_id OR OLD.run_id <> NEW.run_id OR OLD.amount_minor <> NEW.amount_minor
  OR OLD.currency <> NEW.currency OR OLD.account_id IS NOT NEW.account_id OR OLD.made_by <> NEW.made_by
BEGIN SELECT RAISE(ABORT, 'append-only: payouts'); END;
CREATE TRIGGER payouts_move BEFORE UPDATE ON payouts WHEN OLD.state <> NEW.state AND OLD.state || '>' || NEW.state NOT IN (
  'pending>approved', 'pending>canceled', 'approved>canceled', 'approved>sent', 'approved>paid', 'sent>paid', 'sent>failed', 'sent>returned', 'paid>returned')
BEGIN SELECT RAISE(ABORT, 'no step of a payout'); END;
CREATE TRIGGER payouts_no_delete BEFORE DELETE ON payouts BEGIN SELECT RAISE(ABORT, 'append-only: payouts'); END;
CREATE TRIGGER payouts_no_replace BEFORE INSERT ON payouts WHEN EXISTS (SELECT 1 FROM payouts WHERE id = NEW.id OR (run_id = NEW.run_id AND partner_id = NEW.partner_id))
BEGIN SELECT RAISE(ABORT, 'append-only: payouts'); END;
-- What did not arrive frees the statements that it held, for good.
CREATE TRIGGER payouts_free AFTER UPDATE ON payouts WHEN NEW.state IN ('failed', 'returned', 'canceled') AND OLD.state <> NEW.state
BEGIN UPDATE payout_parts SET live = 0 WHERE payout_id = NEW.id; END;
CREATE TRIGGER payout_parts_keep BEFORE UPDATE ON payout_parts WHEN NOT OLD.live OR NEW.live OR OLD.payout_id <> NEW.payout_id
  OR OLD.statement_id <> NEW.statement_id OR OLD.kind <> NEW.kind OR OLD.amount_minor <> NEW.amount_minor
  OR (SELECT state FROM payouts WHERE id = NEW.payout_id) NOT IN ('failed', 'returned', 'canceled')
BEGIN SELECT RAISE(ABORT, 'append-only: payout_parts'); END;
CREATE TRIGGER payout_parts_no_delete BEFORE DELETE ON payout_parts BEGIN SELECT RAISE(ABORT, 'append-only: payout_parts'); END;
CREATE TRIGGER payout_parts_no_replace BEFORE INSERT ON payout_parts WHEN EXISTS (SELECT 1 FROM payout_parts WHERE payout_id = NEW.payout_id AND statement_id = NEW.statement_id AND kind = NEW.kind)
BEGIN SELECT RAISE(ABORT, 'append-only: payout_parts'); END;
CREATE TRIGGER payout_runs_keep BEFORE UPDATE ON payout_runs WHEN OLD.sent_at IS NOT NULL OR OLD.id <> NEW.id OR OLD.payer_id <> NEW.payer_id
  OR OLD.master_id <> NEW.master_id OR OLD.currency <> NEW.currency OR OLD.account_id <> NEW.account_id
  OR (OLD.execute_on <> NEW.execute_on AND NEW.sent_at IS NULL) OR OLD.made_by <> NEW.made_by
BEGIN SELECT RAISE(ABORT, 'append-only: payout_runs'); END;
CREATE TRIGGER payout_runs_no_delete BEFORE DELETE ON payout_runs BEGIN SELECT RAISE(ABORT, 'append-only: payout_runs'); END;
CREATE TRIGGER payout_runs_no_replace BEFORE INSERT ON payout_runs WHEN EXISTS (SELECT 1 FROM payout_runs WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'append-only: payout_runs'); END;
CREATE TRIGGER payout_steps_no_update BEFORE UPDATE ON payout_steps BEGIN SELECT RAISE(ABORT, 'append-only: payout_steps'); END;
CREATE TRIGGER payout_steps_no_delete BEFORE DELETE ON payout_steps BEGIN SELECT RAISE(ABORT, 'append-only: payout_steps'); END;
CREATE TRIGGER payout_steps_no_replace BEFORE INSERT ON payout_steps WHEN EXISTS (SELECT 1 FROM payout_steps WHERE payout_id = NEW.payout_id AND position = NEW.position)
BEGIN SELECT RAISE(ABORT, 'append-only: payout_steps'); END;
CREATE TRIGGER payout_files_no_update BEFORE UPDATE ON payout_files BEGIN SELECT RAISE(ABORT, 'append-only: payout_files'); END;
CREATE TRIGGER payout_files_no_delete BEFORE DELETE ON payout_files BEGIN SELECT RAISE(ABORT, 'append-only: payout_files'); END;
CREATE TRIGGER payout_files_no_replace BEFORE INSERT ON payout_files WHEN EXISTS (SELECT 1 FROM payout_files WHERE run_id = NEW.run_id AND format = NEW.format)
BEGIN SELECT RAISE(ABORT, 'append-only: payout_files'); END;
