-- why: what is paid by the piece for an introduction is paid once for each, unless the company refused it or its partner took it back (R24).
CREATE UNIQUE INDEX services_one_for_an_introduction ON services (introduction_id, fee)
  WHERE introduction_id IS NOT NULL AND unit = 'piece' AND state IN ('reported', 'confirmed');
