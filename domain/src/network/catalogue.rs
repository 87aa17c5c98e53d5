//! What can be sold (R4).

use crate::code::coded;

/// Whose a catalogue item is, which decides where its money goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ItemKind {
    /// An application of the network, provided by a master (R48).
    NetworkModule,
    /// A service of the network, provided by a master.
    NetworkService,
    /// A product of others that the network lists.
    Complementary,
    /// A partner's own product or service, all of it the partner's (R42).
    PartnerOwn,
    /// A partner's daily helpdesk for its customers, all of it the partner's (R43).
    PartnerHelpdesk,
}

coded! {
    ItemKind {
        NetworkModule => "network_module",
        NetworkService => "network_service",
        Complementary => "complementary",
        PartnerOwn => "partner_own",
        PartnerHelpdesk => "partner_helpdesk",
    }
}

impl ItemKind {
    /// Whether lines of this kind are network lines: a master provides them and has a share in them.
    #[must_use]
    pub const fn is_network(self) -> bool {
        matches!(self, Self::NetworkModule | Self::NetworkService)
    }

    /// Whether lines of this kind are a partner's own, retained whole (R42, R43).
    #[must_use]
    pub const fn is_partners(self) -> bool {
        matches!(self, Self::PartnerOwn | Self::PartnerHelpdesk)
    }
}

/// What a price is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Period {
    /// Twelve contract months.
    Year,
    /// One contract month: twelve of them make an annuity (D12).
    Month,
    /// Once, with the first annuity; never part of the recurring fee.
    Once,
}

coded! {
    Period {
        Year => "year",
        Month => "month",
        Once => "once",
    }
}

impl Period {
    /// How many times the price is due in the `year`th contract year (counted from 1).
    #[must_use]
    pub const fn times_in_year(self, year: u32) -> u32 {
        match self {
            Self::Year => 1,
            Self::Month => 12,
            Self::Once => {
                if year == 1 {
                    1
                } else {
                    0
                }
            }
        }
    }

    /// Whether the price comes back every year.
    #[must_use]
    pub const fn is_recurring(self) -> bool {
        !matches!(self, Self::Once)
    }
}
