//! What of minimum sales is due: the years that run and ask for more sales (R57, D13).

use domain::{
    minimum_sales::YearStanding,
    obligation::{ObligationKind, Severity},
};
use persistence::{agreement as agreements, db::Conn};

use super::{
    commands::{in_words, pace},
    watched::Watched,
};
use crate::{
    obligation::{Asked, Obligation, asked::About},
    problem::Problem,
};

/// The years that run and in which sales are missing. One that is behind an even pace is due soon, however far its end is.
pub(crate) fn running(conn: &mut Conn, asked: &Asked) -> Result<Vec<Obligation>, Problem> {
    let kind = ObligationKind::MinimumSales;
    let mut found = Vec::new();
    let agreements = agreements::all_with_minimum_sales(conn, &asked.view, asked.only())?;
    for watched in Watched::among(conn, agreements)? {
        let Some(year) = watched.year_on(asked.today) else { continue };
        let pace = pace(conn, &watched, (year, asked.today))?;
        if pace.standing() != YearStanding::Running {
            continue;
        }
        let (subject, partner) = (watched.agreement.id, Some(watched.agreement.partner));
        let text = in_words(&pace, asked.language);
        let mut obligation = asked.on(pace.ends_on, About { kind, subject, partner, text })?;
        if pace.is_on_pace() == Some(false) {
            obligation.severity = obligation.severity.max(Severity::DueSoon);
        }
        found.push(obligation);
    }
    Ok(asked.cut(found))
}
