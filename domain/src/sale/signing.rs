//! Signing a proposal, the contract years that follow, and the end of a contract before its time.

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::{
    decided::Decided,
    sale::{ContractAction, ContractState, InstalmentKind},
};

/// A signing, as far as days decide it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signing {
    /// The day it was signed.
    pub signed_on: NaiveDate,
    /// The first day of the first contract year.
    pub starts_on: NaiveDate,
    /// The last day on which the proposal can be signed, if it has one.
    pub valid_until: Option<NaiveDate>,
    /// The day it is now.
    pub today: NaiveDate,
    /// Whether the partner's agreement was in force on the day of signing; none where a master sells by itself (D7).
    pub agreement_in_force: Option<bool>,
    /// The same of each promoter's agreement.
    pub promoters_in_force: Vec<bool>,
}

/// Why a proposal cannot be signed so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SigningRefusal {
    /// The day of signing has not come.
    InFuture {
        /// The day it is now.
        today: NaiveDate,
    },
    /// The proposal could be signed no longer.
    RanOut {
        /// Its last day.
        valid_until: NaiveDate,
    },
    /// A contract does not start before it is signed.
    StartsBeforeSigning {
        /// The day of signing.
        signed_on: NaiveDate,
    },
    /// The partner's agreement was not in force on that day (R7).
    AgreementNotInForce,
    /// A promoter's agreement was not in force on that day (R7).
    PromoterNotInForce {
        /// The promoter's place, from 0.
        promoter: usize,
    },
}

impl SigningRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::InFuture { .. } => "signed_in_future",
            Self::RanOut { .. } => "proposal_ran_out",
            Self::StartsBeforeSigning { .. } => "starts_before_signing",
            Self::AgreementNotInForce => "agreement_not_in_force",
            Self::PromoterNotInForce { .. } => "promoter_not_in_force",
        }
    }

    /// The rule it breaks.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        match self {
            Self::InFuture { .. } => "D11",
            Self::RanOut { .. } => "R53",
            Self::StartsBeforeSigning { .. } => "D12",
            Self::AgreementNotInForce | Self::PromoterNotInForce { .. } => "R7",
        }
    }
}

impl Signing {
    /// Every rule that the signing breaks; none for one that makes a contract.
    #[must_use]
    pub fn broken_rules(&self) -> Vec<SigningRefusal> {
        let Self { signed_on, starts_on, valid_until, today, agreement_in_force, promoters_in_force } = self;
        let mut refusals = Vec::new();
        if signed_on > today {
            refusals.push(SigningRefusal::InFuture { today: *today });
        }
        if let Some(valid_until) = valid_until.filter(|last| signed_on > last) {
            refusals.push(SigningRefusal::RanOut { valid_until });
        }
        if starts_on < signed_on {
            refusals.push(SigningRefusal::StartsBeforeSigning { signed_on: *signed_on });
        }
        if *agreement_in_force == Some(false) {
            refusals.push(SigningRefusal::AgreementNotInForce);
        }
        let idle = promoters_in_force.iter().enumerate().filter(|(_, in_force)| !**in_force);
        refusals.extend(idle.map(|(promoter, _)| SigningRefusal::PromoterNotInForce { promoter }));
        refusals
    }
}

/// The last year of the calendar: every day is written with four digits of a year.
const LAST_YEAR: i32 = 9_999;

/// The first and the last day of the `year`th contract year, counted from 1: each begins the day after the one before ended. `None`
/// beyond the year 9999, where the calendar ends.
#[must_use]
pub fn contract_year(starts_on: NaiveDate, year: u32) -> Option<(NaiveDate, NaiveDate)> {
    let begin = |year: u32| starts_on.checked_add_months(Months::new(year.checked_mul(12)?));
    let last = begin(year)?.checked_sub_days(Days::new(1))?;
    (last.year() <= LAST_YEAR).then_some((begin(year.checked_sub(1)?)?, last))
}

