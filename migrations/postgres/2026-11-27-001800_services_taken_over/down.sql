DROP TABLE service_takeovers;
DROP FUNCTION follow_service_takeover();
DROP FUNCTION refuse_service_takeover_out_of_order();
DROP INDEX contracts_served_by;
ALTER TABLE contracts DROP COLUMN served_by_id;
