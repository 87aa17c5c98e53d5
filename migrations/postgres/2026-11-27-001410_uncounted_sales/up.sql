-- why: a past sale that an amendment's terms cannot count holds up no other one: it stays as it was, the amendment says so, and goes on
-- with it when it is resumed.
ALTER TABLE amendments
  DROP CONSTRAINT amendments_state_check, DROP CONSTRAINT amendments_check, DROP CONSTRAINT amendments_check2,
  DROP CONSTRAINT amendments_check3,
  ADD CONSTRAINT amendments_state_check CHECK (state IN ('proposed', 'withdrawn', 'rejected', 'applying', 'approved', 'incomplete')),
  ADD CONSTRAINT amendments_check CHECK ((state IN ('applying', 'approved', 'incomplete')) = (terms_id IS NOT NULL)),
  -- A second person decides.
  ADD CONSTRAINT amendments_check2 CHECK (state NOT IN ('applying', 'approved', 'incomplete', 'rejected')
    OR (decided_by <> proposed_by AND decision_reason IS NOT NULL)),
  ADD CONSTRAINT amendments_check3 CHECK (restated_sales = 0 OR (reach = 'existing_agreements' AND state IN ('applying', 'approved', 'incomplete'))),
  -- How often past sales are being counted again: once, and once more each time it was resumed.
  ADD COLUMN turn INTEGER NOT NULL DEFAULT 1 CHECK (turn > 0),
  -- How many past sales could not be counted in the last turn.
  ADD COLUMN uncounted_sales INTEGER NOT NULL DEFAULT 0 CHECK (uncounted_sales >= 0),
  ADD CHECK (state = 'applying' OR (state = 'incomplete') = (uncounted_sales > 0));
ALTER TABLE amendments ALTER COLUMN turn DROP DEFAULT, ALTER COLUMN uncounted_sales DROP DEFAULT;
CREATE OR REPLACE FUNCTION keep_amendment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.type_id <> OLD.type_id OR NEW.reach <> OLD.reach OR NEW.effective_from <> OLD.effective_from OR NEW.texts <> OLD.texts
    OR NEW.document <> OLD.document OR NEW.reason <> OLD.reason OR NEW.proposed_by <> OLD.proposed_by OR OLD.terms_id <> NEW.terms_id
    OR (OLD.state <> 'proposed' AND (NEW.decided_by <> OLD.decided_by
      OR NOT ((OLD.state = 'applying' AND NEW.state IN ('applying', 'approved', 'incomplete')) OR (OLD.state = 'incomplete' AND NEW.state = 'applying')))) THEN
    RAISE EXCEPTION 'append-only: amendments';
  END IF;
  RETURN NEW;
END $$;

-- The sales that could not be counted, in the turn in which that was found.
CREATE TABLE uncounted_sales (
  id UUID NOT NULL PRIMARY KEY,
  amendment_id UUID NOT NULL REFERENCES amendments (id),
  contract_id UUID NOT NULL REFERENCES contracts (id),
  turn INTEGER NOT NULL CHECK (turn > 0),
  reason TEXT NOT NULL CHECK (reason IN ('no_stage_in_force', 'amounts_too_large', 'failed')),
  -- The codes of the rules that cannot be counted, as JSON.
  rules TEXT NOT NULL,
  recorded_at TIMESTAMPTZ NOT NULL,
  UNIQUE (amendment_id, turn, contract_id)
);
CREATE INDEX uncounted_sales_in_order ON uncounted_sales (amendment_id, turn, id);
CREATE TRIGGER uncounted_sales_no_change BEFORE UPDATE OR DELETE ON uncounted_sales FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER uncounted_sales_no_truncate BEFORE TRUNCATE ON uncounted_sales FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
