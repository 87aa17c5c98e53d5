-- why: what a statement takes back has its taxes by the same rates as what it brings, also where the two come to nothing together. In
-- parts per million; a statement that was made before has none.
ALTER TABLE statements ADD COLUMN vat_ppm INTEGER CHECK (vat_ppm BETWEEN 0 AND 1000000);
ALTER TABLE statements ADD COLUMN withholding_ppm INTEGER CHECK (withholding_ppm BETWEEN 0 AND 1000000);
