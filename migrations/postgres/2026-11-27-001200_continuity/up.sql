-- why: each customer has exactly one responsible company on every day (R51), and whose it was stays known when another takes over.
-- The last row says who answers from its first day on, until a later one says something else. The first has no first day, so that no
-- day is without somebody who answers, and no day has two: neither a gap nor an overlap can be written down.
CREATE TABLE responsibilities (
  customer_id UUID NOT NULL REFERENCES customers (id),
  number INTEGER NOT NULL CHECK (number > 0),
  company_id UUID NOT NULL REFERENCES companies (id),
  from_day DATE,
  -- What moved it.
  cause TEXT COLLATE "C",
  recorded_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (customer_id, number),
  CHECK ((number = 1) = (from_day IS NULL)),
  CHECK ((number = 1) = (cause IS NULL))
);
CREATE INDEX responsibilities_of_company ON responsibilities (company_id, customer_id);
INSERT INTO responsibilities (customer_id, number, company_id, recorded_at) SELECT id, 1, responsible_id, created_at FROM customers;
CREATE TRIGGER responsibilities_no_change BEFORE UPDATE OR DELETE ON responsibilities FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER responsibilities_no_truncate BEFORE TRUNCATE ON responsibilities FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- One after the other, and from one company to another.
CREATE FUNCTION refuse_responsibility_out_of_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM responsibilities WHERE customer_id = NEW.customer_id)
      OR NEW.company_id = (SELECT company_id FROM responsibilities WHERE customer_id = NEW.customer_id ORDER BY number DESC LIMIT 1) THEN
    RAISE EXCEPTION 'responsibility out of order' USING ERRCODE = '23001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER responsibilities_in_order BEFORE INSERT ON responsibilities FOR EACH ROW EXECUTE FUNCTION refuse_responsibility_out_of_order();
-- A customer comes in with its history, follows it, and changes hands by it alone.
CREATE FUNCTION begin_responsibility() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO responsibilities (customer_id, number, company_id, recorded_at) VALUES (NEW.id, 1, NEW.responsible_id, NEW.created_at);
  RETURN NULL;
END $$;
CREATE TRIGGER customers_begin AFTER INSERT ON customers FOR EACH ROW EXECUTE FUNCTION begin_responsibility();
CREATE FUNCTION follow_responsibility() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE customers SET responsible_id = NEW.company_id WHERE id = NEW.customer_id;
  RETURN NULL;
END $$;
CREATE TRIGGER responsibilities_followed AFTER INSERT ON responsibilities FOR EACH ROW WHEN (NEW.number > 1) EXECUTE FUNCTION follow_responsibility();
CREATE FUNCTION refuse_unrecorded_responsibility() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.responsible_id <> (SELECT company_id FROM responsibilities WHERE customer_id = NEW.id ORDER BY number DESC LIMIT 1) THEN
    RAISE EXCEPTION 'responsibility unrecorded' USING ERRCODE = '23001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER customers_change_hands BEFORE UPDATE OF responsible_id ON customers FOR EACH ROW EXECUTE FUNCTION refuse_unrecorded_responsibility();
