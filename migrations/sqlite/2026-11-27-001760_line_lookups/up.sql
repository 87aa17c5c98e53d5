-- why: SQLite looks up what a line names by its foreign keys.
SELECT 1;
