-- why: each customer has exactly one responsible company on every day (R51), and whose it was stays known when another takes over.
-- The last row says who answers from its first day on, until a later one says something else. The first has no first day, so that no
-- day is without somebody who answers, and no day has two: neither a gap nor an overlap can be written down.
CREATE TABLE responsibilities (
  customer_id TEXT NOT NULL REFERENCES customers (id),
  number INTEGER NOT NULL CHECK (number > 0),
  company_id TEXT NOT NULL REFERENCES companies (id),
  from_day TEXT,
  -- What moved it.
  cause TEXT,
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (customer_id, number),
  CHECK ((number = 1) = (from_day IS NULL)),
  CHECK ((number = 1) = (cause IS NULL))
) STRICT;
CREATE INDEX responsibilities_of_company ON responsibilities (company_id, customer_id);
INSERT INTO responsibilities (customer_id, number, company_id, recorded_at) SELECT id, 1, responsible_id, created_at FROM customers;
CREATE TRIGGER responsibilities_no_update BEFORE UPDATE ON responsibilities BEGIN SELECT RAISE(ABORT, 'append-only: responsibilities'); END;
CREATE TRIGGER responsibilities_no_delete BEFORE DELETE ON responsibilities BEGIN SELECT RAISE(ABORT, 'append-only: responsibilities'); END;
CREATE TRIGGER responsibilities_no_replace BEFORE INSERT ON responsibilities WHEN EXISTS (SELECT 1 FROM responsibilities WHERE (customer_id = NEW.customer_id AND number = NEW.number))
BEGIN SELECT RAISE(ABORT, 'append-only: responsibilities'); END;
-- One after the other, and from one company to another.
CREATE TRIGGER responsibilities_in_order BEFORE INSERT ON responsibilities WHEN
  NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM responsibilities WHERE customer_id = NEW.customer_id)
  OR NEW.company_id = (SELECT company_id FROM responsibilities WHERE customer_id = NEW.customer_id ORDER BY number DESC LIMIT 1)
BEGIN SELECT RAISE(ABORT, 'responsibility out of order'); END;
-- A customer comes in with its history, follows it, and changes hands by it alone.
CREATE TRIGGER customers_begin AFTER INSERT ON customers
BEGIN INSERT INTO responsibilities (customer_id, number, company_id, recorded_at) VALUES (NEW.id, 1, NEW.responsible_id, NEW.created_at); END;
CREATE TRIGGER responsibilities_followed AFTER INSERT ON responsibilities WHEN NEW.number > 1
BEGIN UPDATE customers SET responsible_id = NEW.company_id WHERE id = NEW.customer_id; END;
CREATE TRIGGER customers_change_hands BEFORE UPDATE OF responsible_id ON customers WHEN NEW.responsible_id <>
  (SELECT company_id FROM responsibilities WHERE customer_id = NEW.id ORDER BY number DESC LIMIT 1)
BEGIN SELECT RAISE(ABORT, 'responsibility unrecorded'); END;
