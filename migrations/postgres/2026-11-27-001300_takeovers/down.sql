DROP TABLE continuity_prospects;
ALTER TABLE portfolio_places DROP CONSTRAINT portfolio_places_check1,
  ADD CONSTRAINT portfolio_places_check1 CHECK (until_day > from_day);
DROP INDEX portfolio_places_by_case;
DROP INDEX portfolio_places_took_over;
ALTER TABLE portfolio_places DROP COLUMN took_over_id;
ALTER TABLE portfolio_places DROP COLUMN case_id;
DROP INDEX projects_of_customer;
ALTER TABLE projects DROP COLUMN company_from;
DROP TABLE project_companies;
DROP FUNCTION refuse_project_out_of_order();
DROP INDEX proposals_of_customer;
DROP INDEX proposals_one_successor;
ALTER TABLE proposals DROP COLUMN follows_id;
