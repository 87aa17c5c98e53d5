-- why: what lines name is looked up line by line. A join is planned while the table is small, and would go on reading all of it when it
-- is large.
CREATE OR REPLACE FUNCTION check_statement_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM added a WHERE (SELECT e.id FROM entries e WHERE e.id = a.entry_id) IS NULL)
    OR EXISTS (SELECT 1 FROM (SELECT DISTINCT statement_id FROM added) a
      WHERE (SELECT s.id FROM statements s WHERE s.id = a.statement_id) IS NULL) THEN
    RAISE EXCEPTION 'statement line of nothing' USING ERRCODE = '23503';
  END IF;
  RETURN NULL;
END $$;
