//! Follow-ups: the dated contacts of a client manager about a proposal that it follows, or with a customer of its portfolio (R19, R20).

use chrono::NaiveDate;

use crate::{code::coded, portfolio::PlaceDays};

/// How somebody was in contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContactKind {
    /// By telephone.
    Call,
    /// At their site.
    Visit,
    /// In a meeting elsewhere, or online.
    Meeting,
    /// By letter, e-mail or chat.
    Message,
    /// In another way.
    Other,
}

coded! {
    ContactKind {
        Call => "call",
        Visit => "visit",
        Meeting => "meeting",
        Message => "message",
        Other => "other",
    }
}

/// What a contact is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// A proposal that the client manager follows.
    Proposal,
    /// A customer, on the days of its place in the portfolio.
    Portfolio(PlaceDays),
}

/// Why a contact cannot be noted so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FollowUpRefusal {
    /// The day of the contact has not come.
    InFuture {
        /// The day it is now.
        today: NaiveDate,
    },
    /// The next contact comes before this one.
    NextBeforeThis,
    /// The customer was not in the portfolio on that day (R20).
    OutsidePortfolio {
        /// The days on which it is.
        days: PlaceDays,
    },
}

impl FollowUpRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::InFuture { .. } => "dated_in_future",
            Self::NextBeforeThis => "next_contact_before_this",
            Self::OutsidePortfolio { .. } => "outside_portfolio",
        }
    }

    /// The rule it breaks.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        match self {
            Self::InFuture { .. } | Self::NextBeforeThis => "R19",
            Self::OutsidePortfolio { .. } => "R20",
        }
    }
}

/// Everything that is wrong with the days of a contact.
#[must_use]
pub fn broken_rules(about: About, dated_on: NaiveDate, next_on: Option<NaiveDate>, today: NaiveDate) -> Vec<FollowUpRefusal> {
    let early = (dated_on > today).then_some(FollowUpRefusal::InFuture { today });
    let before = next_on.filter(|next| *next < dated_on).map(|_| FollowUpRefusal::NextBeforeThis);
    let outside = match about {
        About::Portfolio(days) if !days.contain(dated_on) => Some(FollowUpRefusal::OutsidePortfolio { days }),
        About::Portfolio(_) | About::Proposal => None,
    };
    [early, before, outside].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn broken(about: About, dated: &str, next: Option<&str>) -> Vec<&'static str> {
        broken_rules(about, day(dated), next.map(day), day("2026-03-02")).into_iter().map(FollowUpRefusal::code).collect()
    }

    #[test]
    fn r19_a_contact_was_today_or_before_and_the_next_one_is_not_before_it() {
        assert!(broken(About::Proposal, "2026-03-01", None).is_empty());
        assert!(broken(About::Proposal, "2026-03-02", Some("2026-03-02")).is_empty());
        assert_eq!(broken(About::Proposal, "2026-03-03", Some("2026-03-02")), ["dated_in_future", "next_contact_before_this"]);
        assert!(broken(About::Proposal, "2026-03-02", Some("2026-03-03")).is_empty());
    }

    #[test]
    fn r20_a_contact_with_a_customer_is_on_a_day_of_its_place() {
        let about = About::Portfolio(PlaceDays { from: day("2026-02-01"), until: Some(day("2026-03-01")) });
        assert_eq!(broken(about, "2026-01-31", None), ["outside_portfolio"]);
        assert!(broken(about, "2026-02-01", None).is_empty());
        assert!(broken(about, "2026-02-28", None).is_empty());
        assert_eq!(broken(about, "2026-03-01", None), ["outside_portfolio"]);
    }

    #[test]
    fn every_code_leads_back_to_its_value() {
        assert!(ContactKind::ALL.iter().all(|word| ContactKind::from_code(word.code()) == Some(*word)));
    }
}
