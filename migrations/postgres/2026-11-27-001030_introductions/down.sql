DROP TABLE proposal_introductions;
DROP TABLE introduction_proposals;
DROP TABLE introduction_steps;
DROP TABLE introduction_keys;
DROP TABLE introductions;
