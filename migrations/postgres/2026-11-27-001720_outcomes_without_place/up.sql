-- why: a partner that has no place in a sale is told why nothing was earned, too: no qualifying event ends in silence.
-- The agreement that it was not earned by.
ALTER TABLE outcomes ADD COLUMN agreement_id UUID REFERENCES agreements (id);
ALTER TABLE outcomes DISABLE TRIGGER outcomes_no_change;
UPDATE outcomes SET agreement_id = a.agreement_id FROM attributions a WHERE a.id = outcomes.attribution_id;
ALTER TABLE outcomes ENABLE TRIGGER outcomes_no_change;
-- The partner's place in the sale; none where it has none.
ALTER TABLE outcomes ALTER COLUMN agreement_id SET NOT NULL, ALTER COLUMN attribution_id DROP NOT NULL;
CREATE UNIQUE INDEX outcomes_without_place ON outcomes (annuity_id, agreement_id) WHERE attribution_id IS NULL;
