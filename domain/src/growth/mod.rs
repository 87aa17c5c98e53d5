//! Growth: how a partner is promoted into the next stage of its terms (R39 to R46).
//!
//! Each stage says in the terms what it asks of a partner ([`StageConditions`](crate::network::StageConditions)): qualifications,
//! signed sales, active customers, months in the stage before, a checklist. A promotion is proposed by the partner or a master,
//! measured against the partner's own record, and decided by the supervising master, for a day that is not over.

mod condition;
mod life;

pub use condition::{CheckedCondition, ConditionKind, GrowthRecord, checked, full_months};
pub use life::{
    Decision, Growth, GrowthRefusal, PromotionAction, PromotionState, WrongPromotionState, approve, may_withdraw, passed_over,
    propose, refuse, withdraw,
};

#[cfg(test)]
mod tests;
