-- why: a contract year that costs the customer nothing is never invoiced or collected, so nothing but its first day says that it is
-- reached. It waits for that day and is due then; what was scheduled before this step was due at once.
ALTER TABLE annuities ADD COLUMN waits_for_start INTEGER NOT NULL DEFAULT 0 CHECK (waits_for_start IN (0, 1)) CHECK (NOT waits_for_start OR contracted_minor = 0);
CREATE INDEX annuities_that_wait ON annuities (starts_on, id) WHERE waits_for_start;
