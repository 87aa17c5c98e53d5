DROP TABLE sale_volumes;
