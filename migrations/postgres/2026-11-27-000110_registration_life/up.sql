-- why: the whole life of a registration: what is asked of its partner, what takes its place, and who was warned of its end.
-- What its partner is asked for, as JSON; null where nothing is.
ALTER TABLE registrations ADD COLUMN asks TEXT CHECK (asks <> '');
-- The earlier registration of its partner that it takes the place of.
ALTER TABLE registrations ADD COLUMN supersedes_id UUID REFERENCES registrations (id) CHECK (supersedes_id <> id);
-- The later one, which comes in the same transaction.
ALTER TABLE registrations ADD COLUMN superseded_by_id UUID REFERENCES registrations (id) DEFERRABLE INITIALLY DEFERRED;
-- The end of protection that was warned of last, and how many days before it.
ALTER TABLE registrations ADD COLUMN warned_until TIMESTAMPTZ;
ALTER TABLE registrations ADD COLUMN warned_days BIGINT CHECK ((warned_days IS NULL) = (warned_until IS NULL));
-- A draft may name what another one names, too: the first that is handed in takes the place.
CREATE UNIQUE INDEX registrations_one_successor ON registrations (supersedes_id) WHERE supersedes_id IS NOT NULL AND submitted_at IS NOT NULL;
