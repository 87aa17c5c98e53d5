ALTER TABLE services DROP COLUMN project_id;
ALTER TABLE services DROP COLUMN introduction_id;
