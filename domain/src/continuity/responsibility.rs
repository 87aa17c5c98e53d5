//! Who answers for a customer, day by day (R51).
//!
//! What is recorded is a list: the first says who answers since ever, each later one who answers from a day on, until something
//! later says otherwise. Whatever is recorded, every day has exactly one company: that is how the list is read.

use chrono::NaiveDate;

use crate::id::CompanyId;

/// What was recorded of a customer's responsible company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recorded {
    /// The company.
    pub company: CompanyId,
    /// The first day on which it answers; none since ever.
    pub from: Option<NaiveDate>,
}

/// The days on which one company answers, without a day of anybody else's between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The company.
    pub company: CompanyId,
    /// Its first day; none since ever.
    pub from: Option<NaiveDate>,
    /// Its last day; none for good, as far as is known.
    pub until: Option<NaiveDate>,
}

impl Span {
    /// Whether the company answers on a day.
    #[must_use]
    pub fn covers(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}

/// Reads what was recorded, in the order of recording: spans that follow one another without a gap, the last one open.
#[must_use]
pub fn spans(recorded: &[Recorded]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for Recorded { company, from } in recorded.iter().copied() {
        // What begins on that day or later counts no more. None is before every day.
        spans.retain(|span| span.from < from);
        if spans.last().is_some_and(|last| last.company == company) {
            continue;
        }
        spans.push(Span { company, from, until: None });
    }
    let next_from: Vec<_> = spans.iter().skip(1).map(|span| span.from).collect();
    for (span, next) in spans.iter_mut().zip(next_from) {
        span.until = next.and_then(|day| day.pred_opt());
    }
    spans
}

/// The span that covers a day; none where nothing was recorded.
#[must_use]
pub fn responsible_on(spans: &[Span], day: NaiveDate) -> Option<Span> {
    spans.iter().find(|span| span.covers(day)).copied()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::id::PartnerId;

    fn company(number: u128) -> CompanyId {
        CompanyId::Partner(PartnerId::from_uuid(uuid::Uuid::from_u128(number)))
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn recorded(number: u128, from: Option<&str>) -> Recorded {
        Recorded { company: company(number), from: from.map(day) }
    }

    fn on(spans: &[Span], text: &str) -> CompanyId {
        responsible_on(spans, day(text)).unwrap().company
    }

    #[test]
    fn r51_the_company_that_takes_over_answers_from_its_first_day_and_not_before() {
        let spans = spans(&[recorded(1, None), recorded(2, Some("2026-03-10"))]);
        assert_eq!((on(&spans, "1990-01-01"), on(&spans, "2026-03-09")), (company(1), company(1)));
        assert_eq!((on(&spans, "2026-03-10"), on(&spans, "2090-01-01")), (company(2), company(2)));
        assert_eq!((spans[0].until, spans[1].until), (Some(day("2026-03-09")), None));
    }

    #[test]
    fn r51_a_takeover_that_is_taken_back_never_was() {
        let taken_back = spans(&[recorded(1, None), recorded(2, Some("2026-03-10")), recorded(1, Some("2026-03-10"))]);
        assert_eq!(taken_back, [Span { company: company(1), from: None, until: None }]);
        let ended = spans(&[recorded(1, None), recorded(2, Some("2026-03-10")), recorded(3, Some("2026-03-05"))]);
        assert_eq!((ended.len(), on(&ended, "2026-03-04"), on(&ended, "2026-03-05")), (2, company(1), company(3)));
    }

    proptest! {
        #[test]
        fn r51_whatever_is_recorded_every_day_has_exactly_one_company(
            later in prop::collection::vec((1_u128..4, 0_u64..40), 0..12), asked in 0_u64..60
        ) {
            let at = |days| day("2026-01-01").checked_add_days(chrono::Days::new(days)).unwrap();
            let mut all = vec![recorded(1, None)];
            all.extend(later.iter().map(|(number, days)| Recorded { company: company(*number), from: Some(at(*days)) }));
            let spans = spans(&all);
            prop_assert_eq!(spans.iter().filter(|span| span.covers(at(asked))).count(), 1);
            // The oracle asks the list itself: the latest word that is about the day.
            let said = all.iter().rfind(|it| it.from.is_none_or(|from| from <= at(asked))).unwrap();
            prop_assert_eq!(responsible_on(&spans, at(asked)).unwrap().company, said.company);
        }
    }
}
