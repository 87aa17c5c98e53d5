DROP TABLE bank_entries;
DROP TABLE bank_statements;
DROP TABLE remittance_reminders;
DROP TABLE remittance_payments;
