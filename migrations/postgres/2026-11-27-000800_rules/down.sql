ALTER TABLE proposal_promoters DROP COLUMN position;
ALTER TABLE contracts DROP COLUMN customer_segment;
ALTER TABLE contracts DROP COLUMN customer_country;
ALTER TABLE customers DROP COLUMN segment;
ALTER TABLE lines DROP COLUMN product_line;
ALTER TABLE lines DROP COLUMN item_code;
