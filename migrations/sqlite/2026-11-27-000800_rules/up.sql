-- why: rules may be about some items, product lines and customers only, and promoters of one sale may share what a rule comes to.
-- What a rule asks is frozen with the line and the contract, so that nothing that changes later moves money (§7.3).
ALTER TABLE lines ADD COLUMN item_code TEXT;
ALTER TABLE lines ADD COLUMN product_line TEXT;
-- What was offered before this step is of the items as they are now.
DROP TRIGGER lines_no_update;
UPDATE lines SET
  item_code = (SELECT code FROM catalogue_items WHERE catalogue_items.id = lines.item_id),
  product_line = (SELECT product_line FROM catalogue_items WHERE catalogue_items.id = lines.item_id);
CREATE TRIGGER lines_no_update BEFORE UPDATE ON lines BEGIN SELECT RAISE(ABORT, 'append-only: lines'); END;

ALTER TABLE customers ADD COLUMN segment TEXT CHECK (length(segment) BETWEEN 1 AND 63);
ALTER TABLE contracts ADD COLUMN customer_country TEXT CHECK (length(customer_country) = 2);
ALTER TABLE contracts ADD COLUMN customer_segment TEXT CHECK (length(customer_segment) BETWEEN 1 AND 63);
UPDATE contracts SET customer_country = (SELECT country FROM customers WHERE customers.id = contracts.customer_id);
-- The order in which a sale names its promoters; without it they stand in the order of their agreements.
ALTER TABLE proposal_promoters ADD COLUMN position INTEGER CHECK (position > 0);
