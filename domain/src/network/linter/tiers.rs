//! Whether tiers follow each other from the first value on, without a gap and without an overlap.

use crate::network::TermsFault;

/// What is wrong with the ranges of a rule's tiers, each from its first value to the one before which it ends; `start` is the
/// value at which the first has to begin, and the last has no end.
pub(super) fn faults(
    rule: &str,
    start: u64,
    ranges: impl ExactSizeIterator<Item = (u64, Option<u64>)>,
    faults: &mut Vec<TermsFault>,
) {
    let (rule, count) = (rule.to_owned(), ranges.len());
    if count == 0 {
        faults.push(TermsFault::NoTiers { rule });
        return;
    }
    let mut due = Some(start);
    for (tier, (from, end)) in ranges.enumerate() {
        match due {
            Some(due) if from > due => faults.push(TermsFault::TierGap { rule: rule.clone(), tier }),
            Some(due) if from == due => {}
            Some(_) | None => faults.push(TermsFault::TierOverlap { rule: rule.clone(), tier }),
        }
        if end.is_some_and(|end| end <= from) {
            faults.push(TermsFault::EmptyTier { rule: rule.clone(), tier });
        }
        due = end;
    }
    if due.is_some() {
        faults.push(TermsFault::TierGap { rule, tier: count });
    }
}
