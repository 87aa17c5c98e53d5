//! Obligations: everything that runs out or is due for a company, with its day. They are read from the records that make them and
//! kept nowhere else.

use chrono::NaiveDate;

use crate::code::coded;

/// What runs out or is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObligationKind {
    /// An agreement ends with its last day.
    AgreementExpiry,
    /// A certificate of the academy ends with its last day (R82).
    CertificateExpiry,
    /// A party of a dispute may speak until then (R37).
    DisputeHearing,
    /// An entry fee is to be paid, invoiced or assessed (R58).
    EntryFee,
    /// A finding waits for its master (D13).
    Finding,
    /// A year of an agreement asks for more sales (R57, D13).
    MinimumSales,
    /// A protection runs out (D3).
    Protection,
    /// A qualification ends with its last day, or is over and asked for (R43, R64, R72).
    QualificationExpiry,
    /// A payout takes an instalment of a debt from then on (D20).
    RecoveryInstalment,
    /// A partner owes its master by a statement (R15, R55).
    Remittance,
    /// The statements of a period are to be given (Directive 86/653/EEC, Article 12).
    Statement,
    /// An agreement waits for its supervision (R7).
    Supervision,
    /// An item of an agreement's checklist was found not to be met (R28).
    SupervisionItem,
    /// A partner waits for its master's support (R41).
    SupportRequest,
}

coded! {
    ObligationKind {
        AgreementExpiry => "agreement_expiry",
        CertificateExpiry => "certificate_expiry",
        DisputeHearing => "dispute_hearing",
        EntryFee => "entry_fee",
        Finding => "finding",
        MinimumSales => "minimum_sales",
        Protection => "protection",
        QualificationExpiry => "qualification_expiry",
        RecoveryInstalment => "recovery_instalment",
        Remittance => "remittance",
        Statement => "statement",
        Supervision => "supervision",
        SupervisionItem => "supervision_item",
        SupportRequest => "support_request",
    }
}

/// How near it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It is further away than what is due soon.
    Info,
    /// It comes within the days that the network calls soon.
    DueSoon,
    /// It is today.
    Due,
    /// Its day is over.
    Overdue,
}

coded! { Severity { Info => "info", DueSoon => "due_soon", Due => "due", Overdue => "overdue", } }

/// The days from today to a day: below nothing once it is over.
#[must_use]
pub fn days_left(today: NaiveDate, due_on: NaiveDate) -> i64 {
    due_on.signed_duration_since(today).num_days()
}

impl Severity {
    /// How near what is due on a day is today, in a network that calls so many days soon.
    #[must_use]
    pub fn of(today: NaiveDate, due_on: NaiveDate, soon_days: u32) -> Self {
        match days_left(today, due_on) {
            ..0 => Self::Overdue,
            0 => Self::Due,
            days if days <= i64::from(soon_days) => Self::DueSoon,
            _ => Self::Info,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_due_today_is_neither_soon_nor_over() {
        let today: NaiveDate = "2028-02-28".parse().unwrap();
        let table = [
            ("2028-02-27", -1, Severity::Overdue),
            ("2028-02-28", 0, Severity::Due),
            ("2028-02-29", 1, Severity::DueSoon),
            ("2028-03-29", 30, Severity::DueSoon),
            ("2028-03-30", 31, Severity::Info),
        ];
        for (day, left, severity) in table {
            let due_on = day.parse().unwrap();
            assert_eq!((days_left(today, due_on), Severity::of(today, due_on, 30)), (left, severity), "{day}");
        }
        let tomorrow = "2028-02-29".parse().unwrap();
        assert_eq!((Severity::of(today, tomorrow, 1), Severity::of(today, tomorrow, 0)), (Severity::DueSoon, Severity::Info));
    }

    #[test]
    fn every_code_leads_back_to_its_value_and_severities_rise() {
        assert!(ObligationKind::ALL.iter().all(|word| ObligationKind::from_code(word.code()) == Some(*word)));
        assert!(Severity::ALL.iter().all(|word| Severity::from_code(word.code()) == Some(*word)));
        assert!(Severity::ALL.is_sorted());
    }
}
