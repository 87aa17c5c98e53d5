//! The kinds of qualification that a network knows: data, not code.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::{
    agreement::Validity,
    network::{Duty, Requirement, Terms},
    partner::PartnerRecord,
};

/// A kind of qualification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QualificationKind {
    /// Its code, unique in the network.
    pub code: String,
    /// The requirement of terms that it meets while it is valid; none where only stages and courses name it (R43).
    pub requirement: Option<Requirement>,
    /// What a partner takes on for a customer only while it is qualified, under terms that have the requirement (R64, R72).
    pub duties: BTreeSet<Duty>,
    /// How many months it is valid unless the master says otherwise; none where it does not run out.
    pub valid_months: Option<u32>,
}

/// What is wrong with a kind of qualification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KindFault {
    /// The requirement is met by a number or a record, never by a qualification.
    RequirementNotShown {
        /// The requirement.
        requirement: Requirement,
    },
    /// It has duties, and no requirement says whom they are closed to.
    DutiesWithoutRequirement,
    /// Maintenance is never a partner's (R80).
    MaintenanceNotPartners,
}

impl QualificationKind {
    /// Everything that is wrong with it.
    #[must_use]
    pub fn faults(&self) -> Vec<KindFault> {
        let unshown = self.requirement.filter(|requirement| !requirement.is_shown_by_qualification());
        let unshown = unshown.map(|requirement| KindFault::RequirementNotShown { requirement });
        let for_nobody = (self.requirement.is_none() && !self.duties.is_empty()).then_some(KindFault::DutiesWithoutRequirement);
        let masters = self.duties.contains(&Duty::Maintenance).then_some(KindFault::MaintenanceNotPartners);
        [unshown, for_nobody, masters].into_iter().flatten().collect()
    }

    /// The last day on which it is valid where its first is `from`; none where it does not run out, or not within the calendar.
    #[must_use]
    pub fn last_day(&self, from: NaiveDate) -> Option<NaiveDate> {
        Validity::last_day_of_months(from, self.valid_months?)
    }
}

impl Requirement {
    /// Whether a qualification can meet it: what a partner is able to do, and not what it is or has.
    #[must_use]
    pub const fn is_shown_by_qualification(self) -> bool {
        match self {
            Self::SupportStructure | Self::TechnicalQualification => true,
            Self::RegistrationNumber | Self::TaxId | Self::BillingAbility => false,
        }
    }
}

/// What the qualifications of a partner say of requirements on a day. Where they say nothing of one, the record does: it has no
/// dates, so whatever has dates counts before it.
pub type Shown = BTreeMap<Requirement, bool>;

/// The requirements of `terms` that a partner does not meet (R13, R14, R56, R64, R72).
#[must_use]
pub fn unmet(terms: &Terms, record: &PartnerRecord, shown: &Shown) -> BTreeSet<Requirement> {
    let meets = |requirement: &Requirement| shown.get(requirement).copied().unwrap_or_else(|| record.meets(*requirement));
    terms.requirements.iter().copied().filter(|requirement| !meets(requirement)).collect()
}

/// The duties that are closed to a partner, each with the requirement that it does not meet (R64, R72).
#[must_use]
pub fn closed_duties(kinds: &[QualificationKind], unmet: &BTreeSet<Requirement>) -> BTreeMap<Duty, Requirement> {
    let lacking = kinds.iter().filter_map(|kind| Some((kind, kind.requirement.filter(|asked| unmet.contains(asked))?)));
    lacking.flat_map(|(kind, requirement)| kind.duties.iter().map(move |duty| (*duty, requirement))).collect()
}
