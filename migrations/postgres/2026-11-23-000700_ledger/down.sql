DROP TABLE outcomes;
ALTER TABLE journals DROP CONSTRAINT journals_are_sealed;
DROP TABLE seals;
DROP TABLE entries;
DROP TABLE journals;
DROP FUNCTION check_seal();
DROP FUNCTION refuse_sealed();
