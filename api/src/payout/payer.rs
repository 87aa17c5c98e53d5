//! Who pays and is paid: a master, or a partner whose promoters it pays (R10, R47).

use domain::id::{CompanyId, MasterId};
use persistence::{event::Audience, partner};

use crate::{problem::Problem, write::Work};

/// A company that pays, and its master: itself, where it is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Payer {
    /// The company.
    pub(crate) company: CompanyId,
    /// Its master, by whose calendar it pays.
    pub(crate) master: MasterId,
}

impl Payer {
    /// The caller's company.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) fn of(work: &mut Work<'_, '_>) -> Result<Self, Problem> {
        let (company, view) = (work.caller()?.company, work.caller()?.view());
        let master = match company {
            CompanyId::Master(master) => master,
            CompanyId::Partner(id) => partner::find(work.conn(), &view, id)?.ok_or_else(Problem::not_found)?.master,
        };
        Ok(Self { company, master })
    }

    /// Itself alone: nobody else reads what goes to its bank and what its bank says (D22).
    pub(crate) const fn alone(self) -> Audience {
        match self.company {
            CompanyId::Master(master) => Audience { master: Some(master), partner: None, counterparty: None },
            CompanyId::Partner(partner) => Audience { master: None, partner: Some(partner), counterparty: None },
        }
    }
}
