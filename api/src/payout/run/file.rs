//! What goes to the bank: ISO 20022 `pain.001.001.09` for euros between accounts with an IBAN, comma-separated values for
//! everything else. The same run gives the same bytes: nothing in them comes from the clock or from chance.

use domain::{money::Currency, payout::AccountNumber};
use persistence::payout::{BankAccount, FileFormat, Payout, PayoutRun};
use sepa::{CreditTransferEntry, CreditTransferGroup, Iban, IsoDate, IsoDateTime, Pain001Builder};

use super::step::end_to_end_id;
use crate::problem::Problem;

/// The most characters of a text that goes with a transfer.
const TEXT_MAX: usize = 140;

/// One transfer.
pub(super) struct Order {
    pub(super) payout: Payout,
    pub(super) account: BankAccount,
    /// The periods of the statements that it pays.
    pub(super) periods: Vec<String>,
}

impl Order {
    /// The partner's IBAN, where it can be paid through the European area of payments.
    fn iban(&self) -> Option<&Iban> {
        match &self.account.number {
            AccountNumber::Iban { iban, .. } if iban.is_sepa() => Some(iban),
            AccountNumber::Iban { .. } | AccountNumber::Local(_) => None,
        }
    }

    /// What the partner reads on its own statement.
    fn text(&self) -> String {
        let text = format!("{} {}", self.periods.join(", "), end_to_end_id(self.payout.id));
        text.chars().take(TEXT_MAX).collect()
    }
}

/// What a run sends, in each of the formats that it needs.
pub(super) fn written(run: &PayoutRun, payer: &BankAccount, orders: Vec<Order>) -> Result<Vec<(FileFormat, Vec<u8>)>, Problem> {
    let own = match &payer.number {
        AccountNumber::Iban { iban, .. } if iban.is_sepa() && run.currency == Currency::EUR => Some(iban),
        AccountNumber::Iban { .. } | AccountNumber::Local(_) => None,
    };
    let (transfers, others): (Vec<Order>, Vec<Order>) =
        orders.into_iter().partition(|order| own.is_some() && order.iban().is_some());
    let mut files = Vec::new();
    if let (Some(iban), false) = (own, transfers.is_empty()) {
        files.push((FileFormat::Pain001, pain_001(run, payer, iban, &transfers)?.into_bytes()));
    }
    if !others.is_empty() {
        files.push((FileFormat::Csv, csv(run, &others)?));
    }
    Ok(files)
}

fn broken(run: &PayoutRun, reason: impl std::fmt::Display) -> Problem {
    Problem::internal(format!("{}: {reason}", run.id))
}

fn pain_001(run: &PayoutRun, payer: &BankAccount, own: &Iban, orders: &[Order]) -> Result<String, Problem> {
    let sent_at = run.sent_at.unwrap_or(run.updated_at).naive_utc();
    let created_at = IsoDateTime::try_from(sent_at).map_err(|error| broken(run, error))?;
    let execute_on = IsoDate::try_from(run.execute_on).map_err(|error| broken(run, error))?;
    let message = format!("PR{}", run.id.to_string().trim_start_matches("payout_run_"));
    let mut group = CreditTransferGroup::new(payer.holder.as_str(), own, execute_on);
    if let AccountNumber::Iban { bic: Some(bic), .. } = &payer.number {
        group = group.debtor_bic(bic.clone());
    }
    for order in orders {
        let iban = order.iban().ok_or_else(|| broken(run, "no IBAN"))?.clone();
        let id = end_to_end_id(order.payout.id);
        let mut entry = CreditTransferEntry::new(order.account.holder.as_str(), iban, order.payout.amount.minor(), id);
        if let AccountNumber::Iban { bic: Some(bic), .. } = &order.account.number {
            entry = entry.with_bic(bic.clone());
        }
        group = group.add_entry(entry.with_description(order.text()));
    }
    let built = Pain001Builder::new(payer.holder.as_str(), message).created_at(created_at).add_group(group).build();
    built.map_err(|error| broken(run, error))
}

/// Text that no spreadsheet takes for a formula.
fn plain(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text.to_owned() }
}

