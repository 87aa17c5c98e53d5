//! Commission: what one agreement's terms make due on one annuity of one sale, with its explanation.
//!
//! [`evaluate`] takes the facts of the sale's year and the terms, and says for each rule either what is due **to date** or why
//! the rule did not apply. "From the 2nd sale" is decided there, by the ordinal that was frozen at signing (R68, R75, D11).
//!
//! A commission or buy price to date is `in full × reached ÷ contracted`, rounded once, half up: in full is `rate × base`, or what
//! tiers or an amount come to for the year, within its bounds, exactly; reached is what its trigger has come to (D12). Because it
//! is always the whole to date that is rounded, instalments add up to the rounded whole exactly, and what the ledger appends is a
//! difference. When all that was contracted is reached it is exactly what it is in full. An annuity that costs the customer nothing,
//! of which a buy price may still be due, is reached when its year begins, whatever the trigger; of a year that is cut short it is
//! `in full × days performed ÷ days of the year`. What promoters share is split after it was rounded, so that the
//! parts are the whole; a part may lose a minor unit to another one while the whole grows.
//!
//! Tiers by volume may add up over several sales. A sale then stands on top of the volume that came before it, which was frozen when
//! it was signed: where it crosses a threshold, `marginal` tiers split it there, and by `whole` tiers all of it has the rate of the
//! tier that it reaches. What earlier sales earned stays as it is. Each year of a sale stands on the same volume.
//!
//! Which rule counts which line is decided first, by what holds for the whole year and never by what was reached: see
//! [`network::Rule`](crate::network::Rule) for the precedence. Every computation is written once and done with its steps or
//! without: [`RuleSet::amounts`] prepares nothing that nobody asked for.
//!
//! A margin rule moves the **share** (R15): the network lines less the margin, `rate ×` those of them that the margin counts. Of a
//! whole year the margin is rounded, and the share is what it leaves. Of a part of it the share is
//! `(network lines − margin, exactly) × reached ÷ contracted`, rounded once like a commission. Where the margin of the whole year
//! ends on half a minor unit the share has that half less: so the whole is never below a part of it.
//!
//! Lines that were sold inside another partner's protection earn nothing to anybody (R36): commissions do not count them, a margin
//! leaves the whole of them to the share, and a buy price takes in all that the customer pays for them.
//!
//! The margin kept to date is what the share leaves of the network lines to date, themselves rounded. In whole the two are
//! `network net` and `round(rate × base)`, and the share, which alone is posted, never falls while more is reached. [`settle`] says
//! where the money of a whole year goes.

mod bounds;
mod evaluate;
mod exact;
mod explanation;
mod facts;
mod outcome;
mod rates;
mod rule_set;
mod settlement;
#[cfg(test)]
mod tests;
mod volume;
mod year;

pub use evaluate::{Entitlement, Evaluation, NotApplied, NotAppliedReason, RuleAmount, evaluate};
pub use exact::Exact;
pub use explanation::{Explanation, LostLine, Named, Operation, Quantity, Rounding, RoundingMode, Step, Value};
pub use facts::{AnnuityLine, CustomerFacts, FactsFault, Performed, Place, SaleFacts, VolumeBefore};
pub use outcome::{OutcomeReason, outcome};
pub use rule_set::{RuleSet, is_all_protected, margin_rate};
pub use settlement::{Settlement, offset_ratio, settle};
pub use volume::SaleVolume;
