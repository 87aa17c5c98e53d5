DROP TABLE recovery_instalments;
DROP TABLE recovery_plans;
DROP TABLE adjustments;
ALTER TABLE contracts DROP COLUMN at_fault;
ALTER TABLE instalments DROP COLUMN at_fault;
ALTER TABLE instalments DROP COLUMN reason;
