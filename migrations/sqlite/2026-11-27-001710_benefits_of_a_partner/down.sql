DROP INDEX benefit_uses_once_a_year;
CREATE UNIQUE INDEX benefit_uses_once_a_year ON benefit_uses (agreement_id, benefit, period_from, place)
  WHERE state IN ('requested', 'granted', 'used') AND period_from IS NOT NULL;
