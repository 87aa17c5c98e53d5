DROP TABLE external_references;
DROP TABLE applications;
DROP TABLE partners;
