DROP TABLE agreement_states;
