ALTER TABLE tax_profiles DROP COLUMN vat_number_written;
