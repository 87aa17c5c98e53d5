//! The head of a statement: its companies, its tax and its balances, all known before its first line is written.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{
    id::{CompanyId, MasterId, StatementId},
    money::Money,
    network::Policies,
    partner::Country,
    statement::{Assessment, StatementKind, TaxParty, TaxProfile, TaxRates, TaxTreatment, Totals, VatNumber, VatRegime, assess},
};
use persistence::{
    network, partner,
    statement::{self as store, Account, Run, Statement},
    view::View,
};

use super::super::wire::{StatedCompany, StatedPayment, StatedPeriod, StatedTax, StatedVat, StatedWithholding, StatementHead};
use crate::{
    network::policies,
    payout::remittance,
    problem::{Language, Problem, Violation, say},
    write::Work,
};

/// A company as a statement needs it.
#[derive(Clone)]
struct Party {
    id: CompanyId,
    name: String,
    country: Country,
    tax_id: Option<String>,
    /// Its supervising master; itself, where it is one.
    master: MasterId,
    language: Language,
    profile: Option<TaxProfile>,
}

impl Party {
    fn tax(&self) -> TaxParty<'_> {
        TaxParty { country: self.country, profile: self.profile.as_ref() }
    }

    fn stated(&self) -> StatedCompany {
        let number = self.profile.as_ref().and_then(|profile| profile.vat_number.as_ref()).map(VatNumber::stated);
        StatedCompany {
            id: self.id.to_string(),
            name: self.name.clone(),
            country: self.country.code().to_owned(),
            tax_id: number.or_else(|| self.tax_id.clone()),
        }
    }
}

/// About how many lines the statements get that are opened together.
const LINES_A_BATCH: i64 = 64_000;
/// About how many statements are opened together at most.
const STATEMENTS_A_BATCH: usize = 500;

/// Opens the statements of the next partners that have something to state; whether there are any.
pub(super) fn open_batch(work: &mut Work<'_, '_>, run: &mut Run) -> Result<bool, Problem> {
    let last = store::last_partner_of_batch(work.conn(), run, LINES_A_BATCH)?;
    let mut accounts = store::accounts_after(work.conn(), run, last)?;
    // A partner's statements are opened together: what is left out begins with another partner.
    let last = accounts.get(STATEMENTS_A_BATCH).map(|account| account.partner);
    let end = last.and_then(|last| accounts.iter().skip(STATEMENTS_A_BATCH).position(|account| account.partner != last));
    accounts.truncate(end.map_or(usize::MAX, |end| end.saturating_add(STATEMENTS_A_BATCH)));
    let policies = policies(work.conn(), run.network)?;
    let mut parties = Parties { run, known: HashMap::new() };
    for account in &accounts {
        open(work, &mut parties, &policies, account)?;
    }
    if let Some(account) = accounts.last() {
        run.opened_to = Some(account.partner);
    }
    Ok(!accounts.is_empty())
}

/// The companies that charge the standard rate of their country for something that a run is to state, and the network knows none on
/// the last day of its period: a statement never changes, so that what is missing is to be mended before.
pub(in super::super) fn untaxable(work: &mut Work<'_, '_>, run: &Run) -> Result<Vec<Violation>, Problem> {
    let (day, rules) = (run.period.last(), policies(work.conn(), run.network)?.taxes);
    let mut without_rate: BTreeMap<CompanyId, Country> =
        store::at_standard_rate(work.conn(), run.network, day)?.into_iter().collect();
    without_rate.retain(|_, country| rules.rate(*country, day).is_none());
    if without_rate.is_empty() {
        return Ok(Vec::new());
    }
    let mut parties = Parties { run, known: HashMap::new() };
    let (mut named, mut violations) = (BTreeSet::new(), Vec::new());
    for account in store::accounts_after(work.conn(), run, None)? {
        let (payer, payee) = account.parties();
        let Some(country) = without_rate.get(&payee).filter(|_| account.lines.sign().is_ne() && !named.contains(&payee)) else {
            continue;
        };
        let (supplier, customer) = (parties.find(work, payee)?, parties.find(work, payer)?);
        let tax = assess(supplier.tax(), customer.tax(), &rules, day, account.lines);
        if tax.is_some_and(|tax| tax.treatment == TaxTreatment::NoRate) {
            named.insert(payee);
            let at = Violation::at("/period", "no_vat_rate_of_supplier").with("company", payee);
            violations.push(at.with("country", country).with("day", day));
        }
    }
    Ok(violations)
}

/// The companies of a batch, each looked up once.
struct Parties<'r> {
    run: &'r Run,
    known: HashMap<CompanyId, Party>,
}

impl Parties<'_> {
    fn find(&mut self, work: &mut Work<'_, '_>, id: CompanyId) -> Result<Party, Problem> {
        if let Some(known) = self.known.get(&id) {
            return Ok(known.clone());
        }
        let missing = || Problem::internal(format!("{id} is missing"));
        let network = self.run.network;
        let profile = store::tax_profile_on(work.conn(), id, self.run.period.last())?.map(|found| found.profile);
        let party = match id {
            CompanyId::Master(master) => {
                let found = network::find_master(work.conn(), network, master)?.ok_or_else(missing)?;
                let (name, tax_id) = (found.legal_name, found.tax_id);
                Party { id, name, country: found.country, tax_id, master, language: Language::En, profile }
            }
            CompanyId::Partner(partner) => {
                let view = View { network, company: id };
                let found = partner::find(work.conn(), &view, partner)?.ok_or_else(missing)?;
                let tax_id = found.tax_id_written;
                let language = Language::preferred(&found.language);
                Party { id, name: found.name, country: found.record.country, tax_id, master: found.master, language, profile }
            }
        };
        self.known.insert(id, party.clone());
        Ok(party)
    }
}

