DROP TRIGGER customers_change_hands ON customers;
DROP TRIGGER customers_begin ON customers;
DROP TABLE responsibilities;
DROP FUNCTION refuse_unrecorded_responsibility();
DROP FUNCTION follow_responsibility();
DROP FUNCTION begin_responsibility();
DROP FUNCTION refuse_responsibility_out_of_order();
