DROP TABLE certificates;
DROP TABLE enrolments;
DROP TABLE course_sessions;
DROP TABLE courses;
