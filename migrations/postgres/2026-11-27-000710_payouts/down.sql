DROP TABLE payout_files;
DROP TABLE payout_steps;
DROP TABLE payout_parts;
DROP TABLE payouts;
DROP TABLE payout_runs;
DROP FUNCTION refuse_payout_step();
DROP FUNCTION free_payout_parts();
DROP FUNCTION keep_payout_parts();
