//! What an amendment has to keep to.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

use crate::{
    code::coded,
    network::{AmendmentPolicy, Rule, RuleKind, Terms},
};

/// Which agreements an amendment is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// Those that are made on the new version, from its day on (R86, R90).
    NewAgreements,
    /// Those that exist, too: what they bring by sales signed from its day on.
    ExistingAgreements,
}

coded! { Reach { NewAgreements => "new_agreements", ExistingAgreements => "existing_agreements", } }

/// A version of the terms that is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierVersion {
    /// The first day on which agreements are made under it.
    pub effective_from: NaiveDate,
    /// What it says.
    pub terms: Terms,
}

/// What an amendment is judged by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AmendmentFacts<'a> {
    /// Its terms.
    pub terms: &'a Terms,
    /// From which day they are to count.
    pub effective_from: NaiveDate,
    /// Which agreements it is about.
    pub reach: Reach,
    /// The versions of the type's terms there are.
    pub earlier: &'a [EarlierVersion],
    /// What of the latest of them it changes, as pointers into the terms.
    pub changes: &'a [String],
    /// Whether it changes what is signed, in any language.
    pub texts_change: bool,
    /// What the network allows.
    pub policy: AmendmentPolicy,
    /// The day on which it is judged.
    pub today: NaiveDate,
}

/// Why an amendment cannot be proposed or approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AmendmentRefusal {
    /// It says what the terms say already.
    ChangesNothing,
    /// Each version takes effect later than the one before (R86).
    NotAfterLatest {
        /// The first day of the latest version.
        latest: NaiveDate,
    },
    /// The network keeps partners on the version that they signed (R90).
    ExistingNotAllowed,
    /// Whoever signed on a past day stays on what it signed: from a past day only agreements that exist can be reached (R90).
    PastForNewAgreements {
        /// The day on which it is judged.
        today: NaiveDate,
    },
    /// It reaches further back than the network allows.
    TooFarBack {
        /// The earliest day.
        earliest: NaiveDate,
    },
    /// Of agreements that exist only what sales bring can be changed: what they say else was signed (R90).
    KeptByExisting {
        /// What would change, as a pointer into the terms.
        what: String,
    },
    /// An agreement that exists may be in a stage that the terms know no more (R39).
    StageMissing {
        /// The stage.
        stage: String,
    },
    /// A rule that stands keeps the way its money goes: what goes another way is another rule.
    RuleKindChanged {
        /// The rule.
        rule: String,
    },
}

impl AmendmentRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ChangesNothing => "changes_nothing",
            Self::NotAfterLatest { .. } => "not_after_latest_terms",
            Self::ExistingNotAllowed => "existing_agreements_not_allowed",
            Self::PastForNewAgreements { .. } => "past_for_new_agreements",
            Self::TooFarBack { .. } => "too_far_back",
            Self::KeptByExisting { .. } => "kept_by_existing_agreements",
            Self::StageMissing { .. } => "stage_missing",
            Self::RuleKindChanged { .. } => "rule_kind_changed",
        }
    }

    /// The rule it breaks.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::ChangesNothing | Self::NotAfterLatest { .. } => "R86",
            Self::ExistingNotAllowed
            | Self::PastForNewAgreements { .. }
            | Self::TooFarBack { .. }
            | Self::KeptByExisting { .. } => "R90",
            Self::StageMissing { .. } => "R39",
            Self::RuleKindChanged { .. } => "D16",
        }
    }
}

/// Everything that an amendment breaks, beside the contradictions in its terms.
#[must_use]
pub fn refusals(facts: &AmendmentFacts<'_>) -> Vec<AmendmentRefusal> {
    let mut refusals = Vec::new();
    if facts.changes.is_empty() && !facts.texts_change {
        refusals.push(AmendmentRefusal::ChangesNothing);
    }
    let latest = facts.earlier.iter().map(|version| version.effective_from).max();
    if let Some(latest) = latest.filter(|latest| facts.effective_from <= *latest) {
        refusals.push(AmendmentRefusal::NotAfterLatest { latest });
    }
    let past = facts.effective_from < facts.today;
    match facts.reach {
        Reach::NewAgreements if past => refusals.push(AmendmentRefusal::PastForNewAgreements { today: facts.today }),
        Reach::NewAgreements => {}
        Reach::ExistingAgreements => existing(facts, &mut refusals),
    }
    refusals.extend(changed_kinds(facts).map(|rule| AmendmentRefusal::RuleKindChanged { rule }));
    refusals
}

