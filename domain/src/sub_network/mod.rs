//! Sub-networks (R26, R27, R44 to R47): the promoters of a reseller, one level deep, and what they cost and bring it.

mod figures;
mod tree;

pub use figures::{CurrencyFigures, PromotedYear, figures};
pub use tree::{Branch, Held, Tree, tree};
