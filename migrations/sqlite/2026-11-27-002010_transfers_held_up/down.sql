ALTER TABLE transfers DROP COLUMN held_up_by;
