//! What terms pay for services, beside commission (R24).

use domain::{
    money::{Currency, Money},
    network as rules,
};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    AmountText, Code, CurrencyCode, Fault, TermsDocument, Texts,
    convert::not_remunerated,
    words::{Capability, FeeKind, FeeUnit, Remuneration},
};
use crate::schema::step;

/// A fee for services of the partner, which the company that was served confirms and pays (R24, R25).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeeDocument {
    /// What the service is, by language.
    pub texts: Texts,
    /// How it is remunerated: one of the terms' ways.
    pub kind: FeeKind,
    /// What the fee is for one of: time is paid by the `hour` or `day`, courses by the `course`, the rest by the `piece`.
    pub unit: FeeUnit,
    /// What one unit brings, by currency; in kind it is the value, of which no money moves.
    #[schema(example = json!({"EUR": "60.00"}))]
    pub rates: IndexMap<CurrencyCode, AmountText>,
}

impl TermsDocument {
    /// The fees that the domain decides by.
    ///
    /// # Errors
    /// Every fault within them, pointing into this document.
    pub(crate) fn fees_to_domain(&self) -> Result<Vec<rules::Fee>, Vec<Fault>> {
        let mut faults = Vec::new();
        let fees = self.fees.iter().map(|(code, document)| self.fee(code, document, &mut faults)).collect();
        if faults.is_empty() { Ok(fees) } else { Err(faults) }
    }

    /// The fees for courses of a figure that gives none (R22, R24). Terms that were signed so are read all the same.
    pub(super) fn course_fees_without_courses(&self) -> impl Iterator<Item = Fault> {
        let gives_none = !self.capabilities.contains(&Capability::Courses);
        let for_courses = self.fees.iter().filter(move |(_, fee)| gives_none && fee.kind == FeeKind::PerCourseFee);
        for_courses.map(|(code, _)| Fault {
            rule: Some("R22"),
            ..Fault::new(step("/fees", &code.0), "course_fee_without_courses", "the figure makes no courses (R22)")
        })
    }

    fn fee(&self, code: &Code, document: &FeeDocument, faults: &mut Vec<Fault>) -> rules::Fee {
        let FeeDocument { texts: _, kind, unit, rates } = document;
        let at = |part: &str| format!("{}{part}", step("/fees", &code.0));
        let mut read = Vec::new();
        for (currency, amount) in rates {
            match rate(currency, amount, &at("/rates")) {
                Ok(rate) => read.push(rate),
                Err(fault) => faults.push(fault),
            }
        }
        let wrong_currencies = read.len() < rates.len();
        let fee = rules::Fee { code: code.0.clone(), kind: (*kind).into(), unit: (*unit).into(), rates: read };
        let unsaid = !self.remuneration.contains(&Remuneration::from(*kind));
        faults.extend(unsaid.then(|| not_remunerated(at("/kind"))));
        faults.extend(fee.faults().into_iter().filter_map(|fault| match fault {
            rules::FeeFault::UnitOfOtherKind => Some(Fault::new(at("/unit"), "wrong_unit", "the unit is none of its kind")),
            rules::FeeFault::NoRate if wrong_currencies => None,
            rules::FeeFault::NoRate => Some(Fault::new(at("/rates"), "too_few", "the fee is paid in no currency")),
            rules::FeeFault::NotPositive { currency } => {
                Some(Fault::new(step(&at("/rates"), currency.code()), "too_small", "the fee pays nothing"))
            }
        }));
        fee
    }
}

fn rate(code: &CurrencyCode, amount: &AmountText, at: &str) -> Result<Money, Fault> {
    let at = step(at, &code.0);
    let unknown = || Fault::new(at.clone(), "unknown_currency", format!("ISO 4217 knows no currency {}", code.0));
    let currency = Currency::from_code(&code.0).ok_or_else(unknown)?;
    Money::parse(&amount.0, currency).map_err(|error| Fault::new(at, "wrong_amount", error.to_string()))
}

impl From<FeeKind> for Remuneration {
    fn from(kind: FeeKind) -> Self {
        match kind {
            FeeKind::FixedFee => Self::FixedFee,
            FeeKind::TimeFee => Self::TimeFee,
            FeeKind::PerCourseFee => Self::PerCourseFee,
            FeeKind::InKind => Self::InKind,
        }
    }
}
