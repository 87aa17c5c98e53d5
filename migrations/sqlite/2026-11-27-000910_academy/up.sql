-- why: courses of instructors and masters, their sessions with so many places and no more, who takes part, and the certificates of
-- those who passed (R22, R82, R85).
CREATE TABLE courses (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL REFERENCES networks (id),
  -- The master that it is made with, which publishes it.
  master_id TEXT NOT NULL REFERENCES masters (id),
  -- The instructor that wrote it; none where the master did.
  partner_id TEXT REFERENCES partners (id),
  kind TEXT NOT NULL CHECK (kind IN ('course', 'webinar', 'training', 'seminar')),
  -- By language, as JSON.
  titles TEXT NOT NULL,
  descriptions TEXT NOT NULL,
  -- The kind of qualification that it gives to whoever passes.
  qualification TEXT,
  certificate_months INTEGER CHECK (certificate_months > 0),
  -- The benefit that a place in it is.
  benefit TEXT,
  state TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'published', 'retired')),
  published_at INTEGER,
  reason TEXT,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CHECK (state <> 'published' OR published_at IS NOT NULL),
  CHECK (published_at IS NULL OR state IN ('published', 'retired'))
) STRICT;
CREATE INDEX courses_of_network ON courses (network_id, id);
CREATE INDEX courses_of_network_by_change ON courses (network_id, updated_at, id);
-- What was published is what people were enrolled for.
CREATE TRIGGER courses_keep BEFORE UPDATE ON courses WHEN OLD.id <> NEW.id OR OLD.network_id <> NEW.network_id
  OR OLD.partner_id IS NOT NEW.partner_id OR OLD.kind <> NEW.kind OR OLD.state = 'retired'
  OR (OLD.state = 'published' AND (NEW.state NOT IN ('published', 'retired') OR OLD.titles <> NEW.titles OR OLD.descriptions <> NEW.descriptions
    OR OLD.qualification IS NOT NEW.qualification OR OLD.certificate_months IS NOT NEW.certificate_months
    OR OLD.benefit IS NOT NEW.benefit))
BEGIN SELECT RAISE(ABORT, 'append-only: courses'); END;
CREATE TRIGGER courses_no_delete BEFORE DELETE ON courses BEGIN SELECT RAISE(ABORT, 'append-only: courses'); END;
CREATE TRIGGER courses_no_replace BEFORE INSERT ON courses WHEN EXISTS (SELECT 1 FROM courses WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'append-only: courses'); END;

CREATE TABLE course_sessions (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL REFERENCES networks (id),
  master_id TEXT NOT NULL REFERENCES masters (id),
  -- The instructor of the course; none where the master gives it.
  partner_id TEXT REFERENCES partners (id),
  course_id TEXT NOT NULL REFERENCES courses (id),
  venue TEXT NOT NULL CHECK (venue IN ('on_site', 'online')),
  place TEXT,
  link TEXT,
  language TEXT NOT NULL,
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  capacity INTEGER NOT NULL CHECK (capacity > 0),
  -- How many places are taken: exactly as many as enrolments have one.
  taken INTEGER NOT NULL CHECK (taken >= 0),
  state TEXT NOT NULL CHECK (state IN ('scheduled', 'cancelled')),
  reason TEXT,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CHECK (starts_at < ends_at),
  CHECK (taken <= capacity),
  CHECK (venue <> 'on_site' OR place IS NOT NULL),
  CHECK (venue <> 'online' OR link IS NOT NULL),
  CHECK ((state = 'cancelled') = (reason IS NOT NULL))
) STRICT;
CREATE INDEX course_sessions_of_network ON course_sessions (network_id, id);
CREATE INDEX course_sessions_of_network_by_change ON course_sessions (network_id, updated_at, id);
CREATE INDEX course_sessions_of_course ON course_sessions (course_id, id);
CREATE TRIGGER course_sessions_no_delete BEFORE DELETE ON course_sessions BEGIN SELECT RAISE(ABORT, 'append-only: course_sessions'); END;
CREATE TRIGGER course_sessions_no_replace BEFORE INSERT ON course_sessions WHEN EXISTS (SELECT 1 FROM course_sessions WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'append-only: course_sessions'); END;

