//! What the list of obligations asks of each capability, and what a capability answers.

use std::cmp::Ordering;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use domain::{
    id::{CompanyId, Id, NetworkId, PartnerId, StaticType},
    obligation::{ObligationKind, Severity, days_left},
};
use persistence::view::{Due, View};
use uuid::Uuid;

use crate::{
    calendar::Calendar,
    problem::{Language, Problem, say},
};

/// Something that runs out or is due, as its capability says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Obligation {
    pub(crate) place: Place,
    /// The id of what it is about, as it is written.
    pub(crate) subject: String,
    /// The partner whose it is; none where it is no single partner's.
    pub(crate) partner: Option<PartnerId>,
    /// The last day on which it is in time.
    pub(crate) due_on: NaiveDate,
    pub(crate) severity: Severity,
    /// What it is, in the reader's language.
    pub(crate) text: String,
}

/// Where an obligation stands in the list: by the last instant at which it is in time, then by kind, then by its subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) at: DateTime<Utc>,
    pub(crate) kind: ObligationKind,
    pub(crate) id: Uuid,
}

/// What is asked of each capability.
pub(crate) struct Asked {
    pub(crate) view: View,
    pub(crate) language: Language,
    pub(crate) now: DateTime<Utc>,
    /// The day where the caller's master is.
    pub(crate) today: NaiveDate,
    pub(crate) calendar: Calendar,
    /// From how many days before its day on something is due soon.
    pub(crate) soon_days: u32,
    /// Those of one partner only.
    pub(crate) partner: Option<PartnerId>,
    /// Those of one severity only.
    pub(crate) severity: Option<Severity>,
    /// Those that are due on this day at the latest.
    pub(crate) due_by: Option<NaiveDate>,
    /// Where the page before ended.
    pub(crate) after: Option<Place>,
    /// How many at most.
    pub(crate) limit: i64,
}

/// What a capability knows of something that is due.
pub(crate) struct About<K: StaticType> {
    pub(crate) kind: ObligationKind,
    pub(crate) subject: Id<K>,
    pub(crate) partner: Option<PartnerId>,
    pub(crate) text: String,
}

impl Asked {
    /// The network.
    pub(crate) const fn network(&self) -> NetworkId {
        self.view.network
    }

    /// The partner whose obligations alone are asked for: the caller, or the one that a master names.
    pub(crate) fn only(&self) -> Option<PartnerId> {
        match self.view.company {
            CompanyId::Partner(own) => Some(own),
            CompanyId::Master(_) => self.partner,
        }
    }

    /// A text of `locales/`.
    pub(crate) fn say(&self, key: &str, params: &[(&'static str, String)]) -> String {
        say(self.language, &format!("obligation.{key}"), params)
    }

    /// Something that is due on a day.
    ///
    /// # Errors
    /// `internal_error` at the end of the calendar.
    pub(crate) fn on<K: StaticType>(&self, due_on: NaiveDate, about: About<K>) -> Result<Obligation, Problem> {
        let at =
            self.calendar.end_of(due_on).ok_or_else(|| Problem::internal(format!("{}: no end of {due_on}", about.subject)))?;
        Ok(self.placed(at, due_on, about))
    }

    /// Something that ends with an instant, its last one being the one before.
    pub(crate) fn until<K: StaticType>(&self, end: DateTime<Utc>, about: About<K>) -> Obligation {
        let at = end.checked_sub_signed(INSTANT).unwrap_or(end);
        self.placed(at, self.calendar.day_of(at), about)
    }

    fn placed<K: StaticType>(&self, at: DateTime<Utc>, due_on: NaiveDate, about: About<K>) -> Obligation {
        let About { kind, subject, partner, text } = about;
        let place = Place { at, kind, id: subject.uuid() };
        let severity = Severity::of(self.today, due_on, self.soon_days);
        Obligation { place, subject: subject.to_string(), partner, due_on, severity, text }
    }

    /// The days that are asked for: after the first and up to the second. A severity is a stretch of days.
    fn days_between(&self) -> (Option<NaiveDate>, Option<NaiveDate>) {
        let yesterday = self.today.checked_sub_days(Days::new(1));
        let soon = self.today.checked_add_days(Days::new(u64::from(self.soon_days)));
        let (above, to) = match self.severity {
            None => (None, None),
            Some(Severity::Overdue) => (None, yesterday),
            Some(Severity::Due) => (yesterday, Some(self.today)),
            Some(Severity::DueSoon) => (Some(self.today), soon),
            Some(Severity::Info) => (soon, None),
        };
        (above, [to, self.due_by].into_iter().flatten().min())
    }

    /// Which days a query of what is due on days has to find.
    pub(crate) fn days(&self, kind: ObligationKind) -> Due<NaiveDate> {
        let (above, to) = self.days_between();
        let after = self.after.map(|place| {
            let day = self.calendar.day_of(place.at);
            // What is due on a day stands at its end: after whatever ends within it.
            let id = match self.calendar.end_of(day) {
                Some(end) if end == place.at => passed(place, kind),
                _ => Uuid::nil(),
            };
            (day, id)
        });
        Due { above, to, after, limit: self.limit }
    }

    /// Which ends a query of what ends with an instant has to find.
    pub(crate) fn ends(&self, kind: ObligationKind) -> Due<DateTime<Utc>> {
        let (above, to) = self.days_between();
        let first_after = |day: NaiveDate| self.calendar.end_of(day)?.checked_add_signed(INSTANT);
        let after = self.after.and_then(|place| Some((place.at.checked_add_signed(INSTANT)?, passed(place, kind))));
        Due { above: above.and_then(first_after), to: to.and_then(first_after), after, limit: self.limit }
    }

    /// Those of a few obligations that are asked for, whose severity may not follow from their day alone.
    pub(crate) fn cut(&self, mut found: Vec<Obligation>) -> Vec<Obligation> {
        found.retain(|it| self.severity.is_none_or(|severity| severity == it.severity));
        found.retain(|it| self.due_by.is_none_or(|day| it.due_on <= day));
        found.retain(|it| self.after.is_none_or(|after| it.place > after));
        found.sort_by_key(|it| it.place);
        found.truncate(usize::try_from(self.limit).unwrap_or(usize::MAX));
        found
    }

    /// The days from today to a day.
    pub(crate) fn days_left(&self, due_on: NaiveDate) -> i64 {
        days_left(self.today, due_on)
    }
}

/// The smallest step of time that is kept.
const INSTANT: TimeDelta = TimeDelta::microseconds(1);

/// The last id of a kind that stands before a place or on it, at the place's own instant.
fn passed(place: Place, kind: ObligationKind) -> Uuid {
    match kind.cmp(&place.kind) {
        Ordering::Less => Uuid::max(),
        Ordering::Equal => place.id,
        Ordering::Greater => Uuid::nil(),
    }
}
