DROP TABLE evidence;
DROP TABLE registration_keys;
DROP TABLE registrations;
DROP TABLE customers;
