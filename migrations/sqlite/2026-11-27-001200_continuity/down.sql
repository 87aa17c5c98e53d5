DROP TRIGGER customers_change_hands;
DROP TRIGGER customers_begin;
DROP TABLE responsibilities;
