-- why: an instructor is paid for the courses that it writes and the sessions that it holds: a service says which (R22, R24).
ALTER TABLE services ADD COLUMN course_id UUID REFERENCES courses (id)
  CHECK (course_id IS NULL OR (introduction_id IS NULL AND project_id IS NULL));
ALTER TABLE services ADD COLUMN course_session_id UUID REFERENCES course_sessions (id)
  CHECK (course_session_id IS NULL OR (introduction_id IS NULL AND project_id IS NULL AND course_id IS NULL));
