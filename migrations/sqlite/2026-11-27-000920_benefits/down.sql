ALTER TABLE proposals DROP COLUMN benefit;
DROP TABLE benefit_uses;
