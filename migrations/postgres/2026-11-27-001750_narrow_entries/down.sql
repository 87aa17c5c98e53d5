ALTER TABLE entries RESET (toast_tuple_target);