/// What an amendment of agreements that exist has to keep to.
fn existing(facts: &AmendmentFacts<'_>, refusals: &mut Vec<AmendmentRefusal>) {
    if !facts.policy.existing_agreements {
        refusals.push(AmendmentRefusal::ExistingNotAllowed);
    }
    let back = Days::new(u64::from(facts.policy.retroactive_days));
    let earliest = facts.today.checked_sub_days(back).unwrap_or(NaiveDate::MIN);
    if facts.effective_from < earliest {
        refusals.push(AmendmentRefusal::TooFarBack { earliest });
    }
    let kept = facts.changes.iter().filter(|pointer| !is_about_sales(pointer));
    refusals.extend(kept.map(|what| AmendmentRefusal::KeptByExisting { what: what.clone() }));
    let known: Vec<&str> = facts.terms.stages.iter().map(|stage| stage.code.as_str()).collect();
    let mut missing: Vec<&str> = Vec::new();
    for stage in facts.earlier.iter().flat_map(|version| &version.terms.stages) {
        if !known.contains(&stage.code.as_str()) && !missing.contains(&stage.code.as_str()) {
            missing.push(&stage.code);
        }
    }
    refusals.extend(missing.into_iter().map(|stage| AmendmentRefusal::StageMissing { stage: stage.to_owned() }));
}

/// Whether what stands at a pointer into the terms decides what a sale brings, and nothing else.
#[must_use]
fn is_about_sales(pointer: &str) -> bool {
    let mut steps = pointer.split('/').skip(1);
    match (steps.next(), steps.next(), steps.next()) {
        (Some("rules"), ..) | (Some("margin_uplift"), None, None) => true,
        (Some("stages"), Some(_), Some(part)) => matches!(part, "margin" | "names"),
        _ => false,
    }
}

