DROP INDEX annuities_that_wait;
ALTER TABLE annuities DROP COLUMN waits_for_start;
