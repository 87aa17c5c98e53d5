//! The use cases of agreements that show them or write what stands in them: each one transaction.

use domain::{
    agreement::{AgreementState, broken_rules, may_change},
    id::{AgreementId, CompanyId, MasterId, NetworkId, PartnershipTypeId},
    network::Terms,
};
use persistence::{
    agreement as store,
    db::{Conn, Tx},
    error::{Constraint, DbError},
    event::Audience,
    network, partner,
    reference::Referred,
};
use serde_json::{Map, Value};

use super::{
    counted_by,
    facts::{Gathered, is_of_network},
    refusals::{self, Asked},
    terms_for, terms_of,
    wire::{self, Agreement, AgreementChange, AgreementFilters, AgreementPage, Beside, NewAgreement, NewExclusivity},
};
use crate::{
    access::Caller,
    calendar,
    extract::Paging,
    network::{
        definition::{KnownCodes, TermsDocument},
        qualification_kinds,
    },
    problem::{Code, Problem, Violation},
    reference,
    wire::{ExternalReference, filter_id},
    write::{Change, Work},
};

/// Shows an agreement.
pub(crate) fn show(tx: &mut Tx<'_>, caller: &Caller, id: AgreementId) -> Result<Agreement, Problem> {
    let agreement = store::find(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    let references = reference::of(tx.conn, caller.company, id.uuid())?;
    shown(tx.conn, agreement, references)
}

/// Shows the terms as an agreement has them: what it signed, with what an amendment made of it by today (R90).
pub(crate) fn show_terms(tx: &mut Tx<'_>, caller: &Caller, id: AgreementId) -> Result<TermsDocument, Problem> {
    let agreement = store::find(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    let signed = terms_of(tx.conn, &agreement)?.0;
    let now = tx.now()?;
    let today = calendar::today(tx.conn, agreement.network, agreement.master, now)?;
    let Some((_, amended)) = counted_by(tx.conn, &agreement, today)? else { return Ok(signed) };
    let TermsDocument { rules, stages, margin_uplift, .. } = amended;
    Ok(TermsDocument { rules, stages, margin_uplift, ..signed })
}

/// Lists the agreements that the caller may see.
pub(crate) fn list(
    tx: &mut Tx<'_>,
    caller: &Caller,
    filters: &AgreementFilters,
    paging: &Paging,
) -> Result<AgreementPage, Problem> {
    let AgreementFilters { partner_id, state, partnership_type } = filters;
    let unknown = || Problem::invalid(vec![Violation::of_parameter("partnership_type", "unknown_partnership_type")]);
    let type_id = match partnership_type {
        Some(named) => Some(type_named(tx.conn, caller.network, named)?.ok_or_else(unknown)?.id),
        None => None,
    };
    let partner = filter_id("partner_id", partner_id.as_ref())?;
    let filters = store::Filters { partner, state: state.map(AgreementState::from), type_id };
    let found = store::page(tx.conn, &caller.view(), &filters, &paging.page())?;
    let (agreements, next) = paging.cut(found, |agreement| (agreement.id.uuid(), agreement.updated_at));
    let ids: Vec<AgreementId> = agreements.iter().map(|agreement| agreement.id).collect();
    let types = network::types_of(tx.conn, caller.network)?;
    let mut states = store::states_of_all(tx.conn, &ids)?;
    let mut stages = store::stages_of_all(tx.conn, &ids)?;
    let mut supervisions = store::latest_supervisions(tx.conn, &ids)?;
    let resources: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
    let mut references = reference::of_all(tx.conn, caller.company, &resources)?;
    let data = agreements.into_iter().map(|agreement| {
        let id = agreement.id;
        let type_code = types.iter().find(|of| of.id == agreement.type_id).map(|of| of.code.clone()).unwrap_or_default();
        let beside = Beside {
            type_code,
            states: states.extract_if(.., |(of, _)| *of == id).map(|(_, state)| state).collect(),
            stages: stages.extract_if(.., |(of, _)| *of == id).map(|(_, stage)| stage).collect(),
            supervision: supervisions.extract_if(.., |supervision| supervision.agreement == id).next(),
            external_references: references.extract_if(.., |(of, _)| *of == id.uuid()).map(|(_, name)| name).collect(),
        };
        Agreement::of(agreement, beside)
    });
    Ok(AgreementPage { data: data.collect::<Result<_, _>>()?, next })
}

/// The partnership type of a code or an id.
fn type_named(conn: &mut Conn, network: NetworkId, named: &str) -> Result<Option<network::PartnershipType>, Problem> {
    if let Ok(id) = named.parse::<PartnershipTypeId>()
        && let Some(found) = network::find_type(conn, network, id)?
    {
        return Ok(Some(found));
    }
    Ok(network::find_type_by_code(conn, network, named)?)
}

/// An agreement as its reader sees it, with the names that this reader has for it.
fn shown(
    conn: &mut Conn,
    agreement: store::Agreement,
    external_references: Vec<ExternalReference>,
) -> Result<Agreement, Problem> {
    let of = network::find_type(conn, agreement.network, agreement.type_id)?;
    let beside = Beside {
        type_code: of.map(|of| of.code).unwrap_or_default(),
        states: store::states_of(conn, agreement.id)?,
        stages: store::stages_of(conn, agreement.id)?,
        supervision: store::latest_supervisions(conn, &[agreement.id])?.pop(),
        external_references,
    };
    Agreement::of(agreement, beside)
}

/// The master that the caller is of.
pub(super) fn own_master(work: &Work<'_, '_>) -> Result<MasterId, Problem> {
    work.caller()?.company.master().ok_or_else(Problem::not_found)
}

/// Drafts an agreement. Nothing is kept that could not take effect: every broken rule is told at once (R2, R6, R26 to R31).
pub(crate) fn create(work: &mut Work<'_, '_>, new: &NewAgreement) -> Result<Agreement, Problem> {
    let (master, network, view, now) = (own_master(work)?, work.caller()?.network, work.caller()?.view(), work.now()?);
    let partner_id = crate::wire::id(&new.partner_id, "/partner_id");
    let known_partner = match &partner_id {
        Ok(id) => partner::find(work.conn(), &view, *id)?,
        Err(_) => None,
    };
    let known_type = type_named(work.conn(), network, &new.partnership_type)?;
    let counterparty = new.counterparty_id.as_deref().map_or(Ok(CompanyId::Master(master)), wire::counterparty);
    let mut violations = Vec::new();
    if known_partner.is_none() {
        violations.push(Violation::at("/partner_id", "unknown_partner"));
    }
    if known_type.is_none() {
        violations.push(Violation::at("/partnership_type", "unknown_partnership_type"));
    }
    violations.extend(check_counterparty(work.conn(), network, &counterparty)?);
    let (Some(partner), Some(of_type), Ok(counterparty), true) = (known_partner, known_type, counterparty, violations.is_empty())
    else {
        return Err(Problem::invalid(violations));
    };
    let mut agreement = store::Agreement {
        id: work.new_id(),
        network,
        master,
        partner: partner.id,
        counterparty,
        type_id: of_type.id,
        terms_id: terms_for(work.conn(), of_type.id, new.starts_on)?.id,
        kind: new.kind.into(),
        language: new.language.clone(),
        governing_language: new.governing_language.clone().unwrap_or_else(|| new.language.clone()),
        special_terms: new.special_terms.as_ref().map(written),
        exclusivity: new.exclusivity.as_ref().map(|asked| kept_exclusivity(asked, master)).transpose()?,
        single: false,
        minimum_sales: None,
        starts_on: new.starts_on,
        ends_on: new.ends_on,
        state: AgreementState::Draft,
        reason: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    settle(work, &mut agreement)?;
    let hand = hand(work, &agreement)?;
    store::insert(work.conn(), &agreement, &hand)?;
    refer(work, &agreement, &new.external_references)?;
    finish(work, "agreement.created", agreement)
}

/// Whether the network has the counterparty. A master may name each company of its network: partners of others by an id that
/// they gave it.
fn check_counterparty(
    conn: &mut Conn,
    network: NetworkId,
    counterparty: &Result<CompanyId, Violation>,
) -> Result<Option<Violation>, Problem> {
    Ok(match counterparty {
        Ok(company) if is_of_network(conn, network, *company)? => None,
        Ok(_) => Some(Violation::at("/counterparty_id", "unknown_counterparty")),
        Err(violation) => Some(violation.clone()),
    })
}

/// A merge patch, letter for letter.
fn written(patch: &Map<String, Value>) -> String {
    Value::Object(patch.clone()).to_string()
}

fn kept_exclusivity(asked: &NewExclusivity, by: MasterId) -> Result<String, Problem> {
    let NewExclusivity { territory, sector, activity, reason, approved } = asked.clone();
    let grant = wire::ExclusivityGrant { territory, sector, activity, reason, approved_by: approved.then(|| by.to_string()) };
    serde_json::to_string(&grant).map_err(|error| Problem::internal(error.to_string()))
}

/// Puts into an agreement what its terms say of it and the database goes by (D4, R57).
pub(super) fn take_from(agreement: &mut store::Agreement, terms: &Terms) {
    agreement.single = terms.single_agreement;
    agreement.minimum_sales = terms.minimum_sales_per_year.filter(|sales| *sales > 0);
}

/// Puts into a draft what follows from the rest of it, and refuses it for every rule that it breaks.
fn settle(work: &mut Work<'_, '_>, agreement: &mut store::Agreement) -> Result<(), Problem> {
    let (terms, mut violations) = terms_asked_for(work.conn(), agreement)?;
    take_from(agreement, &terms);
    let gathered = Gathered::of(work, agreement, terms)?;
    agreement.master = gathered.supervising_master(agreement);
    let broken = broken_rules(&gathered.facts(agreement));
    violations.extend(broken.iter().map(|refusal| refusals::violation(refusal, Asked::Fields)));
    if violations.is_empty() { Ok(()) } else { Err(Problem::invalid(violations)) }
}

/// The terms with the special ones merged in. Where these are wrong: what is wrong with them, and the type's own terms, so that
/// the other rules can be judged in the same answer.
fn terms_asked_for(conn: &mut Conn, agreement: &store::Agreement) -> Result<(Terms, Vec<Violation>), Problem> {
    let standard = store::Agreement { special_terms: None, ..agreement.clone() };
    let (document, terms) = terms_of(conn, &standard)?;
    let Some(text) = &agreement.special_terms else { return Ok((terms, Vec::new())) };
    let patch: Value = serde_json::from_str(text).map_err(|error| Problem::internal(error.to_string()))?;
    let known = known_codes(conn, agreement)?;
    let special = document.with_kept(&patch).and_then(|special| match (special.to_domain(), known.faults(&special)) {
        (Ok(terms), unknown) if unknown.is_empty() => Ok(terms),
        (terms, unknown) => Err(terms.err().into_iter().flatten().chain(unknown).collect()),
    });
    Ok(match special {
        Err(faults) => (terms, faults.into_iter().map(refusals::special_terms).collect()),
        // Special terms bind one agreement; that a partner has one at an instant is about its others too (D4).
        Ok(special) if terms.single_agreement && !special.single_agreement => {
            let lifted = Violation::at("/special_terms/single_agreement", "single_agreement_lifted").rule("D4");
            (Terms { single_agreement: true, ..special }, vec![lifted])
        }
        Ok(special) => (special, Vec::new()),
    })
}

/// The codes that the rules of an agreement's special terms can name lines by, and its stages qualifications.
fn known_codes(conn: &mut Conn, agreement: &store::Agreement) -> Result<KnownCodes, Problem> {
    let mut known = KnownCodes::default();
    for (item, product_line) in network::codes_for(conn, agreement.network, agreement.partner)? {
        known.items.insert(item);
        known.product_lines.extend(product_line);
    }
    known.qualifications = qualification_kinds(conn, agreement.network)?.into_iter().map(|kind| kind.code).collect();
    Ok(known)
}

fn refer(work: &mut Work<'_, '_>, agreement: &store::Agreement, references: &[ExternalReference]) -> Result<(), Problem> {
    let company = work.caller()?.company;
    reference::replace(work.conn(), company, Referred::Agreement, agreement.id.uuid(), references)
}

/// Records what happened to an agreement, and shows it.
pub(super) fn finish(work: &mut Work<'_, '_>, kind: &'static str, agreement: store::Agreement) -> Result<Agreement, Problem> {
    let audience =
        Audience { master: Some(agreement.master), partner: Some(agreement.partner), counterparty: Some(agreement.counterparty) };
    let (network, id, version) = (agreement.network, agreement.id, agreement.version);
    // The names that one company has for it are no other company's business.
    let mut body = shown(work.conn(), agreement, Vec::new())?;
    work.record(Change { network, kind, subject: id.to_string(), version, audience, body: &body })?;
    if let Some(company) = work.caller().ok().map(|caller| caller.company) {
        body.external_references = reference::of(work.conn(), company, id.uuid())?;
    }
    Ok(body)
}

/// An agreement that the caller may change, in the version that it means.
pub(super) fn load(work: &mut Work<'_, '_>, id: AgreementId) -> Result<store::Agreement, Problem> {
    let view = work.caller()?.view();
    let found = store::find(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?;
    work.expect_version(found.version)?;
    Ok(found)
}

/// Answers a request that was carried out before.
pub(super) fn unchanged(work: &mut Work<'_, '_>, agreement: store::Agreement) -> Result<Agreement, Problem> {
    work.nothing_changed();
    let company = work.caller()?.company;
    let references = reference::of(work.conn(), company, agreement.id.uuid())?;
    shown(work.conn(), agreement, references)
}

/// Who changes an agreement, and on which day where its master is.
pub(super) fn hand(work: &mut Work<'_, '_>, agreement: &store::Agreement) -> Result<store::Hand, Problem> {
    let (by, now) = (work.actor(), work.now()?);
    Ok(store::Hand { by, today: calendar::today(work.conn(), agreement.network, agreement.master, now)? })
}

/// Keeps a changed agreement as its next version.
pub(super) fn save(work: &mut Work<'_, '_>, kind: &'static str, mut agreement: store::Agreement) -> Result<Agreement, Problem> {
    let before = agreement.version;
    agreement.version = before.saturating_add(1);
    agreement.updated_at = work.now()?;
    let hand = hand(work, &agreement)?;
    if !store::update(work.conn(), &agreement, &hand).map_err(second_in_force)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", before));
    }
    finish(work, kind, agreement)
}

/// Two agreements that were approved at the same time: the second one is told what it would have been told later (D4).
fn second_in_force(error: DbError) -> Problem {
    match error.broken() {
        Some(Constraint::OneAgreementInForce) => Problem::already_exists(Violation::at("", "second_agreement").rule("D4")),
        _ => error.into(),
    }
}

/// Changes a draft, or the caller's names for an agreement in any state.
pub(crate) fn change(work: &mut Work<'_, '_>, id: AgreementId, change: &AgreementChange) -> Result<Agreement, Problem> {
    let before = load(work, id)?;
    let (master, company) = (own_master(work)?, work.caller()?.company);
    let (mut after, violation) = changed(work.conn(), &before, change, master)?;
    let known = reference::of(work.conn(), company, id.uuid())?;
    let renamed = change.external_references.as_ref().is_some_and(|references| !reference::are_same(references, &known));
    if after == before && violation.is_none() && !renamed {
        return unchanged(work, before);
    }
    if after != before || violation.is_some() {
        may_change(before.state).map_err(|refusal| refusals::problem(vec![refusal], Asked::Fields))?;
        if let Some(violation) = violation {
            return Err(Problem::invalid(vec![violation]));
        }
        after.terms_id = terms_for(work.conn(), after.type_id, after.starts_on)?.id;
        settle(work, &mut after)?;
    }
    if let Some(references) = change.external_references.as_deref().filter(|_| renamed) {
        refer(work, &after, references)?;
    }
    save(work, "agreement.changed", after)
}

/// The agreement with the change in it, and what is wrong with the counterparty that it names.
fn changed(
    conn: &mut Conn,
    before: &store::Agreement,
    change: &AgreementChange,
    by: MasterId,
) -> Result<(store::Agreement, Option<Violation>), Problem> {
    let AgreementChange {
        counterparty_id,
        kind,
        language,
        governing_language,
        special_terms,
        exclusivity,
        starts_on,
        ends_on,
        external_references: _,
    } = change;
    let mut after = before.clone();
    let mut violation = None;
    if let Some(text) = counterparty_id {
        let counterparty = wire::counterparty(text);
        violation = check_counterparty(conn, before.network, &counterparty)?;
        after.counterparty = counterparty.unwrap_or(before.counterparty);
    }
    after.kind = kind.map_or(before.kind, Into::into);
    after.language = language.clone().unwrap_or(after.language);
    after.governing_language = governing_language.clone().unwrap_or(after.governing_language);
    if let Some(patch) = special_terms {
        after.special_terms = patch.as_ref().map(written);
    }
    if let Some(asked) = exclusivity {
        after.exclusivity = asked.as_ref().map(|asked| kept_exclusivity(asked, by)).transpose()?;
    }
    after.starts_on = starts_on.unwrap_or(before.starts_on);
    after.ends_on = ends_on.unwrap_or(before.ends_on);
    Ok((after, violation))
}
