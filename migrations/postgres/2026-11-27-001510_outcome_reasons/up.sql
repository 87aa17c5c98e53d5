-- why: what waited may turn out to earn nothing for another reason once all is collected: each reason is told once, the last one stands.
ALTER TABLE outcomes DROP CONSTRAINT outcomes_annuity_id_attribution_id_rule_key, ADD UNIQUE (annuity_id, attribution_id, rule, reason);