fn csv(run: &PayoutRun, orders: &[Order]) -> Result<Vec<u8>, Problem> {
    let failed = |error: csv::Error| broken(run, error);
    let mut written = csv::Writer::from_writer(Vec::new());
    let head =
        ["end_to_end_id", "execute_on", "amount", "currency", "holder", "country", "iban", "bic", "account_fields", "text"];
    written.write_record(head).map_err(failed)?;
    for order in orders {
        let (iban, bic, fields) = match &order.account.number {
            AccountNumber::Iban { iban, bic } => {
                (iban.as_str().to_owned(), bic.as_ref().map(|bic| bic.as_str().to_owned()).unwrap_or_default(), String::new())
            }
            AccountNumber::Local(fields) => {
                let fields = fields.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
                (String::new(), String::new(), fields.join("; "))
            }
        };
        let row = [
            end_to_end_id(order.payout.id),
            run.execute_on.to_string(),
            order.payout.amount.to_string(),
            run.currency.code().to_owned(),
            plain(&order.account.holder),
            order.account.country.code().to_owned(),
            iban,
            bic,
            plain(&fields),
            plain(&order.text()),
        ];
        written.write_record(&row).map_err(failed)?;
    }
    written.into_inner().map_err(|error| broken(run, error))
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate, Utc};
    use domain::{id::Id, money::Money, partner::Country, payout::PayoutState};

    use super::*;

    fn at() -> DateTime<Utc> {
        "2026-04-01T09:00:00Z".parse().unwrap()
    }

    fn day() -> NaiveDate {
        "2026-04-01".parse().unwrap()
    }

    fn account(holder: &str, iban: &str, bic: Option<&str>) -> BankAccount {
        let country = Country::parse(&iban[..2]).unwrap();
        let uuid = uuid::Uuid::nil();
        BankAccount {
            id: Id::from_uuid(uuid),
            network: Id::from_uuid(uuid),
            master: Id::from_uuid(uuid),
            partner: None,
            holder: holder.to_owned(),
            country,
            currency: Currency::EUR,
            number: AccountNumber::read(country, Some(iban), bic, &std::collections::BTreeMap::new()).unwrap(),
            valid_from: day(),
            state: domain::payout::AccountState::Confirmed,
            set_by: "user".to_owned(),
            decided_by: None,
            decided_at: None,
            version: 1,
            created_at: at(),
            updated_at: at(),
        }
    }

    fn order(id: &str, minor: i64, account: BankAccount, periods: &[&str]) -> Order {
        let payout = Payout {
            id: id.parse().unwrap(),
            network: account.network,
            payer: account.company(),
            master: account.master,
            partner: Id::from_uuid(uuid::Uuid::nil()),
            run: Id::from_uuid(uuid::Uuid::nil()),
            amount: Money::from_minor(minor, Currency::EUR),
            account: Some(account.id),
            state: PayoutState::Approved,
            reason: None,
            made_by: "user".to_owned(),
            paid_on: None,
            version: 1,
            created_at: at(),
            updated_at: at(),
        };
        Order { payout, account, periods: periods.iter().map(|period| (*period).to_owned()).collect() }
    }

    /// The sample is held to the schema of ISO 20022 by `contract/payments`.
    #[test]
    fn an_order_is_the_sample_that_is_valid_against_its_schema() {
        let payer = account("Société d'essai & Cie", "FR7630006000011234567890189", Some("AGRIFRPP"));
        let run = PayoutRun {
            id: "payout_run_01h2xcejqtf2nbrexx3vqjhp41".parse().unwrap(),
            network: payer.network,
            payer: payer.company(),
            master: payer.master,
            currency: Currency::EUR,
            account: payer.id,
            execute_on: day(),
            made_by: "user".to_owned(),
            sent_by: None,
            sent_at: Some(at()),
            version: 2,
            created_at: at(),
            updated_at: at(),
        };
        let payee = "FR1420041010050500013M02606";
        let orders = vec![
            order("payout_01h2xcejqtf2nbrexx3vqjhp41", 18_000, account("Fromagerie du Lac (été)", payee, None), &["2026-03"]),
            order(
                "payout_01h2xcejqtf2nbrexx3vqjhp42",
                36_000,
                account("Other", payee, Some("BCOMPTPL")),
                &["2026-03", "2026-04"],
            ),
        ];
        let files = written(&run, &payer, orders).unwrap();
        let [(FileFormat::Pain001, body)] = &files[..] else { panic!("one order") };
        let sample = include_str!("../../../../contract/samples/pain.001.001.09.xml");
        assert_eq!(std::str::from_utf8(body).unwrap(), sample);
    }
}
