//! The closed lists of words that the ledger answers with. Each mirrors one list of the domain.

use crate::words::mirrored;

mirrored! {
    stored;

    /// How long an accounting period is: a calendar `month` or `quarter`.
    PeriodLength of domain::ledger::PeriodLength {
        /// A calendar month.
        Month,
        /// A calendar quarter.
        Quarter,
    }

    /// What an amount is for: a `commission` that a network company owes a partner, the `share` that a reseller owes its master
    /// (R15), the `buy_price` that an affiliate owes its master (R55), the `fee` for a service of a partner (R24), or the `entry_fee`
    /// that a partner owes its master for a conceded segment (R58).
    LedgerEntryKind of domain::ledger::EntryKind {
        /// What a network company owes a partner for a sale.
        Commission,
        /// What a reseller owes its master: network lines less the margin (R15).
        Share,
        /// What an affiliate owes its master: a part of the list price (R55).
        BuyPrice,
        /// What a network company owes a partner for a service it did: a fixed fee, time or a course (R24, R25).
        Fee,
        /// What a partner owes its master for the segment it is conceded (R58).
        EntryFee,
    }

    /// Why an entry corrects an earlier one (D20): less is due than was posted (`reversal`), what was paid out is owed back
    /// (`clawback`), a master decided otherwise (`adjustment`), or a debt was netted from a payout (`recovery`).
    LedgerCorrection of domain::ledger::CorrectionKind {
        /// Less is due than was posted: a credit, a refund, a cancellation.
        Reversal,
        /// What was paid out already is owed back.
        Clawback,
        /// A master's decision changed what is due.
        Adjustment,
        /// A debt was netted from a later payout.
        Recovery,
    }

    /// How far an entry has come on its way to being paid, on the day of the answer: dated into the next open period (`accrued`),
    /// waiting for the day from which it is payable (`held`), `payable`, on a closed statement (`stated`), or `paid`.
    LedgerEntryState of domain::ledger::EntryState {
        /// It is due, but dated into the next open period.
        Accrued,
        /// The days that its rule holds it back run.
        Held,
        /// It may be stated and paid.
        Payable,
        /// It stands on a closed statement.
        Stated,
        /// That statement was paid.
        Paid,
    }

    /// Which way an adjustment goes: more (`increase`) or less (`decrease`) is due than its entry says.
    AdjustmentDirection of domain::ledger::AdjustmentDirection {
        /// More is due.
        Increase,
        /// Less is due.
        Decrease,
    }

    /// Where an adjustment stands: `proposed`, or decided by a second person: `approved` or `rejected`.
    AdjustmentState of domain::ledger::AdjustmentState {
        /// Nothing is due by it.
        Proposed,
        /// Its entry is posted.
        Approved,
        /// Nothing ever is due by it.
        Rejected,
    }

    /// Where a service stands: `reported` by its partner, `confirmed` or `refused` by the company that it served, or `withdrawn`.
    ServiceState of domain::ledger::ServiceState {
        /// Nothing is due by it.
        Reported,
        /// Its fee is due.
        Confirmed,
        /// Nothing ever is due by it.
        Refused,
        /// Its partner took it back.
        Withdrawn,
    }

    /// Where a recovery plan stands: `active`, `recovered` once payouts that were paid have taken all of the debt, or `cancelled`.
    PlanState of domain::ledger::PlanState {
        /// Payouts keep to it.
        Active,
        /// Payouts that were paid have taken all of the debt; one that comes back makes the plan active again.
        Recovered,
        /// The debt is netted as if there were none.
        Cancelled,
    }

    /// What a step does with its operands: `add` and `multiply` take them all and are exact, `subtract` takes the second from
    /// the first, `round` rounds the only one, `divide_and_round` divides the first by the second and rounds the quotient,
    /// `minimum` and `maximum` take the least and the greatest. `split` splits the first among the weights that follow the second:
    /// each part has the whole minor units of its proportion, those that are left go to the largest remainders (the earlier one
    /// where two are equal), and the result is the part at the place that the second says, from 1.
    Operation of domain::commission::Operation {
        /// Adds them all.
        Add,
        /// Takes the second from the first.
        Subtract,
        /// Multiplies them all, exactly.
        Multiply,
        /// Rounds the only one.
        Round,
        /// Divides the first by the second and rounds the quotient.
        DivideAndRound,
        /// Takes the least.
        Minimum,
        /// Takes the greatest.
        Maximum,
        /// Takes one part of the first, split among weights by the largest remainder.
        Split,
    }

    /// Where the half goes when an amount is rounded: `half_up` is away from zero.
    RoundingMode of domain::commission::RoundingMode {
        /// Away from zero.
        HalfUp,
    }

    /// Why a rule did not apply; the first reason that holds. Another partner protects all that it counts; the sale's number is too
    /// low or too high, the contract year is none of its years, its amounts are in another currency, the customer is none of its
    /// customers; no line that it counts has a price, more specific rules took them all, the seller has no margin, the promoters
    /// named before share all of it; nothing was invoiced or collected yet; or a change of rules took the rule out of the terms.
    NotAppliedReason of domain::commission::NotAppliedReason {
        /// Every line that the rule would count was sold inside the protection of another partner (R36).
        ProtectedByOther,
        /// The sale's ordinal is below the first one that the rule counts for (R68, R75).
        BelowFirstPaidSale,
        /// The sale's ordinal is above the last one that the rule counts for.
        AboveLastPaidSale,
        /// The rule earns on the first annuity only, and this is a renewal.
        OneTimeFirstAnnuity,
        /// The contract year is none of those that the rule earns on.
        OutsideYears,
        /// The rule's amounts are in another currency than the sale.
        OtherCurrency,
        /// The rule is about customers of other segments or countries.
        OtherCustomer,
        /// No line that the rule counts has a price.
        NoMatchingLines,
        /// More specific rules took every line that the rule would count.
        SupersededRule,
        /// The rule counts the seller's margin, and the seller has none (D16).
        SellerHasNoMargin,
        /// The promoters that the sale names before this one share all that the rule comes to.
        OutsideSplit,
        /// Nothing was invoiced or collected yet, or all of it was credited (D12).
        NothingTriggeredYet,
        /// The rule stands in the terms no more: a change of rules took it out.
        NotInTerms,
    }

    /// Why nothing was earned.
    OutcomeReason of domain::commission::OutcomeReason {
        /// The sale comes before the first one that is paid (R68, R75, D11).
        BelowFirstPaidSale,
        /// The commission was for the first annuity only.
        OneTimeFirstAnnuity,
        /// The partner had no active agreement at the sale's date.
        NoActiveAgreement,
        /// The agreement waited for a master's supervision decision (R7).
        SupervisionPending,
        /// The terms earn nothing on what was sold.
        TypeDoesNotEarn,
        /// The prospect was protected for another partner (R36).
        ProtectedByOther,
        /// Another rule took this one's place.
        SupersededRule,
        /// A dispute gave it to another partner (R37).
        Reattributed,
        /// Earlier years of the sale reached the rule's bounds for the whole of it.
        BoundsReached,
        /// The contract ended before the year began (D20).
        ContractEnded,
        /// The partner bought its own instance by its benefit: nobody brought the sale (R84).
        OwnPurchase,
        /// A credit, refund or cancellation was by the master's fault: what was earned stays as it is (D20).
        MastersFault,
        /// What was done is remunerated in kind: no money is due for it (R24).
        InKind,
        /// The company that was served refused the service (R25).
        ServiceRefused,
        /// It comes to less than half of the currency's smallest unit, which is rounded to nothing.
        RoundsToNothing,
        /// The amounts of the rule are in another currency than the sale.
        OtherCurrency,
        /// It waits: nothing, or too little to make a minor unit, was invoiced or collected yet (D12).
        Held,
    }
}
