-- why: a recovery plan tells the day on which payouts had taken all of its debt (D20). Until it is cancelled the plan stays the only one.
ALTER TABLE recovery_plans ADD COLUMN recovered_on DATE CHECK (recovered_on IS NULL OR state = 'active');
