-- why: an amount that a promoter earns says which introduction gave it its place in the sale (R18).
CREATE INDEX introduction_steps_of_contract ON introduction_steps (contract_id) WHERE contract_id IS NOT NULL;
