ALTER TABLE entries DROP COLUMN calculation;
