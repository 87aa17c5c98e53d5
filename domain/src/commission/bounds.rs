//! Floors and caps.

use std::cmp::Ordering;

use crate::{
    commission::{
        Exact, Operation, Quantity,
        explanation::{Named, Record},
    },
    network::{Bounds, BoundsPer, Rule},
};

/// Whether the rule's bounds are about all years of a sale together.
pub(super) fn are_of_sale(rule: &Rule) -> bool {
    rule.bounds.is_some_and(|bounds| bounds.per == BoundsPer::Sale)
}

/// What a floor and a cap leave.
pub(super) fn clamp<R: Record>(
    bounds: &Bounds,
    value: (Named, Exact),
    result: Quantity,
    record: &mut R,
) -> Option<(Named, Exact)> {
    let sides = [
        (bounds.floor, Quantity::Floor, Operation::Maximum, Ordering::Less),
        (bounds.cap, Quantity::Cap, Operation::Minimum, Ordering::Greater),
    ];
    let mut left = value;
    for (bound, name, operation, beyond) in sides {
        let Some(bound) = bound else { continue };
        let (named, exact) = left;
        let bounded = if exact.compare(bound.into())? == beyond { bound.into() } else { exact };
        let after = Named::new(result, bounded);
        record.step(operation, |all| all.extend([named, Named::new(name, bound)]), after.clone());
        left = (after, bounded);
    }
    Some(left)
}

/// What bounds of a whole sale leave of one year, after the years before it: what they leave of all of them, less what they left
/// of the earlier ones.
pub(super) fn clamp_on_top<R: Record>(
    bounds: &Bounds,
    (named, in_full): (Named, Exact),
    earlier: Exact,
    record: &mut R,
) -> Option<(Named, Exact)> {
    let (before, so_far) = (Named::new(Quantity::EarlierYears, earlier), earlier.checked_add(in_full)?);
    let so_far_named = Named::new(Quantity::YearsSoFar, so_far);
    record.step(Operation::Add, |all| all.extend([before.clone(), named]), so_far_named.clone());
    let (so_far_named, so_far) = clamp(bounds, (so_far_named, so_far), Quantity::BoundedSoFar, record)?;
    let (earlier_named, earlier) = clamp(bounds, (before, earlier), Quantity::BoundedEarlier, record)?;
    let left = so_far.checked_sub(earlier)?;
    let result = Named::new(Quantity::Bounded, left);
    record.step(Operation::Subtract, |all| all.extend([so_far_named, earlier_named]), result.clone());
    Some((result, left))
}
