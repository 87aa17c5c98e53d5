-- why: a transfer whose day has come and that rules hold up says by which, as JSON, until it is carried out or taken back (D4).
ALTER TABLE transfers ADD COLUMN held_up_by TEXT;
