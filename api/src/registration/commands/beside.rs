//! What stands beside registrations: disputes over them, and where their protections came from and went to.

use std::collections::BTreeSet;

use domain::id::{CompanyId, RegistrationId};
use persistence::{db::Conn, dispute, registration as store};

use super::{super::wire::Registration, change_of};
use crate::{
    problem::{Code, Problem},
    write::Work,
};

/// What stands beside registrations, as far as one company may know it (D22).
pub(super) struct Beside {
    disputed: BTreeSet<RegistrationId>,
    /// Each as the one that a protection went to and the one that it came from.
    passings: Vec<(RegistrationId, RegistrationId)>,
}

impl Beside {
    /// What stands beside these registrations. A partner is told of a dispute once both sides are heard, and never where its
    /// protection came from or went to; a master is told of what it supervises.
    pub(super) fn of(conn: &mut Conn, company: CompanyId, ids: &[RegistrationId]) -> Result<Self, Problem> {
        let open = dispute::open_over(conn, ids)?;
        let Some(master) = company.master() else {
            let disputed = open.into_iter().filter(|(_, heard)| *heard).map(|(id, _)| id).collect();
            return Ok(Self { disputed, passings: Vec::new() });
        };
        let passings = store::passings(conn, ids)?;
        let ends: Vec<_> = passings.iter().flat_map(|(to, from)| [*to, *from]).collect();
        let supervised: BTreeSet<_> =
            store::by_ids(conn, &ends)?.into_iter().filter(|end| end.master == master).map(|end| end.id).collect();
        let passings = passings.into_iter().filter(|(to, from)| supervised.contains(to) && supervised.contains(from)).collect();
        Ok(Self { disputed: open.into_iter().map(|(id, _)| id).collect(), passings })
    }

    /// Puts what stands beside a registration into what is shown of it.
    pub(super) fn put(&self, id: RegistrationId, shown: &mut Registration) {
        shown.disputed = self.disputed.contains(&id);
        shown.taken_from_id = self.passings.iter().find(|(to, _)| *to == id).map(|(_, from)| from.to_string());
        shown.passed_to_id = self.passings.iter().find(|(_, from)| *from == id).map(|(to, _)| to.to_string());
    }
}

/// Tells the master and the holder of a registration that a dispute over it began or ended, which changes what they see of it.
///
/// # Errors
/// Those of the database, and `version_mismatch` where the registration is changed at the same time.
pub(crate) fn note_dispute(work: &mut Work<'_, '_>, id: RegistrationId, kind: &'static str) -> Result<(), Problem> {
    let found = store::by_ids(work.conn(), &[id])?.pop().ok_or_else(|| Problem::internal(format!("no {id}")))?;
    let before = found.version;
    let after = store::Registration { version: before.saturating_add(1), updated_at: work.now()?, ..found };
    if !store::update(work.conn(), &after)? {
        return Err(Problem::new(Code::VersionMismatch).with("version", before));
    }
    let body = told(work, &after)?;
    // Who brought it about may be the other party (D22).
    work.record_as_service(change_of(kind, &after, &body))
}

/// A registration as its event tells it to master and partner: what both may know, and no names that one company has for it.
pub(super) fn told(work: &mut Work<'_, '_>, registration: &store::Registration) -> Result<Registration, Problem> {
    let (id, partner) = (registration.id, CompanyId::Partner(registration.partner));
    let mut body = Registration::of(registration.clone(), store::evidence_of(work.conn(), id)?, Vec::new());
    Beside::of(work.conn(), partner, &[id])?.put(id, &mut body);
    Ok(body)
}

/// A registration as a master that has to know everything about it sees it, whichever master supervises it.
///
/// # Errors
/// Those of the database.
pub(crate) fn whole(conn: &mut Conn, id: RegistrationId) -> Result<Registration, Problem> {
    let found = store::by_ids(conn, &[id])?.pop().ok_or_else(|| Problem::internal(format!("no {id}")))?;
    let master = CompanyId::Master(found.master);
    let mut shown = Registration::of(found, store::evidence_of(conn, id)?, Vec::new());
    Beside::of(conn, master, &[id])?.put(id, &mut shown);
    Ok(shown)
}
