//! How companies are taxed: profiles with the day from which each holds.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{prelude::*, sql_types};
use domain::{
    id::{CompanyId, NetworkId, TaxProfileId},
    money::Rate,
    partner::{Country, TaxId},
    statement::{Billing, TaxProfile as Profile, VatNumber, VatRegime, Withholding},
};

use crate::{
    columns::{At, Key, Uid},
    db::{Conn, MultiBackend},
    error::DbError,
    identity::company_of,
    schema::{companies, masters, partners, tax_profiles},
    view::{Page, View, paged},
};

/// A tax profile as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxProfile {
    /// Its id.
    pub id: TaxProfileId,
    /// Its network.
    pub network: NetworkId,
    /// The company.
    pub company: CompanyId,
    /// What it says.
    pub profile: Profile,
    /// Who recorded it.
    pub recorded_by: String,
    /// When.
    pub recorded_at: DateTime<Utc>,
}

/// Which profiles are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TaxProfileFilter {
    /// Those of a company.
    pub company: Option<CompanyId>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tax_profiles, treat_none_as_default_value = false)]
struct TaxProfileRow {
    id: Uid,
    network_id: Uid,
    company_id: Uid,
    valid_from: NaiveDate,
    regime: String,
    vat_number: Option<String>,
    vat_number_written: Option<String>,
    legal_note: Option<String>,
    withholding_ppm: Option<i32>,
    withholding_note: Option<String>,
    billing: String,
    recorded_by: String,
    recorded_at: At,
}

impl TryFrom<&TaxProfile> for TaxProfileRow {
    type Error = DbError;

    fn try_from(profile: &TaxProfile) -> Result<Self, DbError> {
        let TaxProfile { id, network, company, profile, recorded_by, recorded_at } = profile;
        let Profile { valid_from, regime, vat_number, legal_note, withholding, billing } = profile;
        let ppm = withholding.as_ref().map(|withholding| i32::try_from(withholding.rate.ppm())).transpose();
        Ok(Self {
            id: (*id).into(),
            network_id: (*network).into(),
            company_id: (*company).into(),
            valid_from: *valid_from,
            regime: regime.code().to_owned(),
            vat_number: vat_number.as_ref().map(|number| number.id.key()),
            vat_number_written: vat_number.as_ref().map(|number| number.written.clone()),
            legal_note: legal_note.clone(),
            withholding_ppm: ppm.map_err(|_| DbError::Corrupt(format!("tax profile {id}: rate")))?,
            withholding_note: withholding.as_ref().map(|withholding| withholding.legal_note.clone()),
            billing: billing.code().to_owned(),
            recorded_by: recorded_by.clone(),
            recorded_at: (*recorded_at).into(),
        })
    }
}

impl TryFrom<(TaxProfileRow, String)> for TaxProfile {
    type Error = DbError;

    fn try_from((row, company_kind): (TaxProfileRow, String)) -> Result<Self, DbError> {
        let TaxProfileRow {
            id,
            network_id,
            company_id,
            valid_from,
            regime,
            vat_number,
            vat_number_written,
            legal_note,
            withholding_ppm,
            withholding_note,
            billing,
            recorded_by,
            recorded_at,
        } = row;
        let corrupt = |what: &str| DbError::Corrupt(format!("tax profile {}: {what}", id.0));
        let withholding = match (withholding_ppm, withholding_note) {
            (Some(ppm), Some(legal_note)) => {
                let rate = u32::try_from(ppm).ok().and_then(|ppm| Rate::from_ppm(ppm).ok());
                Some(Withholding { rate: rate.ok_or_else(|| corrupt("rate"))?, legal_note })
            }
            _ => None,
        };
        let vat_number =
            vat_number.map(|key| number(&key, vat_number_written).ok_or_else(|| corrupt("VAT number"))).transpose()?;
        Ok(Self {
            id: id.id(),
            network: network_id.id(),
            company: company_of(&company_kind, company_id)?,
            profile: Profile {
                valid_from,
                regime: VatRegime::from_code(&regime).ok_or_else(|| corrupt("regime"))?,
                vat_number,
                legal_note,
                withholding,
                billing: Billing::from_code(&billing).ok_or_else(|| corrupt("billing"))?,
            },
            recorded_by,
            recorded_at: recorded_at.0,
        })
    }
}

/// A number by its key, `PT:501442600`, as it was written; where that was not kept, with its country in front, `EL` for Greece.
fn number(key: &str, written: Option<String>) -> Option<VatNumber> {
    let (country, number) = key.split_once(':')?;
    let id = TaxId::parse(Country::parse(country).ok()?, number).ok()?;
    let country = if country == "GR" { "EL" } else { country };
    Some(VatNumber { written: written.unwrap_or_else(|| format!("{country}{number}")), id })
}

