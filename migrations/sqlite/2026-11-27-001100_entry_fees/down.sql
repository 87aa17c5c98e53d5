DROP TABLE entry_fee_revisions;
DROP TABLE entry_fees;
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, '''fee'', ''entry_fee'')', '''fee'')') WHERE type = 'table' AND name = 'entries';
PRAGMA writable_schema = RESET;
