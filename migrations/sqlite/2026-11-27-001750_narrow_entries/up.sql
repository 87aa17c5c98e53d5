-- why: on PostgreSQL the explanations are kept apart from the rows; SQLite lets a long value run over into pages of its own.
SELECT 1;
