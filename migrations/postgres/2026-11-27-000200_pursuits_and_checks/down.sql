DROP TRIGGER registration_keys_beside_no_pursuit ON registration_keys;
DROP TABLE checked_prospects;
DROP TABLE registration_checks;
DROP TABLE pursuit_keys;
DROP TABLE pursuits;
DROP FUNCTION refuse_protection_of_pursued;
DROP FUNCTION refuse_pursuit_of_protected;
