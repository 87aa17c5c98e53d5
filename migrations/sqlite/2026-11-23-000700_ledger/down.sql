DROP TABLE outcomes;
DROP TABLE entries;
DROP TABLE seals;
DROP TABLE journals;
