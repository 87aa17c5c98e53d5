-- why: tiers by volume may add up over a partner's sales. What came before a sale is frozen when it is signed, as its ordinal is (D11), so
-- that neither a later sale nor a cancellation changes what it earns.
CREATE TABLE sale_volumes (
  attribution_id TEXT NOT NULL REFERENCES attributions (id),
  counts_in TEXT NOT NULL,
  place INTEGER NOT NULL CHECK (place > 0),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  before_minor INTEGER NOT NULL CHECK (before_minor >= 0),
  own_minor INTEGER NOT NULL CHECK (own_minor >= 0),
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (attribution_id, counts_in),
  UNIQUE (counts_in, place),
  CHECK (place > 1 OR before_minor = 0)
) STRICT;
CREATE TRIGGER sale_volumes_no_update BEFORE UPDATE ON sale_volumes BEGIN SELECT RAISE(ABORT, 'append-only: sale_volumes'); END;
CREATE TRIGGER sale_volumes_no_delete BEFORE DELETE ON sale_volumes BEGIN SELECT RAISE(ABORT, 'append-only: sale_volumes'); END;
CREATE TRIGGER sale_volumes_no_replace BEFORE INSERT ON sale_volumes WHEN EXISTS (SELECT 1 FROM sale_volumes WHERE (attribution_id = NEW.attribution_id AND counts_in = NEW.counts_in) OR (counts_in = NEW.counts_in AND place = NEW.place))
BEGIN SELECT RAISE(ABORT, 'append-only: sale_volumes'); END;
