//! Services on contracts that a master sold: a partner that starts up, integrates, trains or supports its customers does not contract
//! them, and leaves them alone all the same should it fail (R49, R62, R70).

use std::collections::BTreeSet;

use crate::network::{Duties, Duty, Side, Terms};

/// What the partner does for the customer on these lines, beside contracting and billing it.
#[must_use]
pub fn partners_services<'a>(lines: impl IntoIterator<Item = &'a Duties>) -> BTreeSet<Duty> {
    let partners = lines.into_iter().flatten().filter(|(_, side)| **side == Side::Partner);
    partners.map(|(duty, _)| *duty).filter(|duty| duty.is_service()).collect()
}

/// Which of these services no partner can do by its terms.
#[must_use]
pub fn not_done_by(terms: &Terms, services: &BTreeSet<Duty>) -> BTreeSet<Duty> {
    let does = |duty: &Duty| terms.duties.get(duty).is_some_and(|side| side.allowed.contains(&Side::Partner));
    services.iter().copied().filter(|duty| !does(duty)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r49_contracting_and_billing_are_no_services_and_what_the_master_does_is_not_the_partners() {
        let lines = [
            Duties::from([(Duty::Contracting, Side::Partner), (Duty::Billing, Side::Partner), (Duty::Support, Side::Master)]),
            Duties::from([(Duty::StartUp, Side::Partner), (Duty::Training, Side::Master), (Duty::Support, Side::Partner)]),
        ];
        assert_eq!(partners_services(&lines[..1]), BTreeSet::new());
        assert_eq!(partners_services(&lines), BTreeSet::from([Duty::StartUp, Duty::Support]));
    }
}
