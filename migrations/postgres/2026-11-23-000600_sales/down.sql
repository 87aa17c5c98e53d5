DROP TABLE instalments;
DROP TABLE annuities;
DROP TABLE attributions;
DROP TABLE contracts;
DROP TABLE lines;
DROP TABLE proposal_promoters;
DROP TABLE proposal_versions;
DROP TABLE proposals;
