DROP TRIGGER entries_check ON entries;
DROP FUNCTION check_entry();
ALTER TABLE entries DISABLE TRIGGER entries_no_change;
ALTER TABLE seals DISABLE TRIGGER seals_no_change;
ALTER TABLE journals DISABLE TRIGGER journals_no_change;
ALTER TABLE journals DROP CONSTRAINT journals_are_sealed;
DELETE FROM entries WHERE journal_id IN (SELECT id FROM journals WHERE source_kind <> 'annuity');
DELETE FROM seals WHERE journal_id IN (SELECT id FROM journals WHERE source_kind <> 'annuity');
DELETE FROM journals WHERE source_kind <> 'annuity';
ALTER TABLE journals ENABLE TRIGGER journals_no_change;
ALTER TABLE seals ENABLE TRIGGER seals_no_change;
ALTER TABLE entries ENABLE TRIGGER entries_no_change;
DROP INDEX entries_corrections;
DROP INDEX entries_between;
ALTER TABLE entries
  DROP COLUMN master_id, DROP COLUMN counterparty_id, DROP COLUMN agreement_id, DROP COLUMN terms_id, DROP COLUMN payable_on,
  DROP CONSTRAINT entries_kind_check, DROP CONSTRAINT entries_sale, DROP CONSTRAINT entries_count,
  ADD CONSTRAINT entries_kind_check CHECK (kind IN ('commission', 'share', 'buy_price')),
  ALTER COLUMN contract_id SET NOT NULL, ALTER COLUMN annuity_id SET NOT NULL, ALTER COLUMN attribution_id SET NOT NULL,
  ALTER COLUMN sequence SET NOT NULL, ALTER COLUMN entitled_minor SET NOT NULL;
ALTER TABLE journals DROP COLUMN source_kind, DROP COLUMN cause;
ALTER TABLE journals RENAME COLUMN source_id TO annuity_id;
ALTER TABLE journals RENAME COLUMN source_turn TO annuity_version;
ALTER TABLE journals ADD FOREIGN KEY (annuity_id) REFERENCES annuities (id), ADD UNIQUE (annuity_id, annuity_version),
  ADD CONSTRAINT journals_are_sealed FOREIGN KEY (seal_id) REFERENCES seals (journal_id) DEFERRABLE INITIALLY DEFERRED;
DROP TABLE periods;
DROP FUNCTION check_period();
