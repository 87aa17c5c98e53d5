DROP TABLE follow_ups;
DROP TABLE portfolio_places;
