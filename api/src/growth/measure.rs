//! What a partner has done and is, measured from its own record.

use chrono::NaiveDate;
use domain::{
    agreement::{StageHistory, StageStep, StateHistory},
    growth::{Growth, GrowthRecord, GrowthRefusal, full_months, passed_over},
    network::{Stage, Terms},
};
use persistence::{
    agreement::{self, Agreement},
    db::Conn,
    growth, qualification, sale,
};

use crate::{agreement::terms_of, calendar, problem::Problem};

/// An agreement with everything that its growth is judged by.
pub(super) struct Grower {
    pub(super) agreement: Agreement,
    pub(super) terms: Terms,
    pub(super) history: StageHistory,
    states: StateHistory,
    /// The day it is now where its master is.
    pub(super) today: NaiveDate,
}

impl Grower {
    /// Reads what the growth of an agreement is judged by.
    pub(super) fn of(conn: &mut Conn, agreement: Agreement, now: chrono::DateTime<chrono::Utc>) -> Result<Self, Problem> {
        let (_, terms) = terms_of(conn, &agreement)?;
        let steps = agreement::stages_of(conn, agreement.id)?.into_iter().map(|stage| stage.step).collect();
        let history = StageHistory::from_steps(steps);
        let history = history.map_err(|_| Problem::internal(format!("{}: stages out of order", agreement.id)))?;
        let states = agreement::history_of(conn, agreement.id)?;
        let today = calendar::today(conn, agreement.network, agreement.master, now)?;
        Ok(Self { agreement, terms, history, states, today })
    }

    /// The growth as it is judged for a stage that begins on a day.
    pub(super) fn growth(&self, from: NaiveDate) -> Growth<'_> {
        let Self { agreement, terms, history, states, today } = self;
        let in_force = states.is_in_force(agreement.validity(), from);
        Growth { terms, history, start: agreement.starts_on, in_force, today: *today }
    }

    /// What a stage passes over that its master lets the agreement enter on its own decision.
    pub(super) fn passed_over(&self, conn: &mut Conn, step: &StageStep) -> Result<Vec<GrowthRefusal>, Problem> {
        let record = self.record(conn, self.terms.stage(&step.stage), step.from)?;
        Ok(passed_over(&self.growth(step.from), step, &record))
    }

    /// The partner's record, as far as `stage` asks for it when it begins on a day.
    pub(super) fn record(&self, conn: &mut Conn, stage: Option<&Stage>, from: NaiveDate) -> Result<GrowthRecord, Problem> {
        let Some(Stage { conditions, .. }) = stage else { return Ok(GrowthRecord::default()) };
        let partner = self.agreement.partner;
        let mut record = GrowthRecord::default();
        for code in &conditions.qualifications {
            if qualification::is_qualified(conn, partner, code, from)? {
                record.qualifications.insert(code.clone());
            }
        }
        if conditions.own_sales > 0 {
            let signed = sale::prior_sales(conn, partner, self.agreement.type_id)?.len();
            record.own_sales = u32::try_from(signed).unwrap_or(u32::MAX);
        }
        if conditions.active_customers > 0 {
            record.active_customers = u32::try_from(growth::active_customers(conn, partner)?).unwrap_or(u32::MAX);
        }
        record.months_in_stage = self.history.steps().last().map_or(0, |step| full_months(step.from, from));
        Ok(record)
    }
}
