//! Sales: proposals in versions, the contracts they become with their attributions, and annuities with their instalments.

mod annuity;
mod contract;
mod part;
mod proposal;
mod succession;
mod volume;

pub use annuity::{
    Annuity, AnnuityFilters, Instalment, annuities_of, annuity, blameless, find_annuity, has_instalment, insert_annuity,
    insert_instalment, page_annuities, page_instalments, update_annuity, waiting_annuities,
};
pub use contract::{
    Attribution, Contract, ContractFilters, Role, attributions_of, attributions_of_all, contract, contract_of,
    contracts_of_customer, find_contract, insert_attribution, insert_contract, page_contracts, prior_sales, servers_of,
    update_contract,
};
pub use part::{Part, contracts_from, insert_part, parts_of};
pub use proposal::{
    Line, Proposal, ProposalFilters, ProposalVersion, current_version, current_versions, find_proposal, insert_proposal,
    insert_version, lines_of, page_proposals, proposal, update_proposal, versions,
};
pub(crate) use proposal::{ProposalRow, read_duties};
pub use succession::{REVERTED, open_for_customer, open_of, sent_under, successors_of};
pub use volume::{Unlinked, VolumeLink, insert_volume, last_volume, unlinked, volumes_of};

use domain::{
    id::{CompanyId, MasterId, PartnerId},
    money::Currency,
    sale::Fault,
};

use crate::{columns::Uid, error::DbError};

/// A currency in a row.
fn currency(code: &str) -> Result<Currency, DbError> {
    code.parse().map_err(|_| DbError::Corrupt(format!("currency {code}")))
}

/// Whose fault something was, in a row.
fn fault(code: Option<String>) -> Result<Option<Fault>, DbError> {
    let read = |code: String| Fault::from_code(&code).ok_or_else(|| DbError::Corrupt(format!("fault {code}")));
    code.map(read).transpose()
}

/// The company that sells: the supervising master itself, or the partner of the sale.
fn seller(seller: Uid, master: MasterId, partner: Option<PartnerId>) -> Result<CompanyId, DbError> {
    match partner {
        _ if seller == Uid::from(master) => Ok(CompanyId::Master(master)),
        Some(partner) if seller == Uid::from(partner) => Ok(CompanyId::Partner(partner)),
        _ => Err(DbError::Corrupt(format!("seller {} is no party of its sale", seller.0))),
    }
}

/// A count that is above nothing.
fn count(number: i32, what: &str) -> Result<u32, DbError> {
    u32::try_from(number).map_err(|_| DbError::Corrupt(format!("{what} {number}")))
}

/// A count as a column holds it; the contract's limits keep counts far below the largest.
fn column(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
