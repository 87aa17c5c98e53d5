-- why: a VAT number is printed as it was written; what it is known by leaves out what only stands in front, the key of a French one.
ALTER TABLE tax_profiles ADD COLUMN vat_number_written TEXT;
