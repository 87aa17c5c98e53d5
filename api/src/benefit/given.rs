//! Which benefits a partner has by its agreements on a day, and what is left of them.

use std::collections::BTreeMap;

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
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) fn of(
        conn: &mut Conn,
        agreement: &Agreement,
        document: &TermsDocument,
        (code, on): (&str, NaiveDate),
    ) -> Result<Option<Self>, Problem> {
        let first_days = first_days(conn, agreement.partner)?;
        Ok(Self::since(agreement, document, (code, on), &first_days))
    }

    fn since(
        agreement: &Agreement,
        document: &TermsDocument,
        (code, on): (&str, NaiveDate),
        first_days: &BTreeMap<String, NaiveDate>,
    ) -> Option<Self> {
        let (document, benefit) = benefit_of(document, code)?;
        let since = first_days.get(code).copied().unwrap_or(agreement.starts_on);
        let entitlement = benefit.entitlement(agreement.validity(), since, on)?;
        Some(Self { agreement: agreement.clone(), document: document.clone(), benefit, entitlement })
    }

    /// What its uses are counted by.
    pub(crate) fn counted(&self) -> Counted<'_> {
        Counted { partner: self.agreement.partner, benefit: &self.benefit.code, year: self.entitlement.counted }
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
    let first_days = first_days(conn, partner)?;
    for agreement in agreement::in_force_of(conn, partner, on)? {
        let (document, _) = terms_of(conn, &agreement)?;
        given.extend(
            document.benefits.keys().filter_map(|Code(code)| Given::since(&agreement, &document, (code, on), &first_days)),
        );
    }
    Ok(given)
}

/// The first day on which a partner had each benefit, by the agreements of it that took effect.
fn first_days(conn: &mut Conn, partner: PartnerId) -> Result<BTreeMap<String, NaiveDate>, Problem> {
    let mut first: BTreeMap<String, NaiveDate> = BTreeMap::new();
    for agreement in agreement::that_took_effect(conn, partner)? {
        let (document, _) = terms_of(conn, &agreement)?;
        for Code(code) in document.benefits.into_keys() {
            let known = first.entry(code).or_insert(agreement.starts_on);
            *known = agreement.starts_on.min(*known);
        }
    }
    Ok(first)
}
