//! Who answers for whom, since when, and the cases by which that changes hands (R49 to R51).

mod case;
mod guarantee;
mod holding;
mod progress;
mod responsibility;
mod service;
mod takeover;

pub use case::{
    Case, CaseFilters, Evidence, Plan, add_evidence, add_suspension, at_work, evidence_of, find_case, guarantee_uses_of,
    has_open_case, insert_case, is_suspended, page_cases, suspended_by, update_case, use_guarantee, used_of,
};
pub use guarantee::{
    Guarantee, GuaranteeFilters, GuaranteeUse, find_guarantee, guarantee, guarantees_in_force, insert_guarantee, page_guarantees,
    update_guarantee,
};
pub use holding::{
    AnnuityAtStake, Holding, HoldingKind, annuities_at_stake, annuities_beside, answers_for_some, contracts_answered,
    contracts_of, contracts_served, customers_followed, customers_of_contracts, duties_at_stake, left_of, live_registrations,
    next_customers, page_holdings, posted_to_partner, services_at_stake,
};
pub use progress::{
    Approval, Assignment, Move, MoveDirection, ProspectAssignment, add_approval, add_move, approvals_of, assign, assign_prospect,
    assignments_among, assignments_of, count_assignments, moved_and_not_back, moves_count, page_moves, prospects_of,
    unassign_all,
};
pub use responsibility::{Responsibility, add_responsibility, responsibilities_of};
pub use service::{add_service_takeover, service_takeovers_of};
pub use takeover::{Takeover, add_takeover, answerer_of, taken_by, takeovers_of};
