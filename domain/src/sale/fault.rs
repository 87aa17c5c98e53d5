//! Whose fault it is that something was not performed: what is the master's takes nothing back of what partners earned (D20).

use crate::{
    code::coded,
    money::Money,
    sale::{AnnuityState, InstalmentKind},
};

/// Whose fault a credit, a refund or a cancellation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// The master's.
    Master,
}

coded! { Fault { Master => "master", } }

/// Why a fault cannot be recorded with an instalment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultRefusal {
    /// Nothing is taken back by it.
    NothingTakenBack,
    /// A fault has a reason.
    NoReason,
    /// A master's fault is the master's to admit.
    NotAdmitted,
}

impl FaultRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NothingTakenBack => "fault_takes_nothing_back",
            Self::NoReason => "fault_without_reason",
            Self::NotAdmitted => "fault_not_admitted",
        }
    }

    /// The rule it breaks.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        "D20"
    }
}

/// Checks the fault that is recorded with an instalment.
///
/// # Errors
/// Every [`FaultRefusal`] at once.
pub fn check_fault(kind: InstalmentKind, has_reason: bool, by_master: bool) -> Result<(), Vec<FaultRefusal>> {
    let takes_back = matches!(kind, InstalmentKind::Credit | InstalmentKind::Refund);
    let refusals: Vec<_> = [
        (!takes_back).then_some(FaultRefusal::NothingTakenBack),
        (!has_reason).then_some(FaultRefusal::NoReason),
        (!by_master).then_some(FaultRefusal::NotAdmitted),
    ]
    .into_iter()
    .flatten()
    .collect();
    if refusals.is_empty() { Ok(()) } else { Err(refusals) }
}

/// How far an annuity would be had nothing been the master's fault, and beside it what was (D20).
///
/// What is at fault is counted apart, in both directions: a credit note or refund by the fault takes nothing off and gives nothing
/// back, whatever it comes before or after. So an ordinary refund is never set against a credit note by the fault, and what is
/// billed or collected once more because of the fault counts nothing: the ordinary annuity had that all along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blameless {
    state: AnnuityState,
    credited: Money,
    refunded: Money,
    invoiced_again: Money,
    collected_again: Money,
}

impl Blameless {
    /// A new annuity, of which nothing was invoiced yet.
    #[must_use]
    pub const fn new(contracted: Money) -> Self {
        let nothing = Money::zero(contracted.currency());
        let state = AnnuityState::new(contracted);
        Self { state, credited: nothing, refunded: nothing, invoiced_again: nothing, collected_again: nothing }
    }

    /// An annuity after its instalments, in the order in which they were recorded. What it cannot have taken at its place is taken
    /// after the others: of two that were recorded at once, nobody knows which came first. `None` where no order can be.
    #[must_use]
    pub fn after(contracted: Money, instalments: Vec<(InstalmentKind, Money, Option<Fault>)>) -> Option<Self> {
        let (mut annuity, mut left) = (Self::new(contracted), instalments);
        while !left.is_empty() {
            let before = left.len();
            left.retain(|(kind, amount, at_fault)| match annuity.record(*kind, *amount, *at_fault) {
                Some(after) => {
                    annuity = after;
                    false
                }
                None => true,
            });
            if left.len() == before {
                return None;
            }
        }
        Some(annuity)
    }

    /// How far it would be.
    #[must_use]
    pub const fn state(&self) -> AnnuityState {
        self.state
    }

    /// What was credited by the fault.
    #[must_use]
    pub const fn credited(&self) -> Money {
        self.credited
    }

    /// What was refunded by the fault.
    #[must_use]
    pub const fn refunded(&self) -> Money {
        self.refunded
    }

    /// What was invoiced again of what the fault had credited.
    #[must_use]
    pub const fn invoiced_again(&self) -> Money {
        self.invoiced_again
    }

    /// What was collected again of what the fault had credited or refunded.
    #[must_use]
    pub const fn collected_again(&self) -> Money {
        self.collected_again
    }

