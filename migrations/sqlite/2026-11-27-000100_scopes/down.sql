CREATE TABLE whole_keys (
  registration_id TEXT NOT NULL REFERENCES registrations (id),
  key TEXT NOT NULL,
  network_id TEXT NOT NULL,
  partner_id TEXT NOT NULL,
  live INTEGER NOT NULL,
  protects INTEGER NOT NULL,
  PRIMARY KEY (registration_id, key),
  CHECK (live OR NOT protects)
) STRICT;
INSERT INTO whole_keys (registration_id, key, network_id, partner_id, live, protects)
  SELECT registration_id, key, network_id, partner_id, live, protects FROM registration_keys WHERE line = '';
DROP TABLE registration_keys;
ALTER TABLE whole_keys RENAME TO registration_keys;
CREATE UNIQUE INDEX registration_keys_one_protection ON registration_keys (network_id, key) WHERE protects;
CREATE UNIQUE INDEX registration_keys_one_live_per_partner ON registration_keys (network_id, partner_id, key) WHERE live;
DROP TABLE protected_prospects;
ALTER TABLE registrations DROP COLUMN product_lines;
