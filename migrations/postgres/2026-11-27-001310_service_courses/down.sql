ALTER TABLE services DROP COLUMN course_session_id;
ALTER TABLE services DROP COLUMN course_id;
