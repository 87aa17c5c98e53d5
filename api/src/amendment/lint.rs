//! What an amendment has to keep to, found all at once: the contradictions in its terms, and what it may not change.

use chrono::NaiveDate;
use domain::amendment::{AmendmentFacts, AmendmentRefusal, EarlierVersion, Reach, refusals};
use indexmap::IndexMap;
use persistence::{
    db::Conn,
    network::{self, PartnershipType, TermsVersion},
};

use crate::{
    agreement::read_terms,
    network::{
        apply::published::changes,
        definition::{Fault, KnownCodes, Language, Surroundings, TermsDocument, TermsTextDocument},
        policies, qualification_kinds, read,
    },
    problem::{Problem, Violation},
};

/// What an amendment says.
pub(super) struct Said {
    pub(super) texts: IndexMap<Language, TermsTextDocument>,
    pub(super) terms: TermsDocument,
    pub(super) effective_from: NaiveDate,
    pub(super) reach: Reach,
}

/// What an amendment changes of a version, as pointers into it.
pub(super) struct Changes {
    texts: Vec<String>,
    terms: Vec<String>,
}

impl Changes {
    /// What it changes of `before`: everything, where there is nothing before it.
    pub(super) fn of(said: &Said, before: Option<&TermsVersion>) -> Result<Self, Problem> {
        let Some(before) = before else { return Ok(Self { texts: vec![String::new()], terms: vec![String::new()] }) };
        let (texts, terms) = (read(&before.texts)?, read(&before.document)?);
        Ok(Self { texts: changes(&texts, &said.texts)?, terms: changes(&terms, &said.terms)? })
    }

    /// The pointers into the amendment.
    pub(super) fn pointers(self) -> Vec<String> {
        let texts = self.texts.into_iter().map(|pointer| format!("/texts{pointer}"));
        texts.chain(self.terms.into_iter().map(|pointer| format!("/terms{pointer}"))).collect()
    }
}

/// Everything that is wrong with an amendment on a day.
pub(super) fn violations(
    conn: &mut Conn,
    of_type: &PartnershipType,
    said: &Said,
    today: NaiveDate,
) -> Result<Vec<Violation>, Problem> {
    let mut violations: Vec<Violation> =
        surroundings(conn, of_type)?.faults(&said.texts, &said.terms).into_iter().map(contradiction).collect();
    let versions = network::terms_of(conn, of_type.id)?;
    let Changes { texts, terms } = Changes::of(said, versions.last())?;
    let earlier: Result<Vec<EarlierVersion>, Problem> = versions
        .iter()
        .map(|version| Ok(EarlierVersion { effective_from: version.effective_from, terms: read_terms(version)?.1 }))
        .collect();
    // What cannot be read was told above.
    let (readable, _) = said.terms.readable();
    let facts = AmendmentFacts {
        terms: &readable,
        effective_from: said.effective_from,
        reach: said.reach,
        earlier: &earlier?,
        changes: &terms,
        texts_change: !texts.is_empty(),
        policy: policies(conn, of_type.network)?.amendments,
        today,
    };
    violations.extend(refusals(&facts).iter().map(refused));
    Ok(violations)
}

/// What the terms of a type refer to beyond themselves.
fn surroundings(conn: &mut Conn, of_type: &PartnershipType) -> Result<Surroundings, Problem> {
    let network = network::find_network(conn, of_type.network)?.ok_or_else(Problem::not_found)?;
    let mut known = KnownCodes::default();
    for item in network::items_of_masters(conn, network.id)? {
        known.items.insert(item.code);
        known.product_lines.extend(item.product_line);
    }
    known.qualifications = qualification_kinds(conn, network.id)?.into_iter().map(|kind| kind.code).collect();
    Ok(Surroundings {
        default_language: Language(network.default_language),
        languages: network.languages.into_iter().map(Language).collect(),
        partnership_types: network::types_of(conn, network.id)?.into_iter().map(|of| of.code).collect(),
        known,
    })
}

fn contradiction(fault: Fault) -> Violation {
    let Fault { pointer, code, message: _, rule, params } = fault;
    Violation { rule: rule.map(Into::into), params, ..Violation::at(pointer, code) }
}

fn refused(refusal: &AmendmentRefusal) -> Violation {
    let at = |pointer: &str| Violation::at(pointer, refusal.code()).rule(refusal.rule());
    match refusal {
        AmendmentRefusal::ChangesNothing => at("/terms"),
        AmendmentRefusal::NotAfterLatest { latest } => at("/effective_from").with("latest", latest),
        AmendmentRefusal::ExistingNotAllowed => at("/reach"),
        AmendmentRefusal::PastForNewAgreements { today } => at("/effective_from").with("today", today),
        AmendmentRefusal::TooFarBack { earliest } => at("/effective_from").with("earliest", earliest),
        AmendmentRefusal::KeptByExisting { what } => at(&format!("/terms{what}")),
        AmendmentRefusal::StageMissing { stage } => at("/terms/stages").with("stage", stage),
        AmendmentRefusal::RuleKindChanged { rule } => {
            at(&format!("{}/kind", crate::schema::step("/terms/rules", rule))).with("rule", rule)
        }
    }
}
