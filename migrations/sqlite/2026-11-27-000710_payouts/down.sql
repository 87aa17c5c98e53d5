DROP TABLE payout_files;
DROP TABLE payout_steps;
DROP TABLE payout_parts;
DROP TABLE payouts;
DROP TABLE payout_runs;
