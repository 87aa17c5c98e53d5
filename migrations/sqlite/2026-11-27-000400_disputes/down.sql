DROP INDEX registrations_taken_once;
ALTER TABLE registrations DROP COLUMN taken_from_id;
DROP INDEX attributions_one_part;
ALTER TABLE attributions DROP COLUMN dispute_id;
ALTER TABLE attributions DROP COLUMN part_of_id;
DROP TABLE dispute_decisions;
DROP TABLE dispute_evidence;
DROP TABLE dispute_statements;
DROP TABLE disputes;
