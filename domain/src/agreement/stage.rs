//! The stages of a partner's growth, each from a date (R39 to R44).

use chrono::NaiveDate;

use crate::{
    decided::Decided,
    network::{Stage, Terms},
};

/// The stage an agreement has from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageStep {
    /// The first day.
    pub from: NaiveDate,
    /// The stage's code in the agreement's terms.
    pub stage: String,
}

/// The stages of one agreement, in ascending order of their first days (R39).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StageHistory {
    steps: Vec<StageStep>,
}

/// Why a stage cannot be entered so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StageRefusal {
    /// The terms have no such stage.
    UnknownStage {
        /// What was asked for.
        stage: String,
        /// The stages there are, in the order of growth.
        known: Vec<String>,
    },
    /// The day is over: a stage never changes terms backwards (R39).
    BeforeToday {
        /// The first day possible.
        today: NaiveDate,
    },
    /// The agreement has not started on that day.
    BeforeStart {
        /// Its first day.
        start: NaiveDate,
    },
    /// A stage that begins on the same day or later is decided already (R39).
    NotAfterLatest {
        /// From when the latest is.
        latest: NaiveDate,
    },
    /// The agreement's latest stage is the same one, from an earlier day.
    AlreadyReached {
        /// From when.
        since: NaiveDate,
    },
    /// Two steps of a stored history are not in ascending order.
    NotAscending {
        /// The later one's first day.
        from: NaiveDate,
    },
}

impl StageRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownStage { .. } => "unknown_stage",
            Self::BeforeToday { .. } => "stage_before_today",
            Self::BeforeStart { .. } => "stage_before_start",
            Self::NotAfterLatest { .. } => "stage_not_after_latest",
            Self::AlreadyReached { .. } => "stage_already_reached",
            Self::NotAscending { .. } => "stages_not_ascending",
        }
    }

    /// The rule it breaks.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        "R39"
    }
}

impl StageHistory {
    /// A history as it was stored.
    ///
    /// # Errors
    /// [`StageRefusal::NotAscending`] for each step that does not begin after the one before.
    pub fn from_steps(steps: Vec<StageStep>) -> Result<Self, Vec<StageRefusal>> {
        let pairs = steps.iter().zip(steps.iter().skip(1));
        let wrong = pairs.filter(|(earlier, later)| later.from <= earlier.from);
        let refusals: Vec<_> = wrong.map(|(_, later)| StageRefusal::NotAscending { from: later.from }).collect();
        if refusals.is_empty() { Ok(Self { steps }) } else { Err(refusals) }
    }

    /// The steps, in ascending order.
    #[must_use]
    pub fn steps(&self) -> &[StageStep] {
        &self.steps
    }

    /// The code of the stage in force on a day; none before the first.
    #[must_use]
    pub fn stage_on(&self, day: NaiveDate) -> Option<&str> {
        self.steps.iter().rev().find(|step| step.from <= day).map(|step| step.stage.as_str())
    }

    /// Enters a stage from a day on. The same stage from the same day again changes nothing.
    ///
    /// # Errors
    /// Every [`StageRefusal`] at once.
    pub fn enter(
        &self,
        terms: &Terms,
        step: StageStep,
        start: NaiveDate,
        today: NaiveDate,
    ) -> Result<Decided<Self>, Vec<StageRefusal>> {
        let latest = self.steps.last();
        if latest == Some(&step) {
            return Ok(Decided::Unchanged);
        }
        let mut refusals = Vec::new();
        if terms.stage(&step.stage).is_none() {
            let known = terms.stages.iter().map(|stage| stage.code.clone()).collect();
            refusals.push(StageRefusal::UnknownStage { stage: step.stage.clone(), known });
        }
        // The first stage begins with the agreement, which may be recorded after its start.
        if latest.is_some() && step.from < today {
            refusals.push(StageRefusal::BeforeToday { today });
        }
        if step.from < start {
            refusals.push(StageRefusal::BeforeStart { start });
        }
        if let Some(latest) = latest.filter(|latest| step.from <= latest.from) {
            refusals.push(StageRefusal::NotAfterLatest { latest: latest.from });
        } else if let Some(latest) = latest.filter(|latest| latest.stage == step.stage) {
            refusals.push(StageRefusal::AlreadyReached { since: latest.from });
        }
        if !refusals.is_empty() {
            return Err(refusals);
        }
        let mut steps = self.steps.clone();
        steps.push(step);
        Ok(Decided::Changed(Self { steps }))
    }
}

