-- why: a master may let another company sell inside a protection, and what is sold there earns nothing (R36).
CREATE TABLE overrides (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL,
  master_id TEXT NOT NULL REFERENCES masters (id),
  registration_id TEXT NOT NULL REFERENCES registrations (id),
  -- The company that may sell in spite of the protection.
  company_id TEXT NOT NULL,
  reason TEXT NOT NULL,
  -- The codes of the product lines, in order, with one space between them; null is all that is protected.
  product_lines TEXT CHECK (product_lines <> ''),
  expires_on TEXT,
  state TEXT NOT NULL CHECK (state IN ('active', 'revoked')),
  granted_by TEXT NOT NULL,
  revoked_by TEXT,
  revoked_at INTEGER,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  FOREIGN KEY (company_id, network_id) REFERENCES companies (id, network_id),
  CHECK ((state = 'revoked') = (revoked_at IS NOT NULL)),
  CHECK ((revoked_by IS NULL) = (revoked_at IS NULL))
) STRICT;
CREATE INDEX overrides_of_registration ON overrides (registration_id, id);
CREATE INDEX overrides_of_registration_by_change ON overrides (registration_id, updated_at, id);

-- The lines of a contract that were sold inside another's protection, frozen when it is signed.
CREATE TABLE protected_lines (
  contract_id TEXT NOT NULL REFERENCES contracts (id),
  line_id TEXT NOT NULL REFERENCES lines (id),
  registration_id TEXT NOT NULL REFERENCES registrations (id),
  override_id TEXT NOT NULL REFERENCES overrides (id),
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (contract_id, line_id, registration_id)
) STRICT;
CREATE INDEX protected_lines_of_registration ON protected_lines (registration_id);
CREATE TRIGGER protected_lines_no_update BEFORE UPDATE ON protected_lines BEGIN SELECT RAISE(ABORT, 'append-only: protected_lines'); END;
CREATE TRIGGER protected_lines_no_delete BEFORE DELETE ON protected_lines BEGIN SELECT RAISE(ABORT, 'append-only: protected_lines'); END;
CREATE TRIGGER protected_lines_no_replace BEFORE INSERT ON protected_lines
WHEN EXISTS (SELECT 1 FROM protected_lines WHERE (contract_id = NEW.contract_id AND line_id = NEW.line_id AND registration_id = NEW.registration_id))
BEGIN SELECT RAISE(ABORT, 'append-only: protected_lines'); END;
