DROP TABLE qualifications;
ALTER TABLE networks DROP COLUMN qualifications;
