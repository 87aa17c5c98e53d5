//! `entente openapi`

use std::io::Write;

use super::Failure;
use crate::routes;

pub(super) fn run() -> Result<(), Failure> {
    Ok(std::io::stdout().write_all(routes::contract()?.yaml().as_bytes())?)
}
