//! What a journal's seal holds: a digest of all that the journal and its entries say.

use sha2::{Digest, Sha256};

use super::{EntryRow, Journal};
use crate::columns::Uid;

/// The digest of a journal with its entries, in their order: what `entente check-invariants` computes again of what is stored.
///
/// What is digested is one text: the fields of the journal, then those of each entry, a bar between each two. The texts that may have a
/// bar in them come as digests of their own.
pub(super) fn content_hash(journal: &Journal, entries: &[EntryRow]) -> String {
    let Journal { id, network, source, cause, entries: _, recorded_at: _ } = journal;
    let source_id = Uid(source.id().uuid());
    let mut content = [
        Uid::from(*id).0.to_string(),
        Uid::from(*network).0.to_string(),
        source.id().prefix().to_owned(),
        source_id.0.to_string(),
        source.turn().to_string(),
        cause.as_deref().map(digest).unwrap_or_default(),
    ]
    .join("|");
    for entry in entries {
        content.push('|');
        content.push_str(&said(entry));
    }
    digest(&content)
}

/// All that an entry says, but for when: that is its journal's.
fn said(entry: &EntryRow) -> String {
    let EntryRow {
        id,
        network_id,
        master_id,
        journal_id: _,
        position,
        debtor_id,
        creditor_id,
        kind,
        correction,
        corrects_id,
        amount_minor,
        currency,
        partner_id,
        counterparty_id,
        agreement_id,
        terms_id,
        contract_id,
        annuity_id,
        attribution_id,
        rule,
        sequence,
        entitled_minor,
        explanation,
        calculation,
        dated_on,
        payable_on,
        recorded_at: _,
    } = entry;
    let known = |id: &Option<Uid>| id.map(|id| id.0.to_string()).unwrap_or_default();
    [
        id.0.to_string(),
        network_id.0.to_string(),
        master_id.0.to_string(),
        position.to_string(),
        debtor_id.0.to_string(),
        creditor_id.0.to_string(),
        kind.clone(),
        correction.clone().unwrap_or_default(),
        known(corrects_id),
        amount_minor.to_string(),
        currency.clone(),
        partner_id.0.to_string(),
        counterparty_id.0.to_string(),
        agreement_id.0.to_string(),
        terms_id.0.to_string(),
        known(contract_id),
        known(annuity_id),
        known(attribution_id),
        digest(rule),
        sequence.map(|sequence| sequence.to_string()).unwrap_or_default(),
        entitled_minor.map(|minor| minor.to_string()).unwrap_or_default(),
        digest(explanation),
        digest(calculation),
        dated_on.to_string(),
        payable_on.to_string(),
    ]
    .join("|")
}

/// SHA-256 of a text, in hexadecimal digits.
fn digest(text: &str) -> String {
    format!("{:x}", Sha256::digest(text))
}
