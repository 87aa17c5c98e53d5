DROP INDEX outcomes_without_place;
ALTER TABLE outcomes DISABLE TRIGGER outcomes_no_change;
DELETE FROM outcomes WHERE attribution_id IS NULL;
ALTER TABLE outcomes ENABLE TRIGGER outcomes_no_change;
ALTER TABLE outcomes DROP COLUMN agreement_id, ALTER COLUMN attribution_id SET NOT NULL;
