//! What of disputes is due: the hearings that run (R37).

use domain::{dispute::DisputeSide, obligation::ObligationKind};
use persistence::{db::Conn, dispute as store};

use crate::{
    obligation::{Asked, Obligation, asked::About},
    problem::Problem,
};

/// Until when the caller may speak in each dispute that it is a party of; for a master, when both sides were heard. What another
/// party is given stays untold (D22).
pub(crate) fn hearings(conn: &mut Conn, asked: &Asked) -> Result<Vec<Obligation>, Problem> {
    let kind = ObligationKind::DisputeHearing;
    let mut found = Vec::new();
    for dispute in store::in_hearing(conn, &asked.view)? {
        let Some(hearing) = dispute.status.hearing else { continue };
        let side = asked.only().and_then(|partner| dispute.side_of(partner.into()));
        let is_masters = asked.view.company.master().is_some();
        let until = match side {
            Some(side) => hearing.until(side),
            None if is_masters && asked.partner.is_none() => {
                hearing.until(DisputeSide::Challenger).max(hearing.until(DisputeSide::Holder))
            }
            None => continue,
        };
        // A party whose time is over has nothing to do any more, its master has.
        if !is_masters && until <= asked.now {
            continue;
        }
        let text = asked.say(if is_masters { "dispute_hearing_of_master" } else { "dispute_hearing" }, &[]);
        let partner = side.map(|side| dispute.partner_on(side));
        found.push(asked.until(until, About { kind, subject: dispute.id, partner, text }));
    }
    Ok(asked.cut(found))
}
