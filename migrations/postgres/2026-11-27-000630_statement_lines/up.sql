-- why: a closing run adds thousands of lines at once. What each of them names is looked up once for all of them: a foreign key looks
-- it up, and locks it, line by line. Neither statements nor entries are ever changed or deleted, so that what is there stays.
ALTER TABLE statement_lines DROP CONSTRAINT statement_lines_statement_id_fkey;
ALTER TABLE statement_lines DROP CONSTRAINT statement_lines_entry_id_fkey;
CREATE FUNCTION check_statement_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM added a WHERE NOT EXISTS (SELECT 1 FROM entries e WHERE e.id = a.entry_id))
    OR EXISTS (SELECT 1 FROM (SELECT DISTINCT statement_id FROM added) a
      WHERE NOT EXISTS (SELECT 1 FROM statements s WHERE s.id = a.statement_id)) THEN
    RAISE EXCEPTION 'statement line of nothing' USING ERRCODE = '23503';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER statement_lines_check AFTER INSERT ON statement_lines REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION check_statement_lines();
