-- why: networks, masters, partnership types with their terms, and the catalogue are data (R1, R4, R8, R86).
CREATE TABLE networks (
  id TEXT NOT NULL PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  default_language TEXT NOT NULL,
  languages TEXT NOT NULL,
  policies TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

-- A master or a partner: whoever can owe, be owed, contract or serve.
CREATE TABLE companies (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL REFERENCES networks (id),
  kind TEXT NOT NULL CHECK (kind IN ('master', 'partner')),
  UNIQUE (id, network_id)
) STRICT;

CREATE TABLE masters (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL,
  code TEXT NOT NULL,
  legal_name TEXT NOT NULL,
  display_name TEXT NOT NULL,
  country TEXT NOT NULL,
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  time_zone TEXT NOT NULL,
  tax_id TEXT,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (network_id, code),
  FOREIGN KEY (id, network_id) REFERENCES companies (id, network_id)
) STRICT;

CREATE TABLE partnership_types (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL REFERENCES networks (id),
  code TEXT NOT NULL,
  names TEXT NOT NULL,
  descriptions TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (network_id, code)
) STRICT;

CREATE TABLE terms (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL REFERENCES networks (id),
  type_id TEXT NOT NULL REFERENCES partnership_types (id),
  number INTEGER NOT NULL CHECK (number > 0),
  effective_from TEXT NOT NULL,
  texts TEXT NOT NULL,
  document TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (type_id, number)
) STRICT;
CREATE TRIGGER terms_no_update BEFORE UPDATE ON terms BEGIN SELECT RAISE(ABORT, 'append-only: terms'); END;
CREATE TRIGGER terms_no_delete BEFORE DELETE ON terms BEGIN SELECT RAISE(ABORT, 'append-only: terms'); END;
CREATE TRIGGER terms_no_replace BEFORE INSERT ON terms WHEN EXISTS (SELECT 1 FROM terms WHERE (id = NEW.id) OR (type_id = NEW.type_id AND number = NEW.number))
BEGIN SELECT RAISE(ABORT, 'append-only: terms'); END;

CREATE TABLE catalogue_items (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL,
  provider_id TEXT NOT NULL,
  code TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('network_module', 'network_service', 'complementary', 'partner_own', 'partner_helpdesk')),
  names TEXT NOT NULL,
  product_line TEXT,
  state TEXT NOT NULL CHECK (state IN ('active', 'retired')),
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (network_id, provider_id, code),
  FOREIGN KEY (provider_id, network_id) REFERENCES companies (id, network_id)
) STRICT;

CREATE TABLE prices (
  item_id TEXT NOT NULL REFERENCES catalogue_items (id),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  period TEXT NOT NULL CHECK (period IN ('year', 'month', 'once')),
  from_day TEXT NOT NULL,
  amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0),
  PRIMARY KEY (item_id, currency, period, from_day)
) STRICT;
CREATE TRIGGER prices_no_update BEFORE UPDATE ON prices BEGIN SELECT RAISE(ABORT, 'append-only: prices'); END;
CREATE TRIGGER prices_no_delete BEFORE DELETE ON prices BEGIN SELECT RAISE(ABORT, 'append-only: prices'); END;
CREATE TRIGGER prices_no_replace BEFORE INSERT ON prices WHEN EXISTS (SELECT 1 FROM prices WHERE (item_id = NEW.item_id AND currency = NEW.currency AND period = NEW.period AND from_day = NEW.from_day))
BEGIN SELECT RAISE(ABORT, 'append-only: prices'); END;
