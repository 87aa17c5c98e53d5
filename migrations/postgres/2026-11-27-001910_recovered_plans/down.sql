ALTER TABLE recovery_plans DROP COLUMN recovered_on;
