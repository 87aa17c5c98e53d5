//! Sessions of a course: on site or online, with places for so many and no more.

use chrono::{DateTime, Utc};

use crate::code::coded;

/// How a session is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Venue {
    /// At a place.
    OnSite,
    /// By a link.
    Online,
}

coded! { Venue { OnSite => "on_site", Online => "online", } }

/// Where a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SessionState {
    /// It takes place.
    Scheduled,
    /// It does not.
    Cancelled,
}

coded! { SessionState { Scheduled => "scheduled", Cancelled => "cancelled", } }

/// A session as it is planned or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionDraft<'a> {
    /// How it is given.
    pub venue: Venue,
    /// Where, if on site.
    pub place: Option<&'a str>,
    /// Its link, if online.
    pub link: Option<&'a str>,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// For how many it has places.
    pub capacity: u32,
    /// How many places are taken.
    pub taken: u32,
}

/// What is wrong with a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionRefusal {
    /// On site there is a place, and no link.
    PlaceMissing,
    /// Online there is a link, and no place.
    LinkMissing,
    /// It ends when it begins, or before.
    EndsBeforeStart,
    /// It would begin in the past.
    StartsInPast,
    /// It has fewer places than are taken.
    FewerPlacesThanTaken {
        /// How many are.
        taken: u32,
    },
}

impl SessionRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::PlaceMissing => "session_place_missing",
            Self::LinkMissing => "session_link_missing",
            Self::EndsBeforeStart => "session_ends_before_start",
            Self::StartsInPast => "session_starts_in_past",
            Self::FewerPlacesThanTaken { .. } => "fewer_places_than_taken",
        }
    }
}

impl SessionDraft<'_> {
    /// Everything that is wrong with it at an instant.
    #[must_use]
    pub fn faults(&self, now: DateTime<Utc>) -> Vec<SessionRefusal> {
        let given = |text: Option<&str>| text.is_some_and(|text| !text.trim().is_empty());
        let venue = match self.venue {
            Venue::OnSite => (!given(self.place)).then_some(SessionRefusal::PlaceMissing),
            Venue::Online => (!given(self.link)).then_some(SessionRefusal::LinkMissing),
        };
        let backwards = (self.ends_at <= self.starts_at).then_some(SessionRefusal::EndsBeforeStart);
        let past = (self.starts_at <= now).then_some(SessionRefusal::StartsInPast);
        let narrow = (self.capacity < self.taken).then_some(SessionRefusal::FewerPlacesThanTaken { taken: self.taken });
        [venue, backwards, past, narrow].into_iter().flatten().collect()
    }
}
