DROP TRIGGER agreements_one_in_force_changed;
DROP TRIGGER agreements_one_in_force_new;
CREATE UNIQUE INDEX agreements_one_in_force ON agreements (partner_id, type_id) WHERE single AND state IN ('active', 'suspended');
