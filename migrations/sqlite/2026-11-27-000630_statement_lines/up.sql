-- why: a foreign key costs SQLite no more than any other way to look up what a line names; on PostgreSQL it does.
SELECT 1;