/// The rules of the amendment that an earlier version has with another kind.
fn changed_kinds<'a>(facts: &'a AmendmentFacts<'_>) -> impl Iterator<Item = String> + use<'a> {
    let earlier = facts.earlier.iter().flat_map(|version| &version.terms.rules);
    let mut kinds: BTreeMap<&str, Vec<RuleKind>> = BTreeMap::new();
    for Rule { code, kind, .. } in earlier {
        kinds.entry(code).or_default().push(*kind);
    }
    let rules = facts.terms.rules.iter();
    rules.filter_map(move |rule| {
        let known = kinds.get(rule.code.as_str())?;
        known.iter().any(|kind| *kind != rule.kind).then(|| rule.code.clone())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        money::Rate,
        network::samples::{terms_of_promoter, terms_of_reseller},
    };

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    const ALLOWING: AmendmentPolicy = AmendmentPolicy { existing_agreements: true, retroactive_days: 90 };

    /// A version of 1 January that is judged on 2 March.
    fn earlier(terms: Terms) -> Vec<EarlierVersion> {
        vec![EarlierVersion { effective_from: day("2026-01-01"), terms }]
    }

    struct Case<'a> {
        from: &'a str,
        reach: Reach,
        changes: &'a [&'a str],
        policy: AmendmentPolicy,
    }

    fn of(case: &Case<'_>, before: Terms, after: &Terms) -> Vec<AmendmentRefusal> {
        let (earlier, changes) = (earlier(before), case.changes.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
        refusals(&AmendmentFacts {
            terms: after,
            effective_from: day(case.from),
            reach: case.reach,
            earlier: &earlier,
            changes: &changes,
            texts_change: false,
            policy: case.policy,
            today: day("2026-03-02"),
        })
    }

    fn judged(from: &str, reach: Reach, policy: AmendmentPolicy) -> Vec<AmendmentRefusal> {
        let terms = terms_of_reseller();
        of(&Case { from, reach, changes: &["/margin_uplift"], policy }, terms.clone(), &terms)
    }

    #[test]
    fn r90_new_agreements_are_reached_from_today_on_and_existing_ones_as_far_back_as_the_network_allows() {
        use Reach::{ExistingAgreements, NewAgreements};
        let today = day("2026-03-02");
        assert_eq!(judged("2026-03-02", NewAgreements, ALLOWING), []);
        assert_eq!(judged("2026-03-01", NewAgreements, ALLOWING), [AmendmentRefusal::PastForNewAgreements { today }]);
        let ten = AmendmentPolicy { retroactive_days: 10, ..ALLOWING };
        assert_eq!(judged("2026-02-20", ExistingAgreements, ten), []);
        let earliest = day("2026-02-20");
        assert_eq!(judged("2026-02-19", ExistingAgreements, ten), [AmendmentRefusal::TooFarBack { earliest }]);
        let never = AmendmentPolicy { existing_agreements: false, retroactive_days: 0 };
        assert_eq!(judged("2026-03-02", ExistingAgreements, never), [AmendmentRefusal::ExistingNotAllowed]);
    }

    #[test]
    fn r86_each_version_takes_effect_later_than_the_one_before() {
        let latest = day("2026-01-01");
        let from = |from| judged(from, Reach::ExistingAgreements, ALLOWING);
        assert_eq!(from("2026-01-01"), [AmendmentRefusal::NotAfterLatest { latest }]);
        assert_eq!(from("2026-01-02"), []);
    }

    #[test]
    fn r90_of_existing_agreements_only_what_sales_bring_changes_and_everything_else_is_told_at_once() {
        let terms = terms_of_reseller();
        let changes = ["/rules/margin/rate", "/margin_uplift", "/stages/start/margin", "/stages/start/names/en"];
        let case = |changes| Case { from: "2026-03-02", reach: Reach::ExistingAgreements, changes, policy: ALLOWING };
        assert_eq!(of(&case(&changes), terms.clone(), &terms), []);
        let kept = ["/duties/support/default", "/stages/start/adds", "/stages/new", "/fees/course", "/minimum_sales_per_year"];
        let expected = kept.map(|what| AmendmentRefusal::KeptByExisting { what: what.to_owned() });
        assert_eq!(of(&case(&kept), terms.clone(), &terms), expected);
        let for_new = Case { reach: Reach::NewAgreements, ..case(&kept) };
        assert_eq!(of(&for_new, terms.clone(), &terms), []);
    }

    #[test]
    fn r39_no_stage_of_an_agreement_that_exists_goes_missing() {
        let before = terms_of_reseller();
        let mut after = before.clone();
        after.stages.retain(|stage| stage.code != "helpdesk");
        let case = Case { from: "2026-03-02", reach: Reach::ExistingAgreements, changes: &["/margin_uplift"], policy: ALLOWING };
        assert_eq!(of(&case, before, &after), [AmendmentRefusal::StageMissing { stage: "helpdesk".to_owned() }]);
    }

    #[test]
    fn a_rule_keeps_the_way_its_money_goes_and_may_change_in_everything_else() {
        let before = terms_of_promoter();
        let mut after = before.clone();
        let case = Case { from: "2026-03-02", reach: Reach::NewAgreements, changes: &["/rules"], policy: ALLOWING };
        after.rules[0].rate = crate::network::RuleRate::Fixed(Rate::ONE);
        assert_eq!(of(&case, before.clone(), &after), []);
        after.rules[0].kind = RuleKind::BuyPrice;
        assert_eq!(of(&case, before, &after), [AmendmentRefusal::RuleKindChanged { rule: "commission".to_owned() }]);
    }

    #[test]
    fn an_amendment_changes_something() {
        let terms = terms_of_reseller();
        let case = Case { from: "2026-03-02", reach: Reach::NewAgreements, changes: &[], policy: ALLOWING };
        assert_eq!(of(&case, terms.clone(), &terms), [AmendmentRefusal::ChangesNothing]);
    }

    #[test]
    fn every_code_leads_back_to_its_value() {
        assert!(Reach::ALL.iter().all(|reach| Reach::from_code(reach.code()) == Some(*reach)));
    }
}
