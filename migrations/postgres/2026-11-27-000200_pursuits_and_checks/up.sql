-- why: masters' own pursuits of prospects, which keep partners off like a protection (R36), and a log of who asked for which
-- prospect, so that fishing is seen (D22).
CREATE TABLE pursuits (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL REFERENCES networks (id),
  master_id UUID NOT NULL REFERENCES masters (id),
  prospect_name TEXT NOT NULL,
  country TEXT NOT NULL CHECK (length(country) = 2),
  tax_id TEXT,
  tax_key TEXT COLLATE "C",
  domain TEXT COLLATE "C",
  email TEXT,
  -- The codes of the product lines, in order, with one space between them; null is the whole prospect.
  product_lines TEXT CHECK (product_lines <> ''),
  state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
  reason TEXT CHECK (reason IN ('won', 'lost', 'abandoned', 'given_way', 'other')),
  note TEXT,
  opened_by TEXT COLLATE "C" NOT NULL,
  closed_by TEXT COLLATE "C",
  closed_at TIMESTAMPTZ,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  CHECK ((state = 'closed') = (reason IS NOT NULL)),
  CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
  CHECK ((closed_by IS NULL) = (closed_at IS NULL)),
  CHECK (reason <> 'other' OR note IS NOT NULL),
  CHECK ((tax_id IS NULL) = (tax_key IS NULL)),
  CHECK (tax_key IS NOT NULL OR domain IS NOT NULL)
);
CREATE INDEX pursuits_of_master ON pursuits (master_id, id);
CREATE INDEX pursuits_of_master_by_change ON pursuits (master_id, updated_at, id);

-- What an open pursuit keeps others off: one row for each key and each product line; an empty line is the whole prospect.
CREATE TABLE pursuit_keys (
  pursuit_id UUID NOT NULL REFERENCES pursuits (id),
  key TEXT COLLATE "C" NOT NULL,
  line TEXT COLLATE "C" NOT NULL,
  network_id UUID NOT NULL,
  master_id UUID NOT NULL,
  PRIMARY KEY (pursuit_id, key, line)
);
-- At no instant do two masters pursue the same prospect and product line.
CREATE UNIQUE INDEX pursuit_keys_one_pursuit ON pursuit_keys (network_id, key, line);

-- A pursuit and a protection never stand on the same prospect and product line. Commands see to it before; this is what holds
-- should one of them not.
CREATE FUNCTION refuse_pursuit_of_protected() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM registration_keys k WHERE k.network_id = NEW.network_id AND k.key = NEW.key AND k.protects
      AND (k.line = '' OR NEW.line = '' OR k.line = NEW.line)) THEN
    RAISE EXCEPTION 'protected: %', TG_TABLE_NAME USING ERRCODE = '23001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER pursuit_keys_beside_no_protection BEFORE INSERT ON pursuit_keys FOR EACH ROW EXECUTE FUNCTION refuse_pursuit_of_protected();
CREATE TRIGGER pursuit_keys_no_update BEFORE UPDATE ON pursuit_keys FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE FUNCTION refuse_protection_of_pursued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.protects AND EXISTS (SELECT 1 FROM pursuit_keys k WHERE k.network_id = NEW.network_id AND k.key = NEW.key
      AND (k.line = '' OR NEW.line = '' OR k.line = NEW.line)) THEN
    RAISE EXCEPTION 'pursued: %', TG_TABLE_NAME USING ERRCODE = '23001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER registration_keys_beside_no_pursuit BEFORE INSERT ON registration_keys FOR EACH ROW EXECUTE FUNCTION refuse_protection_of_pursued();

CREATE TABLE registration_checks (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL REFERENCES networks (id),
  master_id UUID NOT NULL REFERENCES masters (id),
  partner_id UUID NOT NULL REFERENCES partners (id),
  actor TEXT COLLATE "C" NOT NULL,
  -- What tells one prospect from another in the count of a partner's prospects.
  digest TEXT COLLATE "C" NOT NULL,
  prospect_name TEXT,
  country TEXT NOT NULL CHECK (length(country) = 2),
  tax_key TEXT COLLATE "C",
  domain TEXT COLLATE "C",
  product_lines TEXT CHECK (product_lines <> ''),
  status TEXT NOT NULL CHECK (status IN ('clear', 'protected', 'possible_match', 'own')),
  matched_on TEXT NOT NULL,
  -- How many prospects the partner had asked for in the 24 hours up to this one, this one included.
  prospects_in_day INTEGER NOT NULL CHECK (prospects_in_day > 0),
  recorded_at TIMESTAMPTZ NOT NULL,
  CHECK (prospect_name IS NOT NULL OR tax_key IS NOT NULL OR domain IS NOT NULL)
);
CREATE INDEX registration_checks_of_master ON registration_checks (master_id, id);
CREATE INDEX registration_checks_of_master_by_time ON registration_checks (master_id, recorded_at, id);
CREATE INDEX registration_checks_of_partner ON registration_checks (partner_id, id);
CREATE TRIGGER registration_checks_no_change BEFORE UPDATE OR DELETE ON registration_checks FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER registration_checks_no_truncate BEFORE TRUNCATE ON registration_checks FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- When each partner last asked for each prospect: what its limit counts, without reading the whole log.
CREATE TABLE checked_prospects (
  partner_id UUID NOT NULL REFERENCES partners (id),
  digest TEXT COLLATE "C" NOT NULL,
  last_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (partner_id, digest)
);
CREATE INDEX checked_prospects_by_time ON checked_prospects (partner_id, last_at);