CREATE TABLE enrolments (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL REFERENCES networks (id),
  -- The master of the course, and its instructor, if it has one.
  master_id TEXT NOT NULL REFERENCES masters (id),
  host_id TEXT REFERENCES partners (id),
  -- The partner whose person it is.
  partner_id TEXT NOT NULL REFERENCES partners (id),
  course_id TEXT NOT NULL REFERENCES courses (id),
  session_id TEXT NOT NULL REFERENCES course_sessions (id),
  person_name TEXT NOT NULL,
  person_email TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'enrolled', 'cancelled', 'missed', 'attended', 'absent', 'passed', 'failed')),
  score INTEGER CHECK (score BETWEEN 0 AND 100),
  note TEXT,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CHECK (score IS NULL OR state IN ('passed', 'failed'))
) STRICT;
-- A person has one place, or one place in the queue.
CREATE UNIQUE INDEX enrolments_one_live ON enrolments (session_id, partner_id, person_email) WHERE state NOT IN ('cancelled', 'missed');
CREATE INDEX enrolments_of_session ON enrolments (session_id, state, id);
CREATE INDEX enrolments_of_master ON enrolments (master_id, id);
CREATE INDEX enrolments_of_master_by_change ON enrolments (master_id, updated_at, id);
CREATE INDEX enrolments_of_partner ON enrolments (partner_id, id);
CREATE INDEX enrolments_of_partner_by_change ON enrolments (partner_id, updated_at, id);
CREATE INDEX enrolments_of_host ON enrolments (host_id, id);
-- Who came too late for a place, and a result that stands.
CREATE TRIGGER enrolments_keep BEFORE UPDATE ON enrolments WHEN OLD.id <> NEW.id OR OLD.session_id <> NEW.session_id
  OR OLD.partner_id <> NEW.partner_id OR OLD.person_name <> NEW.person_name OR OLD.person_email <> NEW.person_email
  OR (OLD.state <> NEW.state AND OLD.state IN ('cancelled', 'missed', 'passed', 'failed'))
  OR (OLD.state IN ('passed', 'failed') AND OLD.score IS NOT NEW.score)
BEGIN SELECT RAISE(ABORT, 'append-only: enrolments'); END;
CREATE TRIGGER enrolments_no_delete BEFORE DELETE ON enrolments BEGIN SELECT RAISE(ABORT, 'append-only: enrolments'); END;
CREATE TRIGGER enrolments_no_replace BEFORE INSERT ON enrolments WHEN EXISTS (SELECT 1 FROM enrolments WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'append-only: enrolments'); END;

CREATE TABLE certificates (
  id TEXT NOT NULL PRIMARY KEY,
  network_id TEXT NOT NULL REFERENCES networks (id),
  master_id TEXT NOT NULL REFERENCES masters (id),
  partner_id TEXT NOT NULL REFERENCES partners (id),
  course_id TEXT NOT NULL REFERENCES courses (id),
  enrolment_id TEXT NOT NULL UNIQUE REFERENCES enrolments (id),
  -- The number that it is verified by: nobody can guess it.
  number TEXT NOT NULL UNIQUE,
  person_name TEXT NOT NULL,
  issued_on TEXT NOT NULL,
  valid_until TEXT CHECK (valid_until >= issued_on),
  -- The qualification that its partner has by it.
  qualification_id TEXT REFERENCES qualifications (id),
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX certificates_of_master ON certificates (master_id, id);
CREATE INDEX certificates_of_master_by_change ON certificates (master_id, created_at, id);
CREATE INDEX certificates_of_partner ON certificates (partner_id, id);
CREATE INDEX certificates_of_partner_by_change ON certificates (partner_id, created_at, id);
CREATE TRIGGER certificates_no_update BEFORE UPDATE ON certificates BEGIN SELECT RAISE(ABORT, 'append-only: certificates'); END;
CREATE TRIGGER certificates_no_delete BEFORE DELETE ON certificates BEGIN SELECT RAISE(ABORT, 'append-only: certificates'); END;
CREATE TRIGGER certificates_no_replace BEFORE INSERT ON certificates WHEN EXISTS (SELECT 1 FROM certificates WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'append-only: certificates'); END;
