ALTER TABLE statements DROP COLUMN withholding_ppm;
ALTER TABLE statements DROP COLUMN vat_ppm;