/// The days of a contract year on which a contract ran that was cancelled as of a day, and all days of that year. It runs no more on
/// the day as of which it is cancelled (D20).
#[must_use]
pub fn days_served((starts_on, ends_on): (NaiveDate, NaiveDate), cancelled_on: NaiveDate) -> (u32, u32) {
    let days = |until: NaiveDate| until.signed_duration_since(starts_on).num_days();
    let all = days(ends_on).saturating_add(1).max(0);
    let count = |days: i64| u32::try_from(days).unwrap_or_default();
    (count(days(cancelled_on).clamp(0, all)), count(all))
}

/// Why a contract cannot be cancelled so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancellationRefusal {
    /// It ended already.
    WrongState {
        /// Where it stands.
        state: ContractState,
    },
    /// Before it was signed there was nothing to cancel.
    BeforeSigning {
        /// The day of signing.
        signed_on: NaiveDate,
    },
    /// The day has not come.
    InFuture {
        /// The day it is now.
        today: NaiveDate,
    },
}

impl CancellationRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::WrongState { .. } => "wrong_state",
            Self::BeforeSigning { .. } => "cancelled_before_signing",
            Self::InFuture { .. } => "cancelled_in_future",
        }
    }

    /// The rule it breaks.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        "D20"
    }
}

/// Cancels a contract as of a day. Cancelled again, nothing changes.
///
/// # Errors
/// Every [`CancellationRefusal`] at once.
pub fn cancel(
    state: ContractState,
    signed_on: NaiveDate,
    on: NaiveDate,
    today: NaiveDate,
) -> Result<Decided<ContractState>, Vec<CancellationRefusal>> {
    let decided =
        state.after(ContractAction::Cancel).map_err(|wrong| vec![CancellationRefusal::WrongState { state: wrong.state }])?;
    let early = (on < signed_on).then_some(CancellationRefusal::BeforeSigning { signed_on });
    let late = (on > today).then_some(CancellationRefusal::InFuture { today });
    let refusals: Vec<_> = early.into_iter().chain(late).collect();
    if decided == Decided::Unchanged || refusals.is_empty() { Ok(decided) } else { Err(refusals) }
}