/// Opens the next statement of an account.
fn open(work: &mut Work<'_, '_>, parties: &mut Parties<'_>, policies: &Policies, account: &Account) -> Result<(), Problem> {
    let run = parties.run;
    let partner = parties.find(work, account.partner.into())?;
    let other = parties.find(work, account.other)?;
    let (payer, payee) = match account.kind {
        StatementKind::Earnings => (&other, &partner),
        StatementKind::Remittance => (&partner, &other),
    };
    let previous = store::previous(work.conn(), run, account)?;
    let nothing = Money::zero(run.currency);
    let opening = previous.as_ref().map_or(nothing, |(_, _, totals)| totals.closing);
    let day = run.period.last();
    let too_large = || Problem::internal(format!("{}: the amounts are too large", account.partner));
    let tax = assess(payee.tax(), payer.tax(), &policies.taxes, day, account.lines).ok_or_else(too_large)?;
    let totals = Totals::close(opening, account.lines, tax.vat, tax.withheld, account.paid).map_err(|_| too_large())?;
    let id: StatementId = work.new_id();
    let statement = Statement {
        id,
        network: run.network,
        run: run.id,
        kind: account.kind,
        partner: account.partner,
        master: partner.master,
        other: account.other,
        period: run.period,
        due_on: run.due_on,
        number: previous.as_ref().map_or(1, |(_, number, _)| number.saturating_add(1)),
        totals,
        line_count: account.line_count,
        payment_count: account.payment_count,
        treatment: tax.treatment,
        rates: Some(TaxRates { vat: tax.vat_rate, withholding: tax.withholding_rate }),
        billing: payee.profile.as_ref().map(|profile| profile.billing),
        language: partner.language.tag().to_owned(),
        recorded_at: work.now()?,
    };
    store::insert(work.conn(), &statement)?;
    let payments = if statement.payment_count > 0 {
        store::take_payments(work.conn(), &statement)?;
        store::payments_on(work.conn(), id, run.currency)?
    } else {
        Vec::new()
    };
    let remitted = account.kind == StatementKind::Remittance && account.other == CompanyId::Master(statement.master);
    let remittance = remitted.then(|| remittance::asked(id, day, policies.payouts.remittance_days));
    let (payable_by, payment_reference) = remittance.unzip();
    let head = StatementHead {
        id: id.to_string(),
        kind: statement.kind.into(),
        number: statement.number,
        previous_id: previous.map(|(id, _, _)| id.to_string()),
        partner_id: statement.partner.to_string(),
        payer: payer.stated(),
        payee: payee.stated(),
        period: StatedPeriod { code: run.period.to_string(), first_day: run.period.first(), last_day: run.period.last() },
        due_on: statement.due_on,
        payable_by: payable_by.flatten(),
        payment_reference,
        made_at: statement.recorded_at,
        language: statement.language.clone(),
        currency: run.currency.code().to_owned(),
        billing: statement.billing.map(Into::into),
        opening_balance: totals.opening.into(),
        lines_total: totals.lines.into(),
        tax: stated_tax(payer, payee, &tax, partner.language, day),
        amount_due: totals.due().ok_or_else(|| Problem::internal(format!("{id}: the amount is too large")))?.into(),
        payments: payments.into_iter().map(stated_payment).collect(),
        paid_total: totals.paid.into(),
        closing_balance: totals.closing.into(),
        line_count: statement.line_count,
    };
    store::append_part(work.conn(), id, 0, &beginning(&head)?)?;
    Ok(())
}

/// The document up to its first line.
fn beginning(head: &StatementHead) -> Result<String, Problem> {
    let mut json = serde_json::to_string(head).map_err(|error| Problem::internal(error.to_string()))?;
    json.pop();
    json.push_str(",\"lines\":[");
    Ok(json)
}

fn stated_payment(payment: store::StatedPayment) -> StatedPayment {
    let store::StatedPayment { amount, dated_on, reference } = payment;
    StatedPayment { dated_on, amount: amount.into(), reference }
}

fn stated_tax(payer: &Party, payee: &Party, tax: &Assessment, language: Language, day: chrono::NaiveDate) -> StatedTax {
    let Assessment { treatment, base, vat_rate, vat, withholding_rate, withheld } = *tax;
    let withholding = payee.profile.as_ref().and_then(|profile| profile.withholding.as_ref());
    StatedTax {
        supplier_id: payee.id.to_string(),
        customer_id: payer.id.to_string(),
        day,
        vat: StatedVat {
            treatment: treatment.into(),
            base: base.into(),
            rate: vat_rate.to_string(),
            amount: vat.into(),
            note: note(payee, treatment, language),
        },
        withholding: withholding.map(|withholding| StatedWithholding {
            base: base.into(),
            rate: withholding_rate.to_string(),
            amount: withheld.into(),
            note: withholding.legal_note.clone(),
        }),
    }
}

/// Why the tax is what it is: what the supplier's profile says of its regime, or the law in the statement's language.
fn note(supplier: &Party, treatment: TaxTreatment, language: Language) -> String {
    let own = supplier.profile.as_ref().filter(|profile| profile.regime != VatRegime::Standard);
    let own = own.and_then(|profile| profile.legal_note.clone());
    own.unwrap_or_else(|| {
        let country = ("country", supplier.country.code().to_owned());
        say(language, &format!("statement.tax.{}", treatment.code()), &[country])
    })
}
