DROP TABLE simulated_differences;
DROP TABLE simulations;
DROP TABLE restated_places;
DROP TABLE restatements;
DROP TABLE amendments;
DROP FUNCTION keep_amendment();
