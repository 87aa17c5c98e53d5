//! What a network's file says of qualifications (R43, R56, R64, R72).

use std::collections::BTreeSet;

use domain::qualification::{KindFault, QualificationKind};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Code, Fault, Texts,
    convert::converted,
    words::{DutyKind, Requirement},
};
use crate::schema::step;

/// A kind of qualification: what a partner shows that it can do, and what it may do for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QualificationKindDocument {
    /// Its name, by language.
    pub names: Texts,
    /// What a partner has to show, by language.
    pub descriptions: Texts,
    /// The requirement of terms that it meets while it is valid: `support_structure` or `technical_qualification` (R56, R64, R72).
    /// Left out where only stages and courses name it (R43).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub requirement: Option<Requirement>,
    /// The duties that a partner whose terms have the requirement takes on only while it meets it (R64, R72).
    #[serde(default)]
    #[schema(max_items = 7, example = json!(["start_up", "integration"]))]
    pub duties: BTreeSet<DutyKind>,
    /// How many months it is valid unless the master says otherwise. Left out where it does not run out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1, maximum = 1200, example = 24)]
    pub valid_months: Option<u32>,
}

impl QualificationKindDocument {
    /// The kind that the domain decides by.
    #[must_use]
    pub fn to_domain(&self, code: &Code) -> QualificationKind {
        let Self { names: _, descriptions: _, requirement, duties, valid_months } = self;
        QualificationKind {
            code: code.0.clone(),
            requirement: requirement.map(Into::into),
            duties: converted(duties),
            valid_months: *valid_months,
        }
    }

    /// Everything that is wrong with what it means, at `at`.
    pub(super) fn faults(&self, code: &Code, at: &str) -> Vec<Fault> {
        let fault = |fault: KindFault| match fault {
            KindFault::RequirementNotShown { requirement } => {
                let message = format!("no qualification meets {}", requirement.code());
                Fault::new(format!("{at}/requirement"), "requirement_not_shown", message)
            }
            KindFault::DutiesWithoutRequirement => {
                let message = "nobody is kept from duties: the requirement is missing that closes them";
                Fault::new(format!("{at}/duties"), "requirement_missing", message)
            }
            KindFault::MaintenanceNotPartners => {
                Fault::new(format!("{at}/duties"), "maintenance_not_masters", "evolutive maintenance stays with the master")
            }
        };
        self.to_domain(code).faults().into_iter().map(fault).collect()
    }
}

/// The kinds of a network, as the domain decides by them.
#[must_use]
pub fn kinds(documents: &IndexMap<Code, QualificationKindDocument>) -> Vec<QualificationKind> {
    documents.iter().map(|(code, document)| document.to_domain(code)).collect()
}

/// The faults of every kind, at its place in the file.
pub(super) fn faults(documents: &IndexMap<Code, QualificationKindDocument>) -> Vec<Fault> {
    documents.iter().flat_map(|(code, document)| document.faults(code, &step("/qualifications", &code.0))).collect()
}
