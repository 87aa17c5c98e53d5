//! When two names may be one company's (D17): a possible match, which a master decides.
//!
//! Tax id and registered domain say that two prospects are the same; a name says only that they may be. A name is read into
//! words ([`CompanyName`]), each of which does something: it names as few are named, or as many are; it says the trade, the
//! place, the number. Two names are one when every word that names is found in the other, but for order, spelling and slips of
//! the pen; what tells two companies apart in practice (Norte and Sul, Filhos and Irmãos, 2 and 3, two trades, two family
//! names) keeps them apart however alike their letters are.
//!
//! The words are data: `words/*.txt`. How well it does is measured by `examples/matching.rs` on labelled pairs.

mod compare;
mod fold;
mod keys;
mod legal_form;
mod lexicon;
mod name;
mod outcome;
mod spelling;

#[cfg(test)]
mod tests;

pub use compare::compare;
pub use keys::{MATCHING_VERSION, NameKey};
pub use name::CompanyName;
pub use outcome::{NameMatch, NameReason, Score};
