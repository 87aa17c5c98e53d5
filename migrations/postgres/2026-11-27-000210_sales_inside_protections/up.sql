-- why: a master may let another company sell inside a protection, and what is sold there earns nothing (R36).
CREATE TABLE overrides (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL,
  master_id UUID NOT NULL REFERENCES masters (id),
  registration_id UUID NOT NULL REFERENCES registrations (id),
  -- The company that may sell in spite of the protection.
  company_id UUID NOT NULL,
  reason TEXT NOT NULL,
  -- The codes of the product lines, in order, with one space between them; null is all that is protected.
  product_lines TEXT CHECK (product_lines <> ''),
  expires_on DATE,
  state TEXT NOT NULL CHECK (state IN ('active', 'revoked')),
  granted_by TEXT COLLATE "C" NOT NULL,
  revoked_by TEXT COLLATE "C",
  revoked_at TIMESTAMPTZ,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  FOREIGN KEY (company_id, network_id) REFERENCES companies (id, network_id),
  CHECK ((state = 'revoked') = (revoked_at IS NOT NULL)),
  CHECK ((revoked_by IS NULL) = (revoked_at IS NULL))
);
CREATE INDEX overrides_of_registration ON overrides (registration_id, id);
CREATE INDEX overrides_of_registration_by_change ON overrides (registration_id, updated_at, id);

-- The lines of a contract that were sold inside another's protection, frozen when it is signed.
CREATE TABLE protected_lines (
  contract_id UUID NOT NULL REFERENCES contracts (id),
  line_id UUID NOT NULL REFERENCES lines (id),
  registration_id UUID NOT NULL REFERENCES registrations (id),
  override_id UUID NOT NULL REFERENCES overrides (id),
  recorded_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (contract_id, line_id, registration_id)
);
CREATE INDEX protected_lines_of_registration ON protected_lines (registration_id);
CREATE TRIGGER protected_lines_no_change BEFORE UPDATE OR DELETE ON protected_lines FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER protected_lines_no_truncate BEFORE TRUNCATE ON protected_lines FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
