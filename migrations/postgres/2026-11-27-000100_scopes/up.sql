-- why: a registration may claim named product lines of a prospect instead of the whole of it (D17).
-- Their codes, in order, with one space between them; null claims the whole prospect.
ALTER TABLE registrations ADD COLUMN product_lines TEXT COLLATE "C" CHECK (product_lines <> '');

-- How a protected prospect is protected. As long as it is, it is either as a whole or by product lines, never both.
CREATE TABLE protected_prospects (
  network_id UUID NOT NULL REFERENCES networks (id),
  key TEXT COLLATE "C" NOT NULL,
  mode TEXT COLLATE "C" NOT NULL CHECK (mode IN ('whole', 'lines')),
  PRIMARY KEY (network_id, key),
  UNIQUE (network_id, key, mode)
);
INSERT INTO protected_prospects (network_id, key, mode) SELECT network_id, key, 'whole' FROM registration_keys WHERE protects;

-- What makes two prospects the same (D17): one row for each key of a registration and each product line that it claims; an empty
-- line claims the whole prospect.
ALTER TABLE registration_keys ADD COLUMN line TEXT COLLATE "C" NOT NULL DEFAULT '', ADD COLUMN mode TEXT COLLATE "C";
UPDATE registration_keys SET mode = 'whole' WHERE protects;
ALTER TABLE registration_keys
  ALTER COLUMN line DROP DEFAULT,
  DROP CONSTRAINT registration_keys_pkey,
  ADD PRIMARY KEY (registration_id, key, line),
  ADD CONSTRAINT registration_keys_in_one_mode FOREIGN KEY (network_id, key, mode) REFERENCES protected_prospects (network_id, key, mode),
  ADD CHECK ((mode IS NOT NULL) = protects),
  ADD CHECK (mode IS NULL OR (mode = 'whole') = (line = ''));
DROP INDEX registration_keys_one_protection;
DROP INDEX registration_keys_one_live_per_partner;
-- At no instant do two registrations protect the same prospect and product line, whatever the number of processes.
CREATE UNIQUE INDEX registration_keys_one_protection ON registration_keys (network_id, key, line) WHERE protects;
CREATE UNIQUE INDEX registration_keys_one_live_per_partner ON registration_keys (network_id, partner_id, key, line) WHERE live;
CREATE INDEX registration_keys_by_key ON registration_keys (network_id, key);
