-- why: tiers by volume may add up over a partner's sales. What came before a sale is frozen when it is signed, as its ordinal is (D11), so
-- that neither a later sale nor a cancellation changes what it earns.
CREATE TABLE sale_volumes (
  attribution_id UUID NOT NULL REFERENCES attributions (id),
  counts_in TEXT COLLATE "C" NOT NULL,
  place INTEGER NOT NULL CHECK (place > 0),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  before_minor BIGINT NOT NULL CHECK (before_minor >= 0),
  own_minor BIGINT NOT NULL CHECK (own_minor >= 0),
  recorded_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (attribution_id, counts_in),
  UNIQUE (counts_in, place),
  CHECK (place > 1 OR before_minor = 0)
);
CREATE TRIGGER sale_volumes_no_change BEFORE UPDATE OR DELETE ON sale_volumes FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER sale_volumes_no_truncate BEFORE TRUNCATE ON sale_volumes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
