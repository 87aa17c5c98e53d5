CREATE OR REPLACE FUNCTION check_statement_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM added a WHERE NOT EXISTS (SELECT 1 FROM entries e WHERE e.id = a.entry_id))
    OR EXISTS (SELECT 1 FROM (SELECT DISTINCT statement_id FROM added) a
      WHERE NOT EXISTS (SELECT 1 FROM statements s WHERE s.id = a.statement_id)) THEN
    RAISE EXCEPTION 'statement line of nothing' USING ERRCODE = '23503';
  END IF;
  RETURN NULL;
END $$;
