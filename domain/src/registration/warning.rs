//! Warnings that a protection is about to end (D3): each once, and of several that are due together the nearest alone.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, Utc};

use crate::registration::Protection;

/// What the companies concerned were warned of last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Warned {
    /// The end of protection that they were warned of: an extension moves it, and they are warned again.
    pub until: DateTime<Utc>,
    /// How many days before it.
    pub days: u32,
}

/// The warning that is due at `now`, by how many days before the end it stands in the policy: the nearest to the end that was
/// reached, unless it was given for this end before.
///
/// A warning that would have been due before the protection began, because that is shorter, is none. Nor is there one for a
/// protection that has run out.
#[must_use]
pub fn warning_due(
    protection: Protection,
    warned: Option<Warned>,
    now: DateTime<Utc>,
    warning_days: &BTreeSet<u32>,
) -> Option<u32> {
    let Protection { from, until } = protection;
    if now >= until {
        return None;
    }
    let given = warned.filter(|warned| warned.until == until).map(|warned| warned.days);
    let reached = |days: &u32| until.checked_sub_days(Days::new(u64::from(*days))).is_some_and(|due| from < due && due <= now);
    let nearest = warning_days.iter().copied().find(reached)?;
    given.is_none_or(|given| nearest < given).then_some(nearest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    /// Ninety days from 1 January 2026: 31 + 28 + 31.
    fn protection() -> Protection {
        Protection { from: at("2026-01-01T12:00:00Z"), until: at("2026-04-01T12:00:00Z") }
    }

    fn due(warned: Option<u32>, now: &str) -> Option<u32> {
        let warned = warned.map(|days| Warned { until: protection().until, days });
        warning_due(protection(), warned, at(now), &BTreeSet::from([30, 14, 3]))
    }

    #[test]
    fn d3_a_warning_is_due_from_its_instant_on_and_not_before() {
        let table = [
            ("2026-03-02T11:59:59.999999Z", None),
            ("2026-03-02T12:00:00Z", Some(30)),
            ("2026-03-18T11:59:59Z", Some(30)),
            ("2026-03-18T12:00:00Z", Some(14)),
            ("2026-03-29T11:59:59Z", Some(14)),
            ("2026-03-29T12:00:00Z", Some(3)),
            ("2026-04-01T11:59:59Z", Some(3)),
            ("2026-04-01T12:00:00Z", None),
        ];
        for (now, expected) in table {
            assert_eq!(due(None, now), expected, "{now}");
        }
    }

    #[test]
    fn d3_each_warning_is_given_once_and_after_a_pause_the_nearest_alone() {
        assert_eq!(due(Some(30), "2026-03-05T00:00:00Z"), None);
        assert_eq!(due(Some(30), "2026-03-20T00:00:00Z"), Some(14));
        assert_eq!(due(Some(30), "2026-03-30T00:00:00Z"), Some(3), "the one at 14 days was missed");
        assert_eq!(due(Some(3), "2026-03-30T00:00:00Z"), None, "and is not given after it");
    }

    #[test]
    fn d3_after_an_extension_the_new_end_is_warned_of_again() {
        let longer = Protection { until: at("2026-06-30T12:00:00Z"), ..protection() };
        let warned = Some(Warned { until: protection().until, days: 3 });
        let days = BTreeSet::from([30, 14, 3]);
        assert_eq!(warning_due(longer, warned, at("2026-05-01T00:00:00Z"), &days), None);
        assert_eq!(warning_due(longer, warned, at("2026-06-01T00:00:00Z"), &days), Some(30));
    }

    #[test]
    fn d3_a_protection_shorter_than_a_warning_has_none_of_it() {
        let short = Protection { from: at("2026-01-01T12:00:00Z"), until: at("2026-01-15T12:00:00Z") };
        let due = |now| warning_due(short, None, at(now), &BTreeSet::from([30, 14, 3]));
        assert_eq!(due("2026-01-01T12:00:00Z"), None);
        assert_eq!(due("2026-01-12T12:00:00Z"), Some(3));
    }
}
