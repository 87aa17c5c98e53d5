DROP TRIGGER agreements_one_in_force ON agreements;
DROP FUNCTION one_agreement_in_force();
CREATE UNIQUE INDEX agreements_one_in_force ON agreements (partner_id, type_id) WHERE single AND state IN ('active', 'suspended');
