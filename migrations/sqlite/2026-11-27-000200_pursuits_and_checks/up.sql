-- why: masters' own pursuits of prospects, which keep partners off like a protection (R36), and a log of who asked for which
-- prospect, so that fishing is seen (D22).
CREATE TABLE pursuits (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL REFERENCES networks (id),
  master_id TEXT NOT NULL REFERENCES masters (id),
  prospect_name TEXT NOT NULL,
  country TEXT NOT NULL CHECK (length(country) = 2),
  tax_id TEXT,
  tax_key TEXT,
  domain TEXT,
  email TEXT,
  -- The codes of the product lines, in order, with one space between them; null is the whole prospect.
  product_lines TEXT CHECK (product_lines <> ''),
  state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
  reason TEXT CHECK (reason IN ('won', 'lost', 'abandoned', 'given_way', 'other')),
  note TEXT,
  opened_by TEXT NOT NULL,
  closed_by TEXT,
  closed_at INTEGER,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CHECK ((state = 'closed') = (reason IS NOT NULL)),
  CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
  CHECK ((closed_by IS NULL) = (closed_at IS NULL)),
  CHECK (reason <> 'other' OR note IS NOT NULL),
  CHECK ((tax_id IS NULL) = (tax_key IS NULL)),
  CHECK (tax_key IS NOT NULL OR domain IS NOT NULL)
) STRICT;
CREATE INDEX pursuits_of_master ON pursuits (master_id, id);
CREATE INDEX pursuits_of_master_by_change ON pursuits (master_id, updated_at, id);

-- What an open pursuit keeps others off: one row for each key and each product line; an empty line is the whole prospect.
CREATE TABLE pursuit_keys (
  pursuit_id TEXT NOT NULL REFERENCES pursuits (id),
  key TEXT NOT NULL,
  line TEXT NOT NULL,
  network_id TEXT NOT NULL,
  master_id TEXT NOT NULL,
  PRIMARY KEY (pursuit_id, key, line)
) STRICT;
-- At no instant do two masters pursue the same prospect and product line.
CREATE UNIQUE INDEX pursuit_keys_one_pursuit ON pursuit_keys (network_id, key, line);

-- A pursuit and a protection never stand on the same prospect and product line. Commands see to it before; this is what holds
-- should one of them not.
CREATE TRIGGER pursuit_keys_beside_no_protection BEFORE INSERT ON pursuit_keys WHEN EXISTS (
  SELECT 1 FROM registration_keys k WHERE k.network_id = NEW.network_id AND k.key = NEW.key AND k.protects
    AND (k.line = '' OR NEW.line = '' OR k.line = NEW.line)
) BEGIN SELECT RAISE(ABORT, 'protected: pursuit_keys'); END;
CREATE TRIGGER pursuit_keys_no_update BEFORE UPDATE ON pursuit_keys BEGIN SELECT RAISE(ABORT, 'append-only: pursuit_keys'); END;
CREATE TRIGGER registration_keys_beside_no_pursuit BEFORE INSERT ON registration_keys WHEN NEW.protects AND EXISTS (
  SELECT 1 FROM pursuit_keys k WHERE k.network_id = NEW.network_id AND k.key = NEW.key
    AND (k.line = '' OR NEW.line = '' OR k.line = NEW.line)
) BEGIN SELECT RAISE(ABORT, 'pursued: registration_keys'); END;

CREATE TABLE registration_checks (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL REFERENCES networks (id),
  master_id TEXT NOT NULL REFERENCES masters (id),
  partner_id TEXT NOT NULL REFERENCES partners (id),
  actor TEXT NOT NULL,
  -- What tells one prospect from another in the count of a partner's prospects.
  digest TEXT NOT NULL,
  prospect_name TEXT,
  country TEXT NOT NULL CHECK (length(country) = 2),
  tax_key TEXT,
  domain TEXT,
  product_lines TEXT CHECK (product_lines <> ''),
  status TEXT NOT NULL CHECK (status IN ('clear', 'protected', 'possible_match', 'own')),
  matched_on TEXT NOT NULL,
  -- How many prospects the partner had asked for in the 24 hours up to this one, this one included.
  prospects_in_day INTEGER NOT NULL CHECK (prospects_in_day > 0),
  recorded_at INTEGER NOT NULL,
  CHECK (prospect_name IS NOT NULL OR tax_key IS NOT NULL OR domain IS NOT NULL)
) STRICT;
CREATE INDEX registration_checks_of_master ON registration_checks (master_id, id);
CREATE INDEX registration_checks_of_master_by_time ON registration_checks (master_id, recorded_at, id);
CREATE INDEX registration_checks_of_partner ON registration_checks (partner_id, id);
CREATE TRIGGER registration_checks_no_update BEFORE UPDATE ON registration_checks BEGIN SELECT RAISE(ABORT, 'append-only: registration_checks'); END;
CREATE TRIGGER registration_checks_no_delete BEFORE DELETE ON registration_checks BEGIN SELECT RAISE(ABORT, 'append-only: registration_checks'); END;
CREATE TRIGGER registration_checks_no_replace BEFORE INSERT ON registration_checks WHEN EXISTS (SELECT 1 FROM registration_checks WHERE (id = NEW.id))
BEGIN SELECT RAISE(ABORT, 'append-only: registration_checks'); END;

-- When each partner last asked for each prospect: what its limit counts, without reading the whole log.
CREATE TABLE checked_prospects (
  partner_id TEXT NOT NULL REFERENCES partners (id),
  digest TEXT NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY (partner_id, digest)
) STRICT;
CREATE INDEX checked_prospects_by_time ON checked_prospects (partner_id, last_at);
