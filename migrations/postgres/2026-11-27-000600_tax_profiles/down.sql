DROP TABLE tax_profiles;
