-- why: what terms give a year a partner has once a year, by whichever of its agreements (R85): another one does not bring it again.
DROP INDEX benefit_uses_once_a_year;
CREATE UNIQUE INDEX benefit_uses_once_a_year ON benefit_uses (partner_id, benefit, period_from, place)
  WHERE state IN ('requested', 'granted', 'used') AND period_from IS NOT NULL;
