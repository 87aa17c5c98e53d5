//! `entente openapi`

use std::io::Write;

use super::Failure;
use crate::contract::Contract;

pub(super) fn run() -> Result<(), Failure> {
    Ok(std::io::stdout().write_all(Contract::new()?.yaml().as_bytes())?)
}
