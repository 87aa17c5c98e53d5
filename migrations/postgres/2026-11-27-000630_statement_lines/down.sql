DROP TRIGGER statement_lines_check ON statement_lines;
DROP FUNCTION check_statement_lines();
ALTER TABLE statement_lines ADD CONSTRAINT statement_lines_statement_id_fkey FOREIGN KEY (statement_id) REFERENCES statements (id);
ALTER TABLE statement_lines ADD CONSTRAINT statement_lines_entry_id_fkey FOREIGN KEY (entry_id) REFERENCES entries (id);
