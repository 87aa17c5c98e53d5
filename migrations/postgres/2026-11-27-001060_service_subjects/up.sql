-- why: a service may be about an introduction or a project of its partner, so that the company that pays it sees what for (R24).
ALTER TABLE services ADD COLUMN introduction_id UUID REFERENCES introductions (id);
ALTER TABLE services ADD COLUMN project_id UUID REFERENCES projects (id) CHECK (project_id IS NULL OR introduction_id IS NULL);
