//! What of a prospect a body claims, read with everything that is wrong with it (D17).

use domain::registration::Scope;
use persistence::{network, view::View};

use crate::{
    network::definition::Code,
    problem::{Problem, Violation},
    write::Work,
};

/// Reads what a body claims: the whole prospect, unless product lines are named.
///
/// # Errors
/// Those of the database. Product lines that no catalogue item that `view` may see belongs to are refused, each of them.
pub(crate) fn read(
    work: &mut Work<'_, '_>,
    view: &View,
    product_lines: Option<&[Code]>,
) -> Result<Result<Scope, Vec<Violation>>, Problem> {
    let Some(named) = product_lines else { return Ok(Ok(Scope::Whole)) };
    let known = network::product_lines(work.conn(), view)?;
    let unknown: Vec<Violation> = named
        .iter()
        .enumerate()
        .filter(|(_, Code(line))| !known.contains(line))
        .map(|(index, Code(line))| {
            Violation::at(format!("/product_lines/{index}"), "unknown_product_line").rule("D17").with("name", line)
        })
        .collect();
    let scope = Scope::of_registration(named.iter().map(|Code(line)| line.clone()));
    Ok(if unknown.is_empty() { Ok(scope) } else { Err(unknown) })
}
