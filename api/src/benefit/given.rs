//! Which benefits a partner has by its agreements on a day, and what is left of them.

use chrono::NaiveDate;
use domain::{
    benefit::{Benefit, Entitlement},
    id::PartnerId,
};
use persistence::{
    agreement::{self, Agreement},
    benefit::{self as store, BenefitUse, Counted},
    db::Conn,
};

use crate::{
    agreement::terms_of,
    network::definition::{BenefitDocument, Code, TermsDocument},
    problem::Problem,
};

/// A benefit that an agreement gives on a day.
pub(crate) struct Given {
    pub(crate) agreement: Agreement,
    pub(crate) document: BenefitDocument,
    pub(crate) benefit: Benefit,
    pub(crate) entitlement: Entitlement,
}

impl Given {
    /// The benefit of a code in an agreement's terms, if they give it on a day.
    pub(crate) fn of(agreement: &Agreement, document: &TermsDocument, code: &str, on: NaiveDate) -> Option<Self> {
        let (document, benefit) = benefit_of(document, code)?;
        let entitlement = benefit.entitlement(agreement.validity(), on)?;
        Some(Self { agreement: agreement.clone(), document: document.clone(), benefit, entitlement })
    }

    /// What its uses are counted by.
    pub(crate) fn counted(&self) -> Counted<'_> {
        Counted {
            partner: self.agreement.partner,
            agreement: self.agreement.id,
            benefit: &self.benefit.code,
            period: self.entitlement.period,
        }
    }

    /// Its uses that count, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) fn uses(&self, conn: &mut Conn) -> Result<Vec<BenefitUse>, Problem> {
        Ok(store::live(conn, self.counted())?)
    }
}

/// The benefit of a code in terms.
pub(crate) fn benefit_of<'d>(document: &'d TermsDocument, code: &str) -> Option<(&'d BenefitDocument, Benefit)> {
    let (code, found) = document.benefits.get_key_value(&Code(code.to_owned()))?;
    Some((found, found.to_domain(code)))
}

/// The benefits that the agreements of a partner give that are in force on a day, in the order of agreements and terms.
///
/// # Errors
/// Those of the database.
pub(crate) fn given_on(conn: &mut Conn, partner: PartnerId, on: NaiveDate) -> Result<Vec<Given>, Problem> {
    let mut given = Vec::new();
    for agreement in agreement::in_force_of(conn, partner, on)? {
        let (document, _) = terms_of(conn, &agreement)?;
        given.extend(document.benefits.keys().filter_map(|Code(code)| Given::of(&agreement, &document, code, on)));
    }
    Ok(given)
}
