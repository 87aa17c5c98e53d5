-- why: how each company is taxed, from which day on; a change is a new profile, so that what was stated stays explained.
CREATE TABLE tax_profiles (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL,
  company_id UUID NOT NULL,
  valid_from DATE NOT NULL,
  regime TEXT NOT NULL CHECK (regime IN ('standard', 'reverse_charge', 'exempt', 'outside_scope')),
  vat_number TEXT,
  legal_note TEXT,
  -- Parts per million of the sum of a statement's lines.
  withholding_ppm INTEGER CHECK (withholding_ppm > 0 AND withholding_ppm <= 1000000),
  withholding_note TEXT,
  billing TEXT NOT NULL CHECK (billing IN ('self_billing', 'invoice')),
  recorded_by TEXT NOT NULL,
  recorded_at TIMESTAMPTZ NOT NULL,
  UNIQUE (company_id, valid_from),
  FOREIGN KEY (company_id, network_id) REFERENCES companies (id, network_id),
  CHECK ((withholding_ppm IS NULL) = (withholding_note IS NULL))
);
CREATE INDEX tax_profiles_of_network ON tax_profiles (network_id, id);

CREATE TRIGGER tax_profiles_no_change BEFORE UPDATE OR DELETE ON tax_profiles FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER tax_profiles_no_truncate BEFORE TRUNCATE ON tax_profiles FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
