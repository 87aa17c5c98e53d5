-- why: a closing run reads entries by the hundred thousand, and the explanation of none. Kept apart from the row, they do not take its
-- pages: about six times as many rows come with one.
ALTER TABLE entries SET (toast_tuple_target = 1024);
