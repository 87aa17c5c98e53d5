DELETE FROM registration_keys WHERE line <> '';
DROP INDEX registration_keys_by_key;
DROP INDEX registration_keys_one_live_per_partner;
DROP INDEX registration_keys_one_protection;
ALTER TABLE registration_keys DROP CONSTRAINT registration_keys_pkey, DROP COLUMN line, DROP COLUMN mode, ADD PRIMARY KEY (registration_id, key);
CREATE UNIQUE INDEX registration_keys_one_protection ON registration_keys (network_id, key) WHERE protects;
CREATE UNIQUE INDEX registration_keys_one_live_per_partner ON registration_keys (network_id, partner_id, key) WHERE live;
DROP TABLE protected_prospects;
ALTER TABLE registrations DROP COLUMN product_lines;