/// Keeps a new profile.
///
/// # Errors
/// Those of the database; [`crate::error::Constraint::TaxProfileDay`] when the company has another from the same day on.
pub fn insert_tax_profile(conn: &mut Conn, profile: &TaxProfile) -> Result<(), DbError> {
    diesel::insert_into(tax_profiles::table).values(TaxProfileRow::try_from(profile)?).execute(conn)?;
    Ok(())
}

/// The profile of a company that holds on a day.
///
/// # Errors
/// Those of the database.
pub fn tax_profile_on(conn: &mut Conn, company: CompanyId, day: NaiveDate) -> Result<Option<TaxProfile>, DbError> {
    let found: Option<(TaxProfileRow, String)> = tax_profiles::table
        .inner_join(companies::table.on(companies::id.eq(tax_profiles::company_id)))
        .filter(tax_profiles::company_id.eq(Uid::from(company)))
        .filter(tax_profiles::valid_from.le(day))
        .order(tax_profiles::valid_from.desc())
        .select((TaxProfileRow::as_select(), companies::kind))
        .first(conn)
        .optional()?;
    found.map(TaxProfile::try_from).transpose()
}

const AT_STANDARD_RATE: &str = "\
SELECT c.id AS company_id, c.kind AS company_kind, coalesce(p.country, m.country) AS country \
FROM tax_profiles t JOIN companies c ON c.id = t.company_id \
  LEFT JOIN partners p ON p.id = c.id LEFT JOIN masters m ON m.id = c.id \
WHERE t.network_id = $1 AND t.regime = 'standard' AND t.valid_from <= $2 \
  AND NOT EXISTS (SELECT 1 FROM tax_profiles n WHERE n.company_id = t.company_id AND n.valid_from <= $2 AND n.valid_from > t.valid_from) \
ORDER BY c.id";

#[derive(QueryableByName)]
struct CompanyRow {
    #[diesel(sql_type = Key)]
    company_id: Uid,
    #[diesel(sql_type = sql_types::Text)]
    company_kind: String,
    #[diesel(sql_type = sql_types::Text)]
    country: String,
}

/// The companies of a network that charge the standard rate of their country on a day, with that country.
///
/// # Errors
/// Those of the database.
pub fn at_standard_rate(conn: &mut Conn, network: NetworkId, day: NaiveDate) -> Result<Vec<(CompanyId, Country)>, DbError> {
    let rows: Vec<CompanyRow> =
        diesel::sql_query(AT_STANDARD_RATE).bind::<Key, _>(Uid::from(network)).bind::<sql_types::Date, _>(day).load(conn)?;
    let read = |CompanyRow { company_id, company_kind, country }: CompanyRow| {
        let country = Country::parse(&country).map_err(|_| DbError::Corrupt(format!("country {country} of {}", company_id.0)))?;
        Ok((company_of(&company_kind, company_id)?, country))
    };
    rows.into_iter().map(read).collect()
}

/// A profile that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn find_tax_profile(conn: &mut Conn, view: &View, id: TaxProfileId) -> Result<Option<TaxProfile>, DbError> {
    let one = Page { limit: 1, after: None, updated_since: None };
    Ok(load(conn, view, Some(id), TaxProfileFilter::default(), &one)?.pop())
}

/// A page of the profiles that `view` may see.
///
/// # Errors
/// Those of the database.
pub fn page_tax_profiles(
    conn: &mut Conn,
    view: &View,
    filter: TaxProfileFilter,
    page: &Page,
) -> Result<Vec<TaxProfile>, DbError> {
    load(conn, view, None, filter, page)
}

/// A partner sees its own, a master also those of the network's masters and of the partners that it supervises.
fn load(
    conn: &mut Conn,
    view: &View,
    id: Option<TaxProfileId>,
    filter: TaxProfileFilter,
    page: &Page,
) -> Result<Vec<TaxProfile>, DbError> {
    let mut query = tax_profiles::table
        .inner_join(companies::table.on(companies::id.eq(tax_profiles::company_id)))
        .filter(tax_profiles::network_id.eq(Uid::from(view.network)))
        .into_boxed::<MultiBackend>();
    query = match view.company {
        CompanyId::Partner(_) => query.filter(tax_profiles::company_id.eq(Uid::from(view.company))),
        CompanyId::Master(master) => {
            let supervised = partners::table.filter(partners::master_id.eq(Uid::from(master))).select(partners::id);
            let all_masters = masters::table.select(masters::id);
            query.filter(tax_profiles::company_id.eq_any(supervised).or(tax_profiles::company_id.eq_any(all_masters)))
        }
    };
    if let Some(id) = id {
        query = query.filter(tax_profiles::id.eq(Uid::from(id)));
    }
    if let Some(company) = filter.company {
        query = query.filter(tax_profiles::company_id.eq(Uid::from(company)));
    }
    let rows: Vec<(TaxProfileRow, String)> = paged!(query, tax_profiles, page, changed recorded_at)
        .select((TaxProfileRow::as_select(), companies::kind))
        .load(conn)?;
    rows.into_iter().map(TaxProfile::try_from).collect()
}
