-- why: a seal says how much a journal holds and how many entries, and nothing of what they say. From here on it holds the digest of
-- the journal and of its entries; what was sealed before has none.
ALTER TABLE seals ADD COLUMN content_hash TEXT CHECK (length(content_hash) = 64);
