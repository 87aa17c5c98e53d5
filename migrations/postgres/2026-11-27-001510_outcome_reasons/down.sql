ALTER TABLE outcomes DISABLE TRIGGER outcomes_no_change;
DELETE FROM outcomes o USING outcomes e WHERE e.annuity_id = o.annuity_id AND e.attribution_id = o.attribution_id AND e.rule = o.rule
  AND e.id < o.id;
ALTER TABLE outcomes ENABLE TRIGGER outcomes_no_change;
ALTER TABLE outcomes DROP CONSTRAINT outcomes_annuity_id_attribution_id_rule_reason_key, ADD UNIQUE (annuity_id, attribution_id, rule);