/// Whether something of this kind can be recorded on a contract year that starts on `starts_on`, given the day the contract was
/// cancelled: a year that had not begun by then is neither billed nor collected, but what was can be given back (D20).
#[must_use]
pub fn can_still_record(kind: InstalmentKind, starts_on: NaiveDate, cancelled_on: Option<NaiveDate>) -> bool {
    match kind {
        InstalmentKind::Invoice | InstalmentKind::Collection => cancelled_on.is_none_or(|day| starts_on < day),
        InstalmentKind::Credit | InstalmentKind::Refund => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn signing() -> Signing {
        Signing {
            signed_on: day("2026-07-01"),
            starts_on: day("2026-07-01"),
            valid_until: None,
            today: day("2026-07-01"),
            agreement_in_force: Some(true),
            promoters_in_force: vec![true],
        }
    }

    #[test]
    fn d20_a_contract_ran_on_the_days_before_the_one_as_of_which_it_is_cancelled() {
        let year = (day("2026-03-02"), day("2027-03-01"));
        let table = [
            ("2026-03-01", 0),
            ("2026-03-02", 0),
            ("2026-03-03", 1),
            ("2027-03-01", 364),
            ("2027-03-02", 365),
            ("2028-01-01", 365),
        ];
        for (cancelled_on, served) in table {
            assert_eq!(days_served(year, day(cancelled_on)), (served, 365), "{cancelled_on}");
        }
        assert_eq!(days_served((day("2027-03-02"), day("2028-03-01")), day("2028-03-01")), (365, 366));
    }

    #[test]
    fn a_proposal_is_signed_up_to_today_and_up_to_its_last_day() {
        let broken = |signed: &str, valid: &str, today: &str| {
            let (signed_on, today) = (day(signed), day(today));
            Signing { signed_on, starts_on: signed_on, valid_until: Some(day(valid)), today, ..signing() }.broken_rules()
        };
        assert_eq!(broken("2026-06-30", "2026-07-01", "2026-07-01"), []);
        assert_eq!(broken("2026-07-01", "2026-07-01", "2026-07-01"), []);
        let ran_out = SigningRefusal::RanOut { valid_until: day("2026-07-01") };
        assert_eq!(broken("2026-07-02", "2026-07-01", "2026-07-02"), [ran_out]);
        let early = SigningRefusal::InFuture { today: day("2026-07-01") };
        assert_eq!(broken("2026-07-02", "2026-07-01", "2026-07-01"), [early, ran_out]);
    }

    #[test]
    fn a_contract_starts_on_the_day_of_signing_or_later() {
        let broken = |starts: &str| Signing { starts_on: day(starts), ..signing() }.broken_rules();
        assert_eq!(broken("2026-06-30"), [SigningRefusal::StartsBeforeSigning { signed_on: day("2026-07-01") }]);
        assert_eq!(broken("2026-07-01"), []);
        assert_eq!(broken("2026-07-02"), []);
    }

    #[test]
    fn every_agreement_of_a_sale_is_in_force_on_the_day_of_signing() {
        let broken =
            Signing { agreement_in_force: Some(false), promoters_in_force: vec![true, false], ..signing() }.broken_rules();
        assert_eq!(broken, [SigningRefusal::AgreementNotInForce, SigningRefusal::PromoterNotInForce { promoter: 1 }]);
        assert_eq!(Signing { agreement_in_force: None, ..signing() }.broken_rules(), []);
    }

    #[test]
    fn contract_years_follow_each_other_without_a_gap() {
        assert_eq!(contract_year(day("2026-07-01"), 1), Some((day("2026-07-01"), day("2027-06-30"))));
        assert_eq!(contract_year(day("2026-07-01"), 2), Some((day("2027-07-01"), day("2028-06-30"))));
        assert_eq!(contract_year(day("2028-02-29"), 1), Some((day("2028-02-29"), day("2029-02-27"))));
        assert_eq!(contract_year(day("2028-02-29"), 2), Some((day("2029-02-28"), day("2030-02-27"))));
        assert_eq!(contract_year(day("2028-02-29"), 5), Some((day("2032-02-29"), day("2033-02-27"))));
        assert_eq!(contract_year(day("2026-07-01"), 0), None);
        assert_eq!(contract_year(day("2026-07-01"), u32::MAX), None);
    }

    #[test]
    fn a_contract_is_cancelled_from_its_signing_up_to_today() {
        let cancel = |on: &str| cancel(ContractState::Active, day("2026-07-01"), day(on), day("2026-08-01"));
        assert_eq!(cancel("2026-06-30"), Err(vec![CancellationRefusal::BeforeSigning { signed_on: day("2026-07-01") }]));
        assert_eq!(cancel("2026-07-01"), Ok(Decided::Changed(ContractState::Cancelled)));
        assert_eq!(cancel("2026-08-01"), Ok(Decided::Changed(ContractState::Cancelled)));
        assert_eq!(cancel("2026-08-02"), Err(vec![CancellationRefusal::InFuture { today: day("2026-08-01") }]));
    }

    #[test]
    fn a_contract_is_cancelled_once_and_not_after_its_end() {
        let cancel = |state| cancel(state, day("2026-07-01"), day("2026-09-01"), day("2026-08-01"));
        assert_eq!(cancel(ContractState::Cancelled), Ok(Decided::Unchanged));
        assert_eq!(cancel(ContractState::Ended), Err(vec![CancellationRefusal::WrongState { state: ContractState::Ended }]));
    }

    #[test]
    fn a_year_that_had_not_begun_at_the_cancellation_is_not_billed() {
        use InstalmentKind::{Collection, Credit, Invoice, Refund};
        let can = |kind, starts: &str, cancelled: Option<&str>| can_still_record(kind, day(starts), cancelled.map(day));
        for kind in [Invoice, Collection] {
            assert!(can(kind, "2027-07-01", None));
            assert!(can(kind, "2027-07-01", Some("2027-07-02")));
            assert!(!can(kind, "2027-07-01", Some("2027-07-01")));
            assert!(!can(kind, "2027-07-01", Some("2027-06-30")));
        }
        for kind in [Credit, Refund] {
            assert!(can(kind, "2027-07-01", Some("2027-06-30")));
        }
    }
}
