//! Who calls, for which company, and what they may do.
//!
//! A token says only who it is for. Role, scopes and company are read from the database at each request, so that a change of
//! role or a revoked session counts at once.

mod table;
pub mod token;

use std::str::FromStr;

use domain::id::{CompanyId, IntegrationId, NetworkId, SessionId, UserId};
use persistence::{
    db::Tx,
    identity::{self, Rights},
    view::View,
};

pub use table::{Access, Integrations, OPERATIONS, access_to};

use crate::problem::{Code, Problem};

macro_rules! words {
    ($(#[$outer:meta])* $enum:ident { $($(#[$doc:meta])* $variant:ident $name:tt,)+ }) => {
        $(#[$outer])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        pub enum $enum { $($(#[$doc])* #[serde(rename = $name)] $variant,)+ }

        impl $enum {
            /// All of them.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$variant),+];

            /// The word on the wire and in the database.
            #[must_use]
            pub const fn word(self) -> &'static str { match self { $(Self::$variant => $name,)+ } }
        }

        impl FromStr for $enum {
            type Err = ();

            fn from_str(word: &str) -> Result<Self, ()> { Self::ALL.into_iter().find(|value| value.word() == word).ok_or(()) }
        }
    };
}

words! {
    /// What a person is in a company.
    Role {
        /// Runs a master's side: people, integrations and everything below.
        MasterAdministrator "master_administrator",
        /// Does a master's everyday work: partners, agreements, sales.
        MasterOperator "master_operator",
        /// Decides for a master: agreements and registrations.
        Supervisor "supervisor",
        /// Runs a partner's side: people, integrations and everything below.
        PartnerAdministrator "partner_administrator",
        /// Does a partner's everyday work.
        PartnerMember "partner_member",
    }
}

words! {
    /// What an integration may do.
    Scope {
        /// Read the network, its types, terms and catalogue.
        NetworkRead "network:read",
        /// Write a partner's own catalogue items.
        CatalogueWrite "catalogue:write",
        /// Read partners and applications.
        PartnersRead "partners:read",
        /// Onboard partners: applications, partners, agreements.
        Onboarding "onboarding",
        /// Read agreements.
        AgreementsRead "agreements:read",
        /// Read registrations.
        RegistrationsRead "registrations:read",
        /// Write registrations.
        RegistrationsWrite "registrations:write",
        /// Read introductions, portfolios, projects, customers, proposals, contracts and annuities.
        SalesRead "sales:read",
        /// Write introductions, portfolios, projects, customers, proposals, contracts and annuities.
        SalesWrite "sales:write",
        /// Read the ledger.
        LedgerRead "ledger:read",
        /// Write to the ledger: close periods, correct, record services.
        LedgerWrite "ledger:write",
        /// Read qualifications, courses and benefits.
        AcademyRead "academy:read",
        /// Write qualifications, courses and benefits.
        AcademyWrite "academy:write",
        /// Read events.
        EventsRead "events:read",
    }
}

/// Scopes as they stand in the database and in tokens: words separated by spaces.
#[must_use]
pub fn scope_words(scopes: &[Scope]) -> String {
    scopes.iter().map(|scope| scope.word()).collect::<Vec<_>>().join(" ")
}

/// The scopes that stand in such a text; words that are none are left out, because they give no right.
#[must_use]
pub fn scopes_in(words: &str) -> Vec<Scope> {
    words.split(' ').filter_map(|word| word.parse().ok()).collect()
}

impl Role {
    /// The roles that people of a company can have.
    pub fn of_company(company: CompanyId) -> impl Iterator<Item = Self> {
        let masters = matches!(company, CompanyId::Master(_));
        Self::ALL.into_iter().filter(move |role| role.is_masters() == masters)
    }

    /// The role of those who run a company's side.
    #[must_use]
    pub const fn administrator_of(company: CompanyId) -> Self {
        match company {
            CompanyId::Master(_) => Self::MasterAdministrator,
            CompanyId::Partner(_) => Self::PartnerAdministrator,
        }
    }

    /// Whether the role is one of a master's people.
    #[must_use]
    pub const fn is_masters(self) -> bool {
        matches!(self, Self::MasterAdministrator | Self::MasterOperator | Self::Supervisor)
    }
}

/// Who a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bearer {
    /// A person in a session.
    Person {
        /// The person.
        user: UserId,
        /// The session.
        session: SessionId,
    },
    /// An integration.
    Integration(IntegrationId),
}

/// What a token says: who it is for, and how much of their rights it carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Who it is for.
    pub bearer: Bearer,
    /// The scopes that an integration asked for, where it asked for less than it has.
    pub narrowed_to: Option<Vec<Scope>>,
}

/// Somebody who calls, with the rights they have now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Who.
    pub bearer: Bearer,
    /// In which network.
    pub network: NetworkId,
    /// For which company.
    pub company: CompanyId,
    /// The role, where it is a person.
    pub role: Option<Role>,
    /// The scopes, where it is an integration.
    pub scopes: Vec<Scope>,
}

impl Caller {
    /// Reads who the bearer is now.
    ///
    /// # Errors
    /// `authentication_required` when the session ended or the integration was revoked.
    pub fn recognise(tx: &mut Tx<'_>, bearer: Bearer) -> Result<Self, Problem> {
        let found = match bearer {
            Bearer::Person { user, session } => {
                let now = tx.now()?;
                identity::find_person(tx.conn, user, session, now)?
            }
            Bearer::Integration(id) => identity::find_integration(tx.conn, id)?,
        };
        let principal = found.ok_or_else(|| Problem::new(Code::AuthenticationRequired))?;
        let (role, scopes) = match principal.rights {
            Rights::Role(word) => (Some(word.parse().map_err(|()| Problem::internal(format!("role {word}")))?), Vec::new()),
            Rights::Scopes(words) => (None, scopes_in(&words)),
        };
        Ok(Self { bearer, network: principal.network, company: principal.company, role, scopes })
    }

    /// The caller with those of its scopes that its token carries.
    #[must_use]
    pub fn narrowed_to(mut self, scopes: Option<&[Scope]>) -> Self {
        if let Some(scopes) = scopes {
            self.scopes.retain(|scope| scopes.contains(scope));
        }
        self
    }

    /// Whether the caller may call an operation with this access.
    ///
    /// # Errors
    /// `forbidden` for a role or company that may not, `insufficient_scope` for an integration without the scope.
    pub fn permit(&self, access: Access) -> Result<(), Problem> {
        let Access::Callers { people, integrations } = access else { return Ok(()) };
        if let Some(role) = self.role {
            return if people.contains(&role) { Ok(()) } else { Err(Problem::new(Code::Forbidden)) };
        }
        let Some(Integrations { of_masters, of_partners, scope }) = integrations else {
            return Err(Problem::new(Code::Forbidden));
        };
        let company_may = match self.company {
            CompanyId::Master(_) => of_masters,
            CompanyId::Partner(_) => of_partners,
        };
        if !company_may {
            return Err(Problem::new(Code::Forbidden));
        }
        if !self.scopes.contains(&scope) {
            return Err(Problem::new(Code::InsufficientScope).with("scope", scope.word()));
        }
        Ok(())
    }

    /// What the caller's company may see.
    #[must_use]
    pub fn view(&self) -> View {
        View { network: self.network, company: self.company }
    }

    /// The caller's id, as it stands in events and decisions.
    #[must_use]
    pub fn actor(&self) -> String {
        match self.bearer {
            Bearer::Person { user, .. } => user.to_string(),
            Bearer::Integration(id) => id.to_string(),
        }
    }
}
