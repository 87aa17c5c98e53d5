DROP TABLE continuity_prospects;
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (until_day >= from_day)', 'CHECK (until_day > from_day)')
  WHERE type = 'table' AND name = 'portfolio_places';
PRAGMA writable_schema = RESET;
DROP INDEX portfolio_places_by_case;
DROP INDEX portfolio_places_took_over;
ALTER TABLE portfolio_places DROP COLUMN took_over_id;
ALTER TABLE portfolio_places DROP COLUMN case_id;
DROP INDEX projects_of_customer;
ALTER TABLE projects DROP COLUMN company_from;
DROP TABLE project_companies;
DROP INDEX proposals_of_customer;
DROP INDEX proposals_one_successor;
ALTER TABLE proposals DROP COLUMN follows_id;
