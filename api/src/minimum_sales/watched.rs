//! An agreement whose terms ask for sales, with the days on which it is in force.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::{
    agreement::{AgreementState, StateHistory, StateStep},
    id::AgreementId,
    minimum_sales::{AgreementYear, RequiredSales},
};
use persistence::{
    agreement::{self, Agreement},
    db::Conn,
    minimum_sales as store,
};

use crate::problem::Problem;

/// An agreement whose terms ask for sales.
pub(super) struct Watched {
    pub(super) agreement: Agreement,
    /// How many sales its terms ask for in a whole year.
    pub(super) per_year: u32,
    /// Its last day, known or planned.
    pub(super) last_day: Option<NaiveDate>,
    history: StateHistory,
}

impl Watched {
    /// Those of `agreements` whose terms ask for sales.
    pub(super) fn among(conn: &mut Conn, agreements: Vec<Agreement>) -> Result<Vec<Self>, Problem> {
        let ids: Vec<AgreementId> = agreements.iter().map(|agreement| agreement.id).collect();
        let mut steps: BTreeMap<AgreementId, Vec<StateStep>> = BTreeMap::new();
        for (id, entered) in agreement::states_of_all(conn, &ids)? {
            steps.entry(id).or_default().push(entered.step);
        }
        let watched = agreements.into_iter().filter_map(|agreement| {
            let steps = steps.remove(&agreement.id).unwrap_or_default();
            let per_year = agreement.minimum_sales?;
            Some(Self { per_year, last_day: last_day(&agreement, &steps), history: StateHistory::from_steps(steps), agreement })
        });
        Ok(watched.collect())
    }

    /// Whether the agreement is in force on a day: what is suspended is not, and of days to come nothing else is known than today.
    fn in_force(&self, day: NaiveDate) -> bool {
        self.history.is_in_force(self.agreement.validity(), day)
    }

    /// The year that runs on a day, or the last one of an agreement that has ended; none before the agreement starts.
    pub(super) fn year_on(&self, day: NaiveDate) -> Option<AgreementYear> {
        let day = self.last_day.map_or(day, |last| last.min(day));
        AgreementYear::on(self.agreement.starts_on, day)
    }

    /// What a year asks for.
    pub(super) fn asked_in(&self, year: AgreementYear) -> RequiredSales {
        RequiredSales::of(year, self.per_year, |day| self.in_force(day))
    }

    /// How many sales an even pace would have signed by a day.
    pub(super) fn expected_by(&self, asked: RequiredSales, day: NaiveDate) -> u32 {
        asked.expected_by(day, |day| self.in_force(day))
    }

    /// How many sales were signed in a year until now. What was signed on the day of a termination, before it, counts as well.
    pub(super) fn signed_in(&self, conn: &mut Conn, asked: RequiredSales) -> Result<u32, Problem> {
        let closes_on = asked.closes_on(self.last_day);
        let terminated = self.agreement.state == AgreementState::Terminated && self.last_day == Some(closes_on);
        let last = closes_on.succ_opt().filter(|_| terminated).unwrap_or(closes_on);
        let days = (asked.year.starts_on, last);
        Ok(store::signed_between(conn, self.agreement.partner, self.agreement.type_id, days)?)
    }
}

/// The last day of an agreement: the day before it was terminated, or the one that it was made until.
fn last_day(agreement: &Agreement, steps: &[StateStep]) -> Option<NaiveDate> {
    let terminated = steps.iter().rev().find(|step| step.state == AgreementState::Terminated);
    let before = terminated.and_then(|step| step.from.pred_opt());
    [before, agreement.ends_on].into_iter().flatten().min()
}
