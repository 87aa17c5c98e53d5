-- why: names that may be one prospect's (D17) are found by keys, without comparing a name with every other.
-- One row for each thing whose name can match; `rules` is the version of the rules that its keys were made by.
CREATE TABLE prospect_names (
  number INTEGER NOT NULL PRIMARY KEY,
  subject_id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('registration', 'customer', 'pursuit')),
  network_id TEXT NOT NULL,
  master_id TEXT NOT NULL REFERENCES masters (id),
  -- The partner that claims, the company that answers for the customer, or the master that pursues.
  company_id TEXT NOT NULL,
  country TEXT NOT NULL CHECK (length(country) = 2),
  name TEXT NOT NULL,
  normalised TEXT NOT NULL,
  -- Whether it keeps others off: an accepted registration, a customer, a pursuit. The others only claim.
  protects INTEGER NOT NULL CHECK (protects IN (0, 1)),
  rules INTEGER NOT NULL CHECK (rules > 0),
  FOREIGN KEY (company_id, network_id) REFERENCES companies (id, network_id)
) STRICT;
CREATE INDEX prospect_names_by_rules ON prospect_names (rules);

-- What protects comes first among names of one key, so that a common key does not hide it.
CREATE TABLE prospect_name_keys (
  key INTEGER NOT NULL,
  protects INTEGER NOT NULL CHECK (protects IN (0, 1)),
  number INTEGER NOT NULL,
  PRIMARY KEY (key, protects, number)
) STRICT, WITHOUT ROWID;
