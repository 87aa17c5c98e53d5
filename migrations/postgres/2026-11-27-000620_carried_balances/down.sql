DROP INDEX statement_seals_by_time;
DROP INDEX statements_to_carry;
