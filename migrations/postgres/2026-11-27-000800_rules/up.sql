-- why: rules may be about some items, product lines and customers only, and promoters of one sale may share what a rule comes to.
-- What a rule asks is frozen with the line and the contract, so that nothing that changes later moves money (§7.3).
ALTER TABLE lines ADD COLUMN item_code TEXT COLLATE "C";
ALTER TABLE lines ADD COLUMN product_line TEXT COLLATE "C";
-- What was offered before this step is of the items as they are now.
ALTER TABLE lines DISABLE TRIGGER lines_no_change;
UPDATE lines SET item_code = catalogue_items.code, product_line = catalogue_items.product_line
  FROM catalogue_items WHERE catalogue_items.id = lines.item_id;
ALTER TABLE lines ENABLE TRIGGER lines_no_change;

ALTER TABLE customers ADD COLUMN segment TEXT COLLATE "C" CHECK (length(segment) BETWEEN 1 AND 63);
ALTER TABLE contracts ADD COLUMN customer_country TEXT COLLATE "C" CHECK (length(customer_country) = 2);
ALTER TABLE contracts ADD COLUMN customer_segment TEXT COLLATE "C" CHECK (length(customer_segment) BETWEEN 1 AND 63);
UPDATE contracts SET customer_country = (SELECT country FROM customers WHERE customers.id = contracts.customer_id);
-- The order in which a sale names its promoters; without it they stand in the order of their agreements.
ALTER TABLE proposal_promoters ADD COLUMN position INTEGER CHECK (position > 0);
