-- why: networks, masters, partnership types with their terms, and the catalogue are data (R1, R4, R8, R86).
CREATE TABLE networks (
  id UUID NOT NULL PRIMARY KEY,
  code TEXT COLLATE "C" NOT NULL UNIQUE,
  name TEXT NOT NULL,
  default_language TEXT NOT NULL,
  languages TEXT NOT NULL,
  policies TEXT NOT NULL,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL
);

-- A master or a partner: whoever can owe, be owed, contract or serve.
CREATE TABLE companies (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL REFERENCES networks (id),
  kind TEXT NOT NULL CHECK (kind IN ('master', 'partner')),
  UNIQUE (id, network_id)
);

CREATE TABLE masters (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL,
  code TEXT COLLATE "C" NOT NULL,
  legal_name TEXT NOT NULL,
  display_name TEXT NOT NULL,
  country TEXT NOT NULL,
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  time_zone TEXT NOT NULL,
  tax_id TEXT,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  UNIQUE (network_id, code),
  FOREIGN KEY (id, network_id) REFERENCES companies (id, network_id)
);

CREATE TABLE partnership_types (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL REFERENCES networks (id),
  code TEXT COLLATE "C" NOT NULL,
  names TEXT NOT NULL,
  descriptions TEXT NOT NULL,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  UNIQUE (network_id, code)
);

CREATE TABLE terms (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL REFERENCES networks (id),
  type_id UUID NOT NULL REFERENCES partnership_types (id),
  number INTEGER NOT NULL CHECK (number > 0),
  effective_from DATE NOT NULL,
  texts TEXT NOT NULL,
  document TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  UNIQUE (type_id, number)
);
CREATE TRIGGER terms_no_change BEFORE UPDATE OR DELETE ON terms FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER terms_no_truncate BEFORE TRUNCATE ON terms FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE catalogue_items (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL,
  provider_id UUID NOT NULL,
  code TEXT COLLATE "C" NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('network_module', 'network_service', 'complementary', 'partner_own', 'partner_helpdesk')),
  names TEXT NOT NULL,
  product_line TEXT COLLATE "C",
  state TEXT NOT NULL CHECK (state IN ('active', 'retired')),
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  UNIQUE (network_id, provider_id, code),
  FOREIGN KEY (provider_id, network_id) REFERENCES companies (id, network_id)
);

CREATE TABLE prices (
  item_id UUID NOT NULL REFERENCES catalogue_items (id),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  period TEXT NOT NULL CHECK (period IN ('year', 'month', 'once')),
  from_day DATE NOT NULL,
  amount_minor BIGINT NOT NULL CHECK (amount_minor >= 0),
  PRIMARY KEY (item_id, currency, period, from_day)
);
CREATE TRIGGER prices_no_change BEFORE UPDATE OR DELETE ON prices FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER prices_no_truncate BEFORE TRUNCATE ON prices FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
