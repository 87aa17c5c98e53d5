-- why: where companies are paid; a change is a new account, from a day on, so that what was paid stays explained.
CREATE TABLE bank_accounts (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL,
  master_id TEXT NOT NULL REFERENCES masters (id),
  -- The partner whose account it is; none for a master's own.
  partner_id TEXT REFERENCES partners (id),
  company_id TEXT NOT NULL,
  holder TEXT NOT NULL,
  country TEXT NOT NULL CHECK (length(country) = 2),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  iban TEXT,
  bic TEXT,
  -- What banks of a country without IBANs call it by, as JSON.
  fields TEXT,
  valid_from TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'confirmed', 'rejected')),
  set_by TEXT NOT NULL,
  -- The owner itself, or a second person of the master.
  decided_by TEXT,
  decided_at INTEGER,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  FOREIGN KEY (company_id, network_id) REFERENCES companies (id, network_id),
  CHECK (company_id = coalesce(partner_id, master_id)),
  CHECK ((iban IS NULL) <> (fields IS NULL)),
  CHECK (bic IS NULL OR iban IS NOT NULL),
  CHECK ((state = 'pending') = (decided_by IS NULL)),
  CHECK ((decided_by IS NULL) = (decided_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX bank_accounts_one_pending ON bank_accounts (company_id, currency) WHERE state = 'pending';
CREATE INDEX bank_accounts_of_company ON bank_accounts (company_id, currency, valid_from, id);
CREATE INDEX bank_accounts_of_master ON bank_accounts (master_id, id);
CREATE INDEX bank_accounts_of_master_by_change ON bank_accounts (master_id, updated_at, id);

-- Only its confirmation changes: another number is another account.
CREATE TRIGGER bank_accounts_keep BEFORE UPDATE ON bank_accounts WHEN OLD.state <> 'pending'
  OR OLD.id <> NEW.id OR OLD.company_id <> NEW.company_id OR OLD.holder <> NEW.holder OR OLD.country <> NEW.country
  OR OLD.currency <> NEW.currency OR OLD.iban IS NOT NEW.iban OR OLD.bic IS NOT NEW.bic OR OLD.fields IS NOT NEW.fields
  OR OLD.valid_from <> NEW.valid_from OR OLD.set_by <> NEW.set_by
BEGIN SELECT RAISE(ABORT, 'append-only: bank_accounts'); END;
CREATE TRIGGER bank_accounts_no_delete BEFORE DELETE ON bank_accounts BEGIN SELECT RAISE(ABORT, 'append-only: bank_accounts'); END;
CREATE TRIGGER bank_accounts_no_replace BEFORE INSERT ON bank_accounts WHEN EXISTS (SELECT 1 FROM bank_accounts WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'append-only: bank_accounts'); END;
