ALTER TABLE seals DROP COLUMN content_hash;
