-- why: how each company is taxed, from which day on; a change is a new profile, so that what was stated stays explained.
CREATE TABLE tax_profiles (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL,
  company_id TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  regime TEXT NOT NULL CHECK (regime IN ('standard', 'reverse_charge', 'exempt', 'outside_scope')),
  vat_number TEXT,
  legal_note TEXT,
  -- Parts per million of the sum of a statement's lines.
  withholding_ppm INTEGER CHECK (withholding_ppm > 0 AND withholding_ppm <= 1000000),
  withholding_note TEXT,
  billing TEXT NOT NULL CHECK (billing IN ('self_billing', 'invoice')),
  recorded_by TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  UNIQUE (company_id, valid_from),
  FOREIGN KEY (company_id, network_id) REFERENCES companies (id, network_id),
  CHECK ((withholding_ppm IS NULL) = (withholding_note IS NULL))
) STRICT;
CREATE INDEX tax_profiles_of_network ON tax_profiles (network_id, id);

CREATE TRIGGER tax_profiles_no_update BEFORE UPDATE ON tax_profiles BEGIN SELECT RAISE(ABORT, 'append-only: tax_profiles'); END;
CREATE TRIGGER tax_profiles_no_delete BEFORE DELETE ON tax_profiles BEGIN SELECT RAISE(ABORT, 'append-only: tax_profiles'); END;
CREATE TRIGGER tax_profiles_no_replace BEFORE INSERT ON tax_profiles WHEN EXISTS (SELECT 1 FROM tax_profiles WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'append-only: tax_profiles'); END;
