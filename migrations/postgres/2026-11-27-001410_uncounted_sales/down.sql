DROP TABLE uncounted_sales;
ALTER TABLE amendments DISABLE TRIGGER amendments_keep;
ALTER TABLE amendments DROP COLUMN turn, DROP COLUMN uncounted_sales;
UPDATE amendments SET state = 'approved' WHERE state = 'incomplete';
ALTER TABLE amendments ENABLE TRIGGER amendments_keep;
ALTER TABLE amendments
  DROP CONSTRAINT amendments_state_check, DROP CONSTRAINT amendments_check, DROP CONSTRAINT amendments_check2,
  DROP CONSTRAINT amendments_check3,
  ADD CONSTRAINT amendments_state_check CHECK (state IN ('proposed', 'withdrawn', 'rejected', 'applying', 'approved')),
  ADD CONSTRAINT amendments_check CHECK ((state IN ('applying', 'approved')) = (terms_id IS NOT NULL)),
  -- A second person decides.
  ADD CONSTRAINT amendments_check2 CHECK (state NOT IN ('applying', 'approved', 'rejected')
    OR (decided_by <> proposed_by AND decision_reason IS NOT NULL)),
  ADD CONSTRAINT amendments_check3 CHECK (restated_sales = 0 OR (reach = 'existing_agreements' AND state IN ('applying', 'approved')));
CREATE OR REPLACE FUNCTION keep_amendment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.type_id <> OLD.type_id OR NEW.reach <> OLD.reach OR NEW.effective_from <> OLD.effective_from OR NEW.texts <> OLD.texts
    OR NEW.document <> OLD.document OR NEW.reason <> OLD.reason OR NEW.proposed_by <> OLD.proposed_by OR OLD.terms_id <> NEW.terms_id
    OR (OLD.state <> 'proposed' AND (NEW.decided_by <> OLD.decided_by
      OR NOT (OLD.state = 'applying' AND NEW.state IN ('applying', 'approved')))) THEN
    RAISE EXCEPTION 'append-only: amendments';
  END IF;
  RETURN NEW;
END $$;
