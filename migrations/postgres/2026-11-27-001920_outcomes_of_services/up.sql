-- why: a service that was refused, or is remunerated in kind, brings no money: no qualifying event ends in silence.
ALTER TABLE outcomes ALTER COLUMN annuity_id DROP NOT NULL, ALTER COLUMN contract_id DROP NOT NULL, ALTER COLUMN explanation DROP NOT NULL;
-- The service that it is about, where it is about none of a sale's years.
ALTER TABLE outcomes ADD COLUMN service_id UUID REFERENCES services (id),
  ADD CHECK ((service_id IS NULL) = (annuity_id IS NOT NULL)),
  ADD CHECK ((service_id IS NULL) = (contract_id IS NOT NULL)),
  ADD CHECK ((service_id IS NULL) = (explanation IS NOT NULL)),
  ADD CHECK (service_id IS NULL OR attribution_id IS NULL);
CREATE UNIQUE INDEX outcomes_of_service ON outcomes (service_id) WHERE service_id IS NOT NULL;
-- What was decided before: the outcome has the service's own number.
INSERT INTO outcomes (id, network_id, partner_id, rule, reason, recorded_at, agreement_id, service_id)
  SELECT s.id, s.network_id, s.partner_id, s.fee, CASE WHEN s.state = 'refused' THEN 'service_refused' WHEN s.kind = 'in_kind' THEN 'in_kind'
    ELSE 'rounds_to_nothing' END, s.updated_at, s.agreement_id, s.id
  FROM services s WHERE s.state = 'refused' OR (s.state = 'confirmed' AND (s.kind = 'in_kind' OR s.amount_minor = 0));
