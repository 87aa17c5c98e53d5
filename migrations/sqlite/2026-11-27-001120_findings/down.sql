DROP TABLE minimum_sales_years;
DROP TABLE findings;
DROP INDEX agreements_with_minimum_sales;
ALTER TABLE agreements DROP COLUMN minimum_sales;
