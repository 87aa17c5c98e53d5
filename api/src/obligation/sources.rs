//! The capabilities that say what of theirs is due: one small function each.

use domain::obligation::ObligationKind;
use persistence::db::Conn;

use super::{Asked, Obligation};
use crate::{
    academy, agreement, dispute, entry_fee, finding, ledger, minimum_sales, payout, problem::Problem, qualification,
    registration, statement, support,
};

type Source = fn(&mut Conn, &Asked) -> Result<Vec<Obligation>, Problem>;

/// Every kind of obligation, with the function of its room. Each finds those that `Asked` asks for: at most so many, in the order of
/// their places, from the one after which the page begins.
pub(super) const SOURCES: &[(ObligationKind, Source)] = &[
    (ObligationKind::AgreementExpiry, agreement::obligation::expiries),
    (ObligationKind::CertificateExpiry, academy::obligation::expiries),
    (ObligationKind::DisputeHearing, dispute::obligation::hearings),
    (ObligationKind::EntryFee, entry_fee::obligation::due),
    (ObligationKind::Finding, finding::obligation::undecided),
    (ObligationKind::MinimumSales, minimum_sales::obligation::running),
    (ObligationKind::Protection, registration::obligation::protections),
    (ObligationKind::QualificationExpiry, qualification::obligation::expiries),
    (ObligationKind::RecoveryInstalment, ledger::recovery::obligation::instalments),
    (ObligationKind::Remittance, payout::remittance::obligation::owed),
    (ObligationKind::Statement, statement::obligation::unstated),
    (ObligationKind::Supervision, agreement::obligation::supervisions),
    (ObligationKind::SupervisionItem, agreement::obligation::unmet_items),
    (ObligationKind::SupportRequest, support::obligation::wanted),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_one_source() {
        let kinds: Vec<ObligationKind> = SOURCES.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(kinds, ObligationKind::ALL);
    }
}
