DROP TRIGGER service_takeovers_followed;
DROP TRIGGER service_takeovers_in_order;
DROP TABLE service_takeovers;
DROP INDEX contracts_served_by;
ALTER TABLE contracts DROP COLUMN served_by_id;
