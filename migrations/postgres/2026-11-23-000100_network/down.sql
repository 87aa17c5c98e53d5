DROP TABLE prices;
DROP TABLE catalogue_items;
DROP TABLE terms;
DROP TABLE partnership_types;
DROP TABLE masters;
DROP TABLE companies;
DROP TABLE networks;
