-- why: what is not paid is carried on to the next statement, which a closing run finds without reading all statements; who keeps a
-- copy asks for those that were closed since.
CREATE INDEX statements_to_carry ON statements (network_id, currency, partner_id, number) WHERE closing_minor <> 0;
CREATE INDEX statement_seals_by_time ON statement_seals (sealed_at, statement_id);
