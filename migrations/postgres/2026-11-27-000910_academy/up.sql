-- why: courses of instructors and masters, their sessions with so many places and no more, who takes part, and the certificates of
-- those who passed (R22, R82, R85).
CREATE TABLE courses (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL REFERENCES networks (id),
  -- The master that it is made with, which publishes it.
  master_id UUID NOT NULL REFERENCES masters (id),
  -- The instructor that wrote it; none where the master did.
  partner_id UUID REFERENCES partners (id),
  kind TEXT NOT NULL CHECK (kind IN ('course', 'webinar', 'training', 'seminar')),
  -- By language, as JSON.
  titles TEXT NOT NULL,
  descriptions TEXT NOT NULL,
  -- The kind of qualification that it gives to whoever passes.
  qualification TEXT COLLATE "C",
  certificate_months BIGINT CHECK (certificate_months > 0),
  -- The benefit that a place in it is.
  benefit TEXT COLLATE "C",
  state TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'published', 'retired')),
  published_at TIMESTAMPTZ,
  reason TEXT,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  CHECK (state <> 'published' OR published_at IS NOT NULL),
  CHECK (published_at IS NULL OR state IN ('published', 'retired'))
);
CREATE INDEX courses_of_network ON courses (network_id, id);
CREATE INDEX courses_of_network_by_change ON courses (network_id, updated_at, id);
-- What was published is what people were enrolled for.
CREATE TRIGGER courses_keep BEFORE UPDATE ON courses FOR EACH ROW WHEN (OLD.id <> NEW.id OR OLD.network_id <> NEW.network_id
  OR OLD.partner_id IS DISTINCT FROM NEW.partner_id OR OLD.kind <> NEW.kind OR OLD.state = 'retired'
  OR (OLD.state = 'published' AND (NEW.state NOT IN ('published', 'retired') OR OLD.titles <> NEW.titles OR OLD.descriptions <> NEW.descriptions
    OR OLD.qualification IS DISTINCT FROM NEW.qualification OR OLD.certificate_months IS DISTINCT FROM NEW.certificate_months
    OR OLD.benefit IS DISTINCT FROM NEW.benefit)))
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER courses_no_delete BEFORE DELETE ON courses FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER courses_no_truncate BEFORE TRUNCATE ON courses FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE course_sessions (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL REFERENCES networks (id),
  master_id UUID NOT NULL REFERENCES masters (id),
  -- The instructor of the course; none where the master gives it.
  partner_id UUID REFERENCES partners (id),
  course_id UUID NOT NULL REFERENCES courses (id),
  venue TEXT NOT NULL CHECK (venue IN ('on_site', 'online')),
  place TEXT,
  link TEXT,
  language TEXT NOT NULL,
  starts_at TIMESTAMPTZ NOT NULL,
  ends_at TIMESTAMPTZ NOT NULL,
  capacity BIGINT NOT NULL CHECK (capacity > 0),
  -- How many places are taken: exactly as many as enrolments have one.
  taken BIGINT NOT NULL CHECK (taken >= 0),
  state TEXT NOT NULL CHECK (state IN ('scheduled', 'cancelled')),
  reason TEXT,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  CHECK (starts_at < ends_at),
  CHECK (taken <= capacity),
  CHECK (venue <> 'on_site' OR place IS NOT NULL),
  CHECK (venue <> 'online' OR link IS NOT NULL),
  CHECK ((state = 'cancelled') = (reason IS NOT NULL))
);
CREATE INDEX course_sessions_of_network ON course_sessions (network_id, id);
CREATE INDEX course_sessions_of_network_by_change ON course_sessions (network_id, updated_at, id);
CREATE INDEX course_sessions_of_course ON course_sessions (course_id, id);
CREATE TRIGGER course_sessions_no_delete BEFORE DELETE ON course_sessions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER course_sessions_no_truncate BEFORE TRUNCATE ON course_sessions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE enrolments (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL REFERENCES networks (id),
  -- The master of the course, and its instructor, if it has one.
  master_id UUID NOT NULL REFERENCES masters (id),
  host_id UUID REFERENCES partners (id),
  -- The partner whose person it is.
  partner_id UUID NOT NULL REFERENCES partners (id),
  course_id UUID NOT NULL REFERENCES courses (id),
  session_id UUID NOT NULL REFERENCES course_sessions (id),
  person_name TEXT NOT NULL,
  person_email TEXT COLLATE "C" NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'enrolled', 'cancelled', 'missed', 'attended', 'absent', 'passed', 'failed')),
  score BIGINT CHECK (score BETWEEN 0 AND 100),
  note TEXT,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  CHECK (score IS NULL OR state IN ('passed', 'failed'))
);
-- A person has one place, or one place in the queue.
CREATE UNIQUE INDEX enrolments_one_live ON enrolments (session_id, partner_id, person_email) WHERE state NOT IN ('cancelled', 'missed');
CREATE INDEX enrolments_of_session ON enrolments (session_id, state, id);
CREATE INDEX enrolments_of_master ON enrolments (master_id, id);
CREATE INDEX enrolments_of_master_by_change ON enrolments (master_id, updated_at, id);
CREATE INDEX enrolments_of_partner ON enrolments (partner_id, id);
CREATE INDEX enrolments_of_partner_by_change ON enrolments (partner_id, updated_at, id);
CREATE INDEX enrolments_of_host ON enrolments (host_id, id);
-- Who came too late for a place, and a result that stands.
CREATE TRIGGER enrolments_keep BEFORE UPDATE ON enrolments FOR EACH ROW WHEN (OLD.id <> NEW.id OR OLD.session_id <> NEW.session_id
  OR OLD.partner_id <> NEW.partner_id OR OLD.person_name <> NEW.person_name OR OLD.person_email <> NEW.person_email
  OR (OLD.state <> NEW.state AND OLD.state IN ('cancelled', 'missed', 'passed', 'failed'))
  OR (OLD.state IN ('passed', 'failed') AND OLD.score IS DISTINCT FROM NEW.score))
  EXECUTE FUNCTION refuse_change();
CREATE TRIGGER enrolments_no_delete BEFORE DELETE ON enrolments FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER enrolments_no_truncate BEFORE TRUNCATE ON enrolments FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE certificates (
  id UUID NOT NULL PRIMARY KEY,
  network_id UUID NOT NULL REFERENCES networks (id),
  master_id UUID NOT NULL REFERENCES masters (id),
  partner_id UUID NOT NULL REFERENCES partners (id),
  course_id UUID NOT NULL REFERENCES courses (id),
  enrolment_id UUID NOT NULL UNIQUE REFERENCES enrolments (id),
  -- The number that it is verified by: nobody can guess it.
  number TEXT COLLATE "C" NOT NULL UNIQUE,
  person_name TEXT NOT NULL,
  issued_on DATE NOT NULL,
  valid_until DATE CHECK (valid_until >= issued_on),
  -- The qualification that its partner has by it.
  qualification_id UUID REFERENCES qualifications (id),
  created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX certificates_of_master ON certificates (master_id, id);
CREATE INDEX certificates_of_master_by_change ON certificates (master_id, created_at, id);
CREATE INDEX certificates_of_partner ON certificates (partner_id, id);
CREATE INDEX certificates_of_partner_by_change ON certificates (partner_id, created_at, id);
CREATE TRIGGER certificates_no_change BEFORE UPDATE OR DELETE ON certificates FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER certificates_no_truncate BEFORE TRUNCATE ON certificates FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
