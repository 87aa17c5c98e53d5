-- why: a registration may claim named product lines of a prospect instead of the whole of it (D17).
-- Their codes, in order, with one space between them; null claims the whole prospect.
ALTER TABLE registrations ADD COLUMN product_lines TEXT CHECK (product_lines <> '');

-- How a protected prospect is protected. As long as it is, it is either as a whole or by product lines, never both.
CREATE TABLE protected_prospects (
  network_id TEXT NOT NULL REFERENCES networks (id),
  key TEXT NOT NULL,
  mode TEXT NOT NULL CHECK (mode IN ('whole', 'lines')),
  PRIMARY KEY (network_id, key),
  UNIQUE (network_id, key, mode)
) STRICT;
INSERT INTO protected_prospects (network_id, key, mode) SELECT network_id, key, 'whole' FROM registration_keys WHERE protects;

-- What makes two prospects the same (D17): one row for each key of a registration and each product line that it claims; an empty
-- line claims the whole prospect.
CREATE TABLE scoped_keys (
  registration_id TEXT NOT NULL REFERENCES registrations (id),
  key TEXT NOT NULL,
  line TEXT NOT NULL,
  network_id TEXT NOT NULL,
  partner_id TEXT NOT NULL,
  live INTEGER NOT NULL,
  protects INTEGER NOT NULL,
  mode TEXT,
  PRIMARY KEY (registration_id, key, line),
  CONSTRAINT registration_keys_in_one_mode FOREIGN KEY (network_id, key, mode) REFERENCES protected_prospects (network_id, key, mode),
  CHECK (live OR NOT protects),
  CHECK ((mode IS NOT NULL) = protects),
  CHECK (mode IS NULL OR (mode = 'whole') = (line = ''))
) STRICT;
INSERT INTO scoped_keys (registration_id, key, line, network_id, partner_id, live, protects, mode)
  SELECT registration_id, key, '', network_id, partner_id, live, protects, CASE WHEN protects THEN 'whole' END FROM registration_keys;
DROP TABLE registration_keys;
ALTER TABLE scoped_keys RENAME TO registration_keys;
-- At no instant do two registrations protect the same prospect and product line, whatever the number of processes.
CREATE UNIQUE INDEX registration_keys_one_protection ON registration_keys (network_id, key, line) WHERE protects;
CREATE UNIQUE INDEX registration_keys_one_live_per_partner ON registration_keys (network_id, partner_id, key, line) WHERE live;
CREATE INDEX registration_keys_by_key ON registration_keys (network_id, key);
