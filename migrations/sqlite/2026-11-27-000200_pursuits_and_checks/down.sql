DROP TRIGGER registration_keys_beside_no_pursuit;
DROP TABLE checked_prospects;
DROP TABLE registration_checks;
DROP TABLE pursuit_keys;
DROP TABLE pursuits;
