//! The use case of quotes: it reads, computes and writes nothing.

use std::cmp::Ordering;

use domain::{
    commission::{Evaluation, OutcomeReason},
    id::CompanyId,
    ledger::Parties,
    money::Money,
};

use super::{
    imagined::Imagined,
    wire::{NewQuote, Quote, QuotedAmount, QuotedNothing, QuotedSettlement, QuotedTotal, QuotedYear},
};
use crate::{
    ledger::{
        contract_year::{ContractYear, Place, broken, too_large},
        explanation::explained_line,
        posting::{silence, unearned},
        reached::Reached,
        settlement::settled,
    },
    problem::{Language, Problem},
    write::Work,
};

/// What a sale would bring to everyone involved, as far as the caller may know.
pub(super) fn quote(work: &mut Work<'_, '_>, new: &NewQuote, language: Language) -> Result<Quote, Problem> {
    let imagined = Imagined::read(work, new)?;
    let reader = Reader { company: work.caller()?.company, seller: imagined.seller(), language };
    let (mut contract_years, mut movements) = (Vec::new(), Vec::new());
    for year in imagined.contract_years(work)? {
        contract_years.push(reader.year(&year, &mut movements)?);
    }
    work.nothing_changed();
    Ok(Quote {
        signed_on: imagined.signed_on(),
        currency: imagined.currency().code().to_owned(),
        seller: imagined.seller().into(),
        contract_years,
        totals: reader.totals(&movements, Money::zero(imagined.currency()))?,
    })
}

/// One amount that would move.
type Movement = (Parties, Money);

/// Who reads the quote.
struct Reader {
    company: CompanyId,
    seller: CompanyId,
    language: Language,
}

impl Reader {
    /// Whether everybody's part is the reader's business: a master's, and the seller's. Others see their own alone (D22).
    fn sees_all(&self) -> bool {
        self.company.master().is_some() || self.company == self.seller
    }

    fn sees(&self, place: &Place) -> bool {
        self.sees_all() || self.company == CompanyId::Partner(place.attribution.partner)
    }

    fn year(&self, year: &ContractYear, movements: &mut Vec<Movement>) -> Result<QuotedYear, Problem> {
        let contracted = year.contracted()?;
        let (mut amounts, mut nothing) = (Vec::new(), Vec::new());
        for place in year.places.iter().filter(|place| self.sees(place)) {
            let evaluation = year.evaluate(place, Reached::whole(contracted))?;
            let (said, unsaid) = (amounts.len(), nothing.len());
            self.place(year, place, &evaluation, (&mut amounts, &mut nothing))?;
            if (said, unsaid) == (amounts.len(), nothing.len()) {
                nothing.push(self.nothing(place, None, silence(&evaluation)));
            }
        }
        movements.extend(amounts.iter().map(|(movement, _)| *movement));
        let settlement = if self.sees_all() { Some(QuotedSettlement::from(settled(year)?)) } else { None };
        Ok(QuotedYear {
            year: year.annuity.year,
            customer_total: year.customer_total()?.into(),
            lines: year.all_lines().enumerate().map(|(index, line)| explained_line(index, line)).collect(),
            settlement,
            amounts: amounts.into_iter().map(|(_, amount)| amount).collect(),
            nothing,
        })
    }

    /// What each rule of a place makes due, or why it makes nothing due.
    fn place(
        &self,
        year: &ContractYear,
        place: &Place,
        evaluation: &Evaluation,
        (amounts, nothing): (&mut Vec<(Movement, QuotedAmount)>, &mut Vec<QuotedNothing>),
    ) -> Result<(), Problem> {
        for due in &evaluation.entitlements {
            if due.amount.sign() == Ordering::Equal && due.margin_kept.is_none() {
                continue;
            }
            let rule = place.rule(&due.rule).ok_or_else(|| broken(&year.annuity, &due.rule))?;
            let parties = place.parties(due.kind)?;
            let circumstances = year.circumstances(place, evaluation);
            amounts.push(((parties, due.amount), QuotedAmount::of(place, circumstances, parties, rule, due)));
        }
        for (rule, _, _) in evaluation.due().filter(|(_, _, entitled)| entitled.sign() == Ordering::Equal) {
            let reason = unearned(evaluation, rule);
            nothing.extend(reason.map(|reason| self.nothing(place, Some(rule.to_owned()), reason)));
        }
        Ok(())
    }

    fn nothing(&self, place: &Place, rule: Option<String>, reason: OutcomeReason) -> QuotedNothing {
        QuotedNothing::of(&place.attribution, rule, reason, self.language)
    }

    /// What each company would be owed and owe over all years.
    fn totals(&self, movements: &[Movement], zero: Money) -> Result<Vec<QuotedTotal>, Problem> {
        let mut companies: Vec<CompanyId> = Vec::new();
        for company in movements.iter().flat_map(|(parties, _)| [parties.creditor(), parties.debtor()]) {
            if !companies.contains(&company) && (self.sees_all() || company == self.company) {
                companies.push(company);
            }
        }
        let sum = |side: fn(Parties) -> CompanyId, company| {
            let own = movements.iter().filter(|(parties, _)| side(*parties) == company).map(|(_, amount)| *amount);
            Money::sum(own, zero.currency()).ok_or_else(too_large)
        };
        companies
            .into_iter()
            .map(|company| {
                let (owed_to_it, owed_by_it) = (sum(Parties::creditor, company)?, sum(Parties::debtor, company)?);
                Ok(QuotedTotal { company: company.into(), owed_to_it: owed_to_it.into(), owed_by_it: owed_by_it.into() })
            })
            .collect()
    }
}
