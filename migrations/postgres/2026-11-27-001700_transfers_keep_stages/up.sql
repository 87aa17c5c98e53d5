-- why: a partner goes over with the stage that it has on the day, whatever it had when the transfer was proposed (R39, D4).
ALTER TABLE transfers ADD COLUMN keeps_stage BOOLEAN NOT NULL DEFAULT FALSE;
