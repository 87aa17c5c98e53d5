//! When an entry fee is paid: the books say so, nothing beside them. It is once its payment is recorded, or once nothing is open of the
//! statement that it stands on (R58).

use domain::{entry_fee::EntryFeeState, id::EntryId};
use persistence::{db::Db, entry_fee as store, payout::RemittanceAccount};

use super::commands::{finish, keep, today};
use crate::{
    payout::remittance::settled,
    problem::Problem,
    write::{Job, Work},
};

/// Notes those invoiced entry fees as paid whose statements the partner has settled. How many.
///
/// # Errors
/// Those of the database.
pub(crate) fn follow_payments(work: &mut Work<'_, '_>, account: &RemittanceAccount) -> Result<usize, Problem> {
    let invoiced = store::invoiced_of(work.conn(), account)?;
    let entries: Vec<EntryId> = invoiced.iter().filter_map(|of| of.invoice.as_ref()).map(|invoice| invoice.entry).collect();
    let stated = store::statements_of(work.conn(), &entries)?;
    if stated.is_empty() {
        return Ok(0);
    }
    let settled = settled(work.conn(), account)?;
    let mut noted: usize = 0;
    for found in invoiced {
        let entry = found.invoice.as_ref().map(|invoice| invoice.entry);
        let statement = stated.iter().find(|(of, _)| Some(*of) == entry).map(|(_, statement)| *statement);
        let Some((statement, payment)) = settled.iter().find(|(of, _)| Some(*of) == statement) else { continue };
        let payment = match payment {
            Some(paid) => {
                store::Payment { paid_on: paid.received_on, reference: paid.reference.clone(), remittance: Some(paid.id) }
            }
            None => store::Payment { paid_on: today(work, &found)?, reference: statement.to_string(), remittance: None },
        };
        let kept = keep(work, store::EntryFee { state: EntryFeeState::Paid, payment: Some(payment), ..found })?;
        finish(work, "entry_fee.paid", kept)?;
        noted = noted.saturating_add(1);
    }
    Ok(noted)
}

/// Notes what statements settled that were closed since: a partner may have paid before it was stated. How many entry fees.
///
/// # Errors
/// Those of the database.
pub async fn note_settled(db: &Db) -> Result<usize, Problem> {
    let mut noted: usize = 0;
    for account in db.read(|tx| Ok::<_, Problem>(store::accounts_with_invoiced(tx.conn)?)).await? {
        let mut job = Job::named("entry-fees-settled");
        let found = db.write(move |tx| job.run(tx, None, |work| follow_payments(work, &account))).await?;
        noted = noted.saturating_add(found);
    }
    Ok(noted)
}
