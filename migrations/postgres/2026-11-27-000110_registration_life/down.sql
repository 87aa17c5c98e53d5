DROP INDEX registrations_one_successor;
ALTER TABLE registrations DROP COLUMN warned_days;
ALTER TABLE registrations DROP COLUMN warned_until;
ALTER TABLE registrations DROP COLUMN superseded_by_id;
ALTER TABLE registrations DROP COLUMN supersedes_id;
ALTER TABLE registrations DROP COLUMN asks;
