ALTER TABLE agreement_stages DROP COLUMN reason;
DROP TABLE promotions;