impl Terms {
    /// The stage of a code.
    #[must_use]
    pub fn stage(&self, code: &str) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.code == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::samples::terms_of_reseller;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, day).unwrap()
    }

    fn step(stage: &str, from: u32) -> StageStep {
        StageStep { from: day(from), stage: stage.into() }
    }

    fn history(steps: &[(&str, u32)]) -> StageHistory {
        StageHistory::from_steps(steps.iter().map(|(stage, from)| step(stage, *from)).collect()).unwrap()
    }

    fn enter(history: &StageHistory, stage: &str, from: u32, today: u32) -> Result<Decided<StageHistory>, Vec<StageRefusal>> {
        history.enter(&terms_of_reseller(), step(stage, from), day(1), day(today))
    }

    #[test]
    fn a_stage_counts_from_its_first_day_and_never_before() {
        let history = history(&[("start", 5), ("services", 10)]);
        let expected = [(4, None), (5, Some("start")), (9, Some("start")), (10, Some("services")), (11, Some("services"))];
        for (on, stage) in expected {
            assert_eq!(history.stage_on(day(on)), stage, "on {on}");
        }
    }

    #[test]
    fn a_stage_is_not_entered_in_the_past() {
        let before = history(&[("start", 1)]);
        let refused = Err(vec![StageRefusal::BeforeToday { today: day(10) }]);
        assert_eq!(enter(&before, "services", 9, 10), refused);
        for from in [10, 11] {
            assert_eq!(enter(&before, "services", from, 10), Ok(Decided::Changed(history(&[("start", 1), ("services", from)]))));
        }
    }

    #[test]
    fn the_first_stage_begins_with_the_agreement_and_not_before() {
        let none = StageHistory::default();
        assert_eq!(enter(&none, "start", 1, 20), Ok(Decided::Changed(history(&[("start", 1)]))));
        let early = none.enter(&terms_of_reseller(), step("start", 1), day(2), day(1));
        assert_eq!(early, Err(vec![StageRefusal::BeforeStart { start: day(2) }]));
    }

    #[test]
    fn a_stage_begins_after_the_latest_one() {
        let before = history(&[("start", 1), ("services", 15)]);
        for from in [14, 15] {
            let refused = Err(vec![StageRefusal::NotAfterLatest { latest: day(15) }]);
            assert_eq!(enter(&before, "helpdesk", from, 10), refused, "from {from}");
        }
        assert!(enter(&before, "helpdesk", 16, 10).is_ok());
    }

    #[test]
    fn the_same_step_again_changes_nothing_even_later() {
        let before = history(&[("start", 1), ("services", 15)]);
        assert_eq!(enter(&before, "services", 15, 20), Ok(Decided::Unchanged));
        assert_eq!(enter(&before, "services", 25, 20), Err(vec![StageRefusal::AlreadyReached { since: day(15) }]));
    }

    #[test]
    fn every_reason_against_a_stage_is_told_at_once() {
        let refusals = enter(&history(&[("start", 5)]), "moon", 4, 10).unwrap_err();
        let codes: Vec<_> = refusals.iter().map(StageRefusal::code).collect();
        assert_eq!(codes, ["unknown_stage", "stage_before_today", "stage_not_after_latest"]);
    }

    #[test]
    fn a_stored_history_is_in_ascending_order() {
        let wrong = StageHistory::from_steps(vec![step("start", 5), step("services", 5), step("helpdesk", 4)]);
        let expected = vec![StageRefusal::NotAscending { from: day(5) }, StageRefusal::NotAscending { from: day(4) }];
        assert_eq!(wrong, Err(expected));
    }
}
