-- why: of a type that allows one agreement at an instant a partner may have several that follow each other (D4): which of them are in
-- force together is a matter of their days, and not of their states alone.
DROP INDEX agreements_one_in_force;
CREATE TRIGGER agreements_one_in_force_new BEFORE INSERT ON agreements
WHEN NEW.single AND NEW.state IN ('active', 'suspended') AND EXISTS (SELECT 1 FROM agreements o
  WHERE o.partner_id = NEW.partner_id AND o.type_id = NEW.type_id AND o.id <> NEW.id AND o.single AND o.state IN ('active', 'suspended')
    AND (NEW.ends_on IS NULL OR o.starts_on <= NEW.ends_on) AND (o.ends_on IS NULL OR NEW.starts_on <= o.ends_on))
BEGIN SELECT RAISE(ABORT, 'agreements_one_in_force'); END;
CREATE TRIGGER agreements_one_in_force_changed BEFORE UPDATE ON agreements
WHEN NEW.single AND NEW.state IN ('active', 'suspended') AND EXISTS (SELECT 1 FROM agreements o
  WHERE o.partner_id = NEW.partner_id AND o.type_id = NEW.type_id AND o.id <> NEW.id AND o.single AND o.state IN ('active', 'suspended')
    AND (NEW.ends_on IS NULL OR o.starts_on <= NEW.ends_on) AND (o.ends_on IS NULL OR NEW.starts_on <= o.ends_on))
BEGIN SELECT RAISE(ABORT, 'agreements_one_in_force'); END;
