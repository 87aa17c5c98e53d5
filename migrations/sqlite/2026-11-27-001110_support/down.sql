DROP TABLE support_requests;
ALTER TABLE contracts DROP COLUMN issued_with_support;
ALTER TABLE proposals DROP COLUMN issued_with_support;
