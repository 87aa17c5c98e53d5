DROP TABLE protected_lines;
DROP TABLE overrides;
