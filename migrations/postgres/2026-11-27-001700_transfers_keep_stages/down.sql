ALTER TABLE transfers DROP COLUMN keeps_stage;
