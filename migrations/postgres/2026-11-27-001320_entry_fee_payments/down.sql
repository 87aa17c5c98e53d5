ALTER TABLE entry_fees DROP COLUMN remittance_payment_id;
