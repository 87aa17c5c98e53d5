-- why: of a type that allows one agreement at an instant a partner may have several that follow each other (D4): which of them are in
-- force together is a matter of their days, and not of their states alone.
DROP INDEX agreements_one_in_force;
CREATE FUNCTION one_agreement_in_force() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Two that are approved at the same time wait for each other.
  PERFORM pg_advisory_xact_lock(hashtextextended(NEW.partner_id::text || NEW.type_id::text, 0));
  IF EXISTS (SELECT 1 FROM agreements o
  WHERE o.partner_id = NEW.partner_id AND o.type_id = NEW.type_id AND o.id <> NEW.id AND o.single AND o.state IN ('active', 'suspended')
    AND (NEW.ends_on IS NULL OR o.starts_on <= NEW.ends_on) AND (o.ends_on IS NULL OR NEW.starts_on <= o.ends_on)) THEN
    RAISE EXCEPTION 'agreements_one_in_force' USING ERRCODE = '23505', CONSTRAINT = 'agreements_one_in_force';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER agreements_one_in_force BEFORE INSERT OR UPDATE ON agreements FOR EACH ROW
  WHEN (NEW.single AND NEW.state IN ('active', 'suspended')) EXECUTE FUNCTION one_agreement_in_force();