    /// Records an instalment that the annuity took. `None` for one that it cannot have taken, and for amounts that are too large.
    #[must_use]
    pub fn record(self, kind: InstalmentKind, amount: Money, at_fault: Option<Fault>) -> Option<Self> {
        match (kind, at_fault) {
            (InstalmentKind::Credit, Some(Fault::Master)) => Some(Self { credited: self.credited.checked_add(amount)?, ..self }),
            (InstalmentKind::Refund, Some(Fault::Master)) => Some(Self { refunded: self.refunded.checked_add(amount)?, ..self }),
            (InstalmentKind::Invoice, _) => {
                let (state, again) = self.ordinary_first(kind, amount)?;
                Some(Self { state, invoiced_again: self.invoiced_again.checked_add(again)?, ..self })
            }
            (InstalmentKind::Collection, _) => {
                let (state, again) = self.ordinary_first(kind, amount)?;
                Some(Self { state, collected_again: self.collected_again.checked_add(again)?, ..self })
            }
            (InstalmentKind::Credit | InstalmentKind::Refund, None) => {
                Some(Self { state: self.state.record(kind, amount).ok()?, ..self })
            }
        }
    }

    /// The state with as much of an amount as it has left, and the rest, which is there once more because of the fault.
    fn ordinary_first(&self, kind: InstalmentKind, amount: Money) -> Option<(AnnuityState, Money)> {
        let left = self.state.left(kind);
        let counts = if amount.compare(left)?.is_gt() { left } else { amount };
        let state = if counts.sign().is_gt() { self.state.record(kind, counts).ok()? } else { self.state };
        Some((state, amount.checked_sub(counts)?))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::money::Currency;

    #[test]
    fn d20_a_master_admits_its_fault_in_a_credit_or_refund_with_a_reason() {
        use FaultRefusal::{NoReason, NotAdmitted, NothingTakenBack};
        for kind in [InstalmentKind::Credit, InstalmentKind::Refund] {
            assert_eq!(check_fault(kind, true, true), Ok(()));
            assert_eq!(check_fault(kind, false, true), Err(vec![NoReason]));
            assert_eq!(check_fault(kind, true, false), Err(vec![NotAdmitted]));
        }
        for kind in [InstalmentKind::Invoice, InstalmentKind::Collection] {
            assert_eq!(check_fault(kind, false, false), Err(vec![NothingTakenBack, NoReason, NotAdmitted]));
        }
        assert!(Fault::ALL.iter().all(|fault| Fault::from_code(fault.code()) == Some(*fault)));
    }

    fn eur(minor: i64) -> Money {
        Money::from_minor(minor, Currency::EUR)
    }

    /// What an instalment may be, with whose fault it is.
    const EVENTS: [(InstalmentKind, Option<Fault>); 6] = [
        (InstalmentKind::Invoice, None),
        (InstalmentKind::Collection, None),
        (InstalmentKind::Credit, None),
        (InstalmentKind::Refund, None),
        (InstalmentKind::Credit, Some(Fault::Master)),
        (InstalmentKind::Refund, Some(Fault::Master)),
    ];

    /// Which of them happened, by their places, and with how much.
    type Happened<'a> = &'a [(usize, i64)];

    /// An annuity of 1,200 that was invoiced and collected, after some of the events by their places.
    fn after(events: Happened<'_>) -> Blameless {
        let paid = [(0, 1_200), (1, 1_200)];
        let all = paid.iter().chain(events);
        all.fold(Blameless::new(eur(1_200)), |annuity, (event, amount)| {
            let (kind, at_fault) = EVENTS[*event];
            annuity.record(kind, eur(*amount), at_fault).unwrap()
        })
    }

    #[test]
    fn d20_what_is_the_masters_fault_is_set_against_nothing_that_is_not() {
        let [credit, refund, fault_credit, fault_refund] = [2, 3, 4, 5];
        // After these: what was billed and stands, and what is collected, of what is nobody's fault.
        let table: [(Happened<'_>, i64, i64); 9] = [
            (&[(fault_credit, 250)], 1_200, 1_200),
            (&[(fault_refund, 500), (refund, 300)], 900, 900),
            (&[(refund, 100), (fault_credit, 250)], 1_100, 1_100),
            (&[(refund, 100), (fault_credit, 250), (fault_refund, 150)], 1_100, 1_100),
            (&[(fault_credit, 250), (refund, 100)], 1_100, 1_100),
            (&[(refund, 800), (fault_credit, 400)], 400, 400),
            (&[(credit, 400), (refund, 400), (fault_credit, 100)], 800, 800),
            // Billed and collected once more is what the fault had taken, and an ordinary credit note counts after it.
            (&[(fault_credit, 250), (fault_refund, 250), (0, 250), (1, 250), (credit, 100), (refund, 100)], 1_100, 1_100),
            // What nobody's fault had taken comes first.
            (&[(credit, 100), (refund, 100), (0, 100), (1, 100), (fault_credit, 250), (0, 150)], 1_200, 1_200),
        ];
        for (events, billed, collected) in table {
            let state = after(events).state();
            assert_eq!((state.billed(), state.collected()), (eur(billed), eur(collected)), "{events:?}");
        }
        let again = after(&[(fault_credit, 250), (fault_refund, 250), (0, 250), (1, 100)]);
        assert_eq!((again.credited(), again.refunded()), (eur(250), eur(250)));
        assert_eq!((again.invoiced_again(), again.collected_again()), (eur(250), eur(100)));
    }

    proptest! {
        #[test]
        fn d20_an_event_at_the_masters_fault_changes_nothing_in_any_order(
            events in proptest::collection::vec((0..EVENTS.len(), 1..600_i64), 0..40)
        ) {
            let whole = eur(1_000);
            let (mut real, mut told) = (AnnuityState::new(whole), Blameless::new(whole));
            // The same annuity where what is at fault never happened: it has no room for what comes again because of it.
            let mut ordinary = AnnuityState::new(whole);
            for (event, minor) in events {
                let (kind, at_fault) = EVENTS[event];
                let Ok(after) = real.record(kind, eur(minor)) else { continue };
                real = after;
                let before = told.state();
                told = told.record(kind, eur(minor), at_fault).unwrap();
                if at_fault.is_some() {
                    prop_assert_eq!(told.state(), before);
                } else {
                    let counts = eur(minor.min(ordinary.left(kind).minor()));
                    ordinary = ordinary.record(kind, counts).unwrap_or(ordinary);
                }
                prop_assert_eq!(told.state(), ordinary);
                // A fault leaves nobody with less than there is.
                prop_assert!(told.state().billed().minor() >= real.billed().minor());
                prop_assert!(told.state().standing().minor() >= real.standing().minor());
                prop_assert!(told.state().collected().minor() >= real.collected().minor());
                // Nothing is lost between what counts and what is told beside it.
                let sums = [
                    (told.state().invoiced(), told.invoiced_again(), real.invoiced()),
                    (told.state().credited(), told.credited(), real.credited()),
                    (told.state().refunded(), told.refunded(), real.refunded()),
                ];
                for (counts, beside, all) in sums {
                    prop_assert_eq!(counts.checked_add(beside), Some(all));
                }
            }
        }

        #[test]
        fn d20_an_ordinary_refund_counts_in_proportion_wherever_it_stands_among_those_at_fault(
            credit in 1..400_i64, refund in 1..400_i64, own in 1..400_i64, order in 0..6_usize
        ) {
            let events = [(4, credit), (5, refund), (3, own)];
            let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
            let state = after(&orders[order].map(|place: usize| events[place])).state();
            prop_assert_eq!((state.billed(), state.standing()), (eur(1_200 - own), eur(1_200 - own)));
            prop_assert_eq!(state.collected(), eur(1_200 - own));
        }
    }

    #[test]
    fn d20_what_an_annuity_cannot_have_taken_is_not_counted() {
        use InstalmentKind::{Collection, Invoice, Refund};
        let fault = Some(Fault::Master);
        let events =
            [(Invoice, eur(1_200), None), (Refund, eur(100), None), (Refund, eur(250), fault), (Collection, eur(1_200), None)];
        let found = Blameless::after(eur(1_200), events.to_vec()).unwrap();
        assert_eq!(found.state().collected(), eur(1_100), "what was refunded was collected before");
        assert_eq!(Blameless::after(eur(1_200), events[..3].to_vec()), None);
        let paid = after(&[]);
        assert_eq!(paid.record(InstalmentKind::Credit, eur(1_201), None), None);
        assert_eq!(paid.record(Refund, Money::from_minor(1, Currency::JPY), Some(Fault::Master)), None);
    }
}
