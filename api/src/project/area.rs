//! Whether a consultant works in an area of expertise on a day (R21).

use chrono::NaiveDate;
use domain::expertise::{AreaRefusal, ensure_within};
use persistence::expertise;

use crate::{
    problem::{Problem, Violation},
    promotion::Acting,
    write::Work,
};

/// What keeps the consultant of an agreement from working in an area on a day, said at `pointer`.
pub(super) fn refusal(
    work: &mut Work<'_, '_>,
    acting: &Acting,
    area: &str,
    (on, pointer): (NaiveDate, &'static str),
) -> Result<Option<Violation>, Problem> {
    let allowed: Vec<String> = acting.bound.terms.expertise_areas.iter().cloned().collect();
    let declared = expertise::declared_by(work.conn(), acting.bound.agreement.partner, area)?;
    let Err(refusal) = ensure_within(area, &allowed, &declared, on) else { return Ok(None) };
    let violation = Violation::at(pointer, refusal.code()).rule("R21").with("area", area).with("day", on);
    Ok(Some(match refusal {
        AreaRefusal::Unknown { allowed } => {
            let allowed = if allowed.is_empty() { "–".to_owned() } else { allowed.join(", ") };
            violation.with("allowed", allowed)
        }
        AreaRefusal::NotDeclared => violation,
        AreaRefusal::NotConfirmed { state } => violation.with("state", state.code()),
        AreaRefusal::NotOnThatDay { days } => {
            let until = days.until.map_or_else(|| "–".to_owned(), |until| until.to_string());
            violation.with("from", days.from).with("until", until)
        }
    }))
}
