//! A commission divided between the holder and the challenger of a dispute.

use crate::money::{Money, Rate};

/// The two parts of a commission. They always add up to the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Division {
    /// What stays with the holder.
    pub holder: Money,
    /// What is the challenger's.
    pub challenger: Money,
}

/// Divides an amount, to the last minor unit: each side gets the whole units of its part, and the one left over goes to the
/// larger remainder, to the holder where both are the same. For two parts that is: the holder's is rounded half up, and the
/// challenger's is the rest. `None` out of range.
#[must_use]
pub fn divide(whole: Money, holder_share: Rate) -> Option<Division> {
    let holder = whole.proportion(i128::from(holder_share.ppm()), i128::from(Rate::ONE.ppm()))?;
    Some(Division { holder, challenger: whole.checked_sub(holder)? })
}
