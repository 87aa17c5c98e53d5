DROP TABLE idempotency_keys;
DROP TABLE integration_secrets;
DROP TABLE integrations;
DROP TABLE refresh_tokens;
DROP TABLE sessions;
DROP TABLE invitations;
DROP TABLE users;
