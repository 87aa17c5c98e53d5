ALTER TABLE outcomes DISABLE TRIGGER outcomes_no_change;
DELETE FROM outcomes WHERE service_id IS NOT NULL;
ALTER TABLE outcomes ENABLE TRIGGER outcomes_no_change;
ALTER TABLE outcomes DROP COLUMN service_id, ALTER COLUMN annuity_id SET NOT NULL, ALTER COLUMN contract_id SET NOT NULL,
  ALTER COLUMN explanation SET NOT NULL;
