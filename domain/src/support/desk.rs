//! Who answers a customer: whoever has the duty of support on the lines of its contracts (R43, R54, R67, R80).

use crate::network::{Duties, Duty, ItemKind, Side};

/// A line that runs for a customer, as far as its support goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeskLine<'a> {
    /// Whose item it is.
    pub kind: ItemKind,
    /// Who has which duty.
    pub duties: &'a Duties,
}

/// Who answers the customer of a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SupportDesk {
    /// Whom the customer turns to.
    pub first_contact: Side,
    /// Whether the other side answers for some of the lines.
    pub shared: bool,
}

/// Who supports a line: the side that has the duty, and the master where nobody is named (R67).
#[must_use]
pub fn supporter(line: DeskLine<'_>) -> Side {
    line.duties.get(&Duty::Support).copied().unwrap_or(Side::Master)
}

/// Who answers the customer of a contract with these lines. A partner that supports a network line is the customer's contact (R54), and so
/// is one that gives it its helpdesk (R43); one that supports nothing but its own products beside them is not.
#[must_use]
pub fn desk(lines: &[DeskLine<'_>]) -> SupportDesk {
    let partners: Vec<_> = lines.iter().filter(|line| supporter(**line) == Side::Partner).collect();
    let answers = partners.iter().any(|line| line.kind != ItemKind::PartnerOwn)
        || (!partners.is_empty() && !lines.iter().any(|line| line.kind.is_network()));
    let shared = !partners.is_empty() && partners.len() < lines.len();
    SupportDesk { first_contact: if answers { Side::Partner } else { Side::Master }, shared }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn duties(support: Side) -> Duties {
        Duty::ALL.into_iter().map(|duty| (duty, if duty == Duty::Support { support } else { Side::Master })).collect()
    }

    fn desk_of(lines: &[(ItemKind, Side)]) -> SupportDesk {
        let duties: Vec<_> = lines.iter().map(|(_, side)| duties(*side)).collect();
        let lines: Vec<_> = lines.iter().zip(&duties).map(|((kind, _), duties)| DeskLine { kind: *kind, duties }).collect();
        desk(&lines)
    }

    #[test]
    fn r54_whoever_supports_the_network_lines_is_the_customers_contact() {
        use ItemKind::{NetworkModule, NetworkService, PartnerHelpdesk, PartnerOwn};
        use Side::{Master, Partner};
        type Case<'a> = (&'a [(ItemKind, Side)], Side, bool);
        let table: [Case<'_>; 7] = [
            (&[(NetworkModule, Partner)], Partner, false),
            (&[(NetworkModule, Master)], Master, false),
            // R43: its helpdesk beside lines that the master supports.
            (&[(NetworkModule, Master), (PartnerHelpdesk, Partner)], Partner, true),
            // R42: its own services alone do not make it the contact.
            (&[(NetworkModule, Master), (PartnerOwn, Partner)], Master, true),
            (&[(NetworkModule, Master), (NetworkService, Partner)], Partner, true),
            (&[(PartnerOwn, Partner)], Partner, false),
            (&[], Master, false),
        ];
        for (lines, first_contact, shared) in table {
            assert_eq!(desk_of(lines), SupportDesk { first_contact, shared }, "{lines:?}");
        }
    }

    #[test]
    fn r67_where_nobody_is_named_the_master_supports() {
        let nobody = Duties::new();
        assert_eq!(supporter(DeskLine { kind: ItemKind::NetworkModule, duties: &nobody }), Side::Master);
    }
}
