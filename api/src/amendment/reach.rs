//! Agreements that an amendment reaches: whoever is a party of one is told, of its own agreement alone (R90, D22).

use std::collections::HashMap;

use domain::id::TermsId;
use persistence::{
    agreement::{self, Agreement},
    amendment as store,
    db::{Conn, Tx},
    event::Audience,
    network::{self, TermsVersion},
};

use super::wire::{AgreementAmendment, AgreementAmendmentPage};
use crate::{
    access::Caller,
    network::{apply::published::changes, definition::TermsDocument, read},
    problem::Problem,
    write::{Change, Work},
};

/// Lists the versions by which sales of an agreement are counted, beside the one that was signed: those of its type that reach
/// agreements that exist. All of them, oldest first.
///
/// # Errors
/// `not_found` for an agreement that the caller may not see.
pub(crate) fn list(tx: &mut Tx<'_>, caller: &Caller, id: domain::id::AgreementId) -> Result<AgreementAmendmentPage, Problem> {
    let found = agreement::find(tx.conn, &caller.view(), id)?.ok_or_else(Problem::not_found)?;
    let mut data = Vec::new();
    if found.special_terms.is_none() {
        let mut before = signed(tx.conn, &found)?;
        for version in store::all_reaching(tx.conn, found.type_id, before.number)? {
            if counts(&found, &version) {
                data.push(shown(&found, &version, before.id, changed(&before, &version)?));
                before = version;
            }
        }
    }
    Ok(AgreementAmendmentPage { data, next: None })
}

/// Whether sales of an agreement may be signed on a day on which a version counts.
fn counts(agreement: &Agreement, version: &TermsVersion) -> bool {
    agreement.ends_on.is_none_or(|last| version.effective_from <= last)
}

fn signed(conn: &mut Conn, agreement: &Agreement) -> Result<TermsVersion, Problem> {
    let signed = network::find_terms(conn, agreement.terms_id)?;
    signed.ok_or_else(|| Problem::internal(format!("{}: its terms are missing", agreement.id)))
}

fn changed(before: &TermsVersion, after: &TermsVersion) -> Result<Vec<String>, Problem> {
    changes::<TermsDocument>(&read(&before.document)?, &read(&after.document)?)
}

fn shown(agreement: &Agreement, version: &TermsVersion, replaced: TermsId, changes: Vec<String>) -> AgreementAmendment {
    AgreementAmendment {
        agreement_id: agreement.id.to_string(),
        terms_id: version.id.to_string(),
        terms_version: version.number,
        replaced_terms_id: replaced.to_string(),
        effective_from: version.effective_from,
        changes,
        published_at: version.created_at,
    }
}

/// Tells the parties of every agreement that a version reaches what it changes for them.
///
/// # Errors
/// Those of the database.
pub(super) fn tell(work: &mut Work<'_, '_>, version: &TermsVersion) -> Result<(), Problem> {
    let mut known: HashMap<TermsId, (TermsId, Vec<String>)> = HashMap::new();
    for agreement in agreement::reached_by_version(work.conn(), version)? {
        let (replaced, changes) = match known.get(&agreement.terms_id) {
            Some(known) => known.clone(),
            None => {
                let found = replaced(work.conn(), &agreement, version)?;
                known.entry(agreement.terms_id).or_insert(found).clone()
            }
        };
        let body = shown(&agreement, version, replaced, changes);
        let audience = Audience {
            master: Some(agreement.master),
            partner: Some(agreement.partner),
            counterparty: Some(agreement.counterparty),
        };
        let (network, subject) = (agreement.network, agreement.id.to_string());
        // Who proposed it is the master's own business.
        let change = Change { network, kind: "agreement.amended", subject, version: agreement.version, audience, body: &body };
        work.record_as_service(change)?;
    }
    Ok(())
}

/// The version by which sales of an agreement were counted before, and what the new one says otherwise.
fn replaced(conn: &mut Conn, agreement: &Agreement, version: &TermsVersion) -> Result<(TermsId, Vec<String>), Problem> {
    let signed = signed(conn, agreement)?;
    let reaching = store::all_reaching(conn, agreement.type_id, signed.number)?;
    let before = reaching.into_iter().rfind(|other| other.number < version.number).unwrap_or(signed);
    Ok((before.id, changed(&before, version)?))
}
