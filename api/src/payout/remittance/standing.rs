//! How a partner stands with its master: each statement with what payments settled of it, the oldest first.
//!
//! It follows from the statements and the payments alone, so that no two answers can differ: later payments and later statements
//! settle nothing anew that earlier ones settled.

use chrono::{Days, NaiveDate};
use domain::{
    id::{RemittancePaymentId, StatementId},
    money::Money,
    payout::{Ageing, Allocated, Bucket, Open, age, allocate},
};
use persistence::{
    db::Conn,
    payout::{self as store, OwedStatement, RemittanceAccount},
};

use crate::{
    network::policies,
    problem::{Problem, Violation},
};

/// How a partner's bank calls a statement: the letters of its id.
pub(super) fn reference_of(id: StatementId) -> String {
    format!("RS{}", id.to_string().trim_start_matches("statement_"))
}

/// By which day what a statement says has to be paid, and what its bank is to call it; no day out of range.
pub(crate) fn asked(id: StatementId, last_day: NaiveDate, days: u32) -> (Option<NaiveDate>, String) {
    (last_day.checked_add_days(Days::new(u64::from(days))), reference_of(id))
}

/// The statement that a bank calls so.
pub(crate) fn statement_of(reference: &str) -> Option<StatementId> {
    let letters = reference.trim().strip_prefix("RS")?;
    format!("statement_{}", letters.to_ascii_lowercase()).parse().ok()
}

/// A statement, and what is open of it.
pub(super) struct OpenRemittance {
    pub(super) stated: OwedStatement,
    pub(super) due_on: NaiveDate,
    pub(super) settled: Money,
    pub(super) open: Money,
}

impl OpenRemittance {
    /// How long it has been overdue; none where nothing is open.
    pub(super) fn bucket(&self, today: NaiveDate) -> Option<Bucket> {
        self.open.sign().is_gt().then(|| Bucket::of(self.due_on, today))
    }
}

/// How a partner stands with its master in a currency.
pub(super) struct Standing {
    pub(super) remittances: Vec<OpenRemittance>,
    /// What was paid before it was owed.
    pub(super) unallocated: Money,
    /// What each payment settled.
    pub(super) allocations: Vec<(RemittancePaymentId, Vec<Allocated<StatementId>>)>,
}

fn too_large() -> Problem {
    Problem::invalid(vec![Violation::at("", "amounts_too_large").rule("D12")])
}

impl Standing {
    /// Reads how a partner stands.
    pub(super) fn read(conn: &mut Conn, account: &RemittanceAccount, days: u32) -> Result<Self, Problem> {
        let stated = store::owed_statements(conn, account)?;
        let payments = store::remittances_between(conn, account)?;
        Self::of(stated, &payments, account, days).ok_or_else(too_large)
    }

    fn of(
        stated: Vec<OwedStatement>,
        payments: &[store::RemittancePayment],
        account: &RemittanceAccount,
        days: u32,
    ) -> Option<Self> {
        let nothing = Money::zero(account.currency);
        let mut open: Vec<Open<StatementId>> =
            stated.iter().filter(|of| of.due.sign().is_gt()).map(|of| Open { statement: of.statement, amount: of.due }).collect();
        let (mut unallocated, mut allocations) = (nothing, Vec::new());
        // What the master owes back by a statement settles like a payment.
        let owed_back =
            stated.iter().filter(|of| of.due.sign().is_lt()).map(|of| Some((of.last_day, None, of.due.checked_abs()?)));
        let paid = payments.iter().map(|payment| Some((payment.received_on, Some(payment.id), payment.amount)));
        let mut credits = owed_back.chain(paid).collect::<Option<Vec<_>>>()?;
        credits.sort_by_key(|(day, id, _)| (*day, *id));
        for (_, payment, amount) in credits {
            let (parts, left) = allocate(amount, &open)?;
            for part in &parts {
                let settled = open.iter_mut().find(|open| open.statement == part.statement)?;
                settled.amount = settled.amount.checked_sub(part.amount)?;
            }
            unallocated = unallocated.checked_add(left)?;
            allocations.extend(payment.map(|payment| (payment, parts)));
        }
        let mut remittances = Vec::new();
        for stated in stated {
            let left = open.iter().find(|open| open.statement == stated.statement).map_or(nothing, |open| open.amount);
            remittances.push(OpenRemittance {
                due_on: asked(stated.statement, stated.last_day, days).0?,
                settled: stated.due.checked_sub(left)?,
                open: left,
                stated,
            });
        }
        Some(Self { remittances, unallocated, allocations })
    }

    /// What is open, by how long it has been overdue.
    pub(super) fn ageing(&self, account: &RemittanceAccount, today: NaiveDate) -> Result<Ageing, Problem> {
        let open: Vec<(NaiveDate, Money)> = self.remittances.iter().map(|of| (of.due_on, of.open)).collect();
        age(&open, today, account.currency).ok_or_else(too_large)
    }
}

/// The statements of which nothing is open, each with the last payment that settled something of it; none where what the master owed
/// back did.
pub(crate) fn settled(
    conn: &mut Conn,
    account: &RemittanceAccount,
) -> Result<Vec<(StatementId, Option<store::RemittancePayment>)>, Problem> {
    let days = policies(conn, account.network)?.payouts.remittance_days;
    let standing = Standing::read(conn, account, days)?;
    let payments = store::remittances_between(conn, account)?;
    let last_of = |statement: StatementId| {
        let parts = standing.allocations.iter().rfind(|(_, parts)| parts.iter().any(|part| part.statement == statement));
        parts.and_then(|(id, _)| payments.iter().find(|payment| payment.id == *id).cloned())
    };
    let closed = standing.remittances.iter().filter(|of| !of.open.sign().is_gt());
    Ok(closed.map(|of| (of.stated.statement, last_of(of.stated.statement))).collect())
}
