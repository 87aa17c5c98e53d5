DROP TABLE agreement_stages;
DROP TABLE supervisions;
DROP TABLE agreements;
