//! Annuities: what a customer pays for twelve contract months, and what of it was invoiced, collected and credited (D12).

use crate::{money::Money, network::ItemKind, sale::LineDraft};

/// What one line comes to in one contract year, net of tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnnuityLine {
    /// The line's place among the contract's, from 0.
    pub line: usize,
    /// Whose item it is.
    pub kind: ItemKind,
    /// Whether it comes back every year.
    pub recurring: bool,
    /// Before discount.
    pub list: Money,
    /// After discount.
    pub net: Money,
}

/// What the lines come to in the `year`th contract year, counted from 1: a monthly price counts twelve times, what is paid once
/// counts in the first year and has no line later (D12). `None` when an amount is larger than can be held.
#[must_use]
pub fn annuity_lines(lines: &[LineDraft], year: u32) -> Option<Vec<AnnuityLine>> {
    let due = lines.iter().enumerate().filter(|(_, line)| line.period.times_in_year(year) > 0);
    due.map(|(index, line)| {
        let times = line.period.times_in_year(year);
        let amount = |price: Money| price.checked_times(line.quantity)?.checked_times(times);
        Some(AnnuityLine {
            line: index,
            kind: line.item_kind,
            recurring: line.period.is_recurring(),
            list: amount(line.list_price)?,
            net: amount(line.net_price)?,
        })
    })
    .collect()
}

/// What a customer pays for the `year`th contract year, net of tax and after discounts. `None` without lines, with lines of
/// several currencies, or when an amount, before discount or after, is larger than can be held.
#[must_use]
pub fn annuity_total(lines: &[LineDraft], year: u32) -> Option<Money> {
    let currency = lines.first()?.net_price.currency();
    let amounts = annuity_lines(lines, year)?;
    Money::sum(amounts.iter().map(|line| line.list), currency)?;
    Money::sum(amounts.iter().map(|line| line.net), currency)
}

/// What happened to a part of an annuity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InstalmentKind {
    /// The customer was billed.
    Invoice,
    /// The customer paid.
    Collection,
    /// A credit note: the customer owes less.
    Credit,
    /// The customer got back what it had paid.
    Refund,
}

impl InstalmentKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Invoice, Self::Collection, Self::Credit, Self::Refund];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::Collection => "collection",
            Self::Credit => "credit",
            Self::Refund => "refund",
        }
    }

    /// The kind of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// How far an annuity is: all of one currency, none below zero, never more invoiced (less credits) than contracted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnnuityState {
    contracted: Money,
    invoiced: Money,
    collected: Money,
    credited: Money,
    refunded: Money,
}

/// Why an instalment cannot be recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InstalmentRefusal {
    /// Nothing, or less.
    NotPositive,
    /// Not the annuity's currency.
    OtherCurrency {
        /// The annuity as contracted.
        contracted: Money,
    },
    /// More than is left.
    MoreThan {
        /// What was recorded.
        kind: InstalmentKind,
        /// The most it could have been.
        left: Money,
    },
}

impl InstalmentRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotPositive => "amount_not_positive",
            Self::OtherCurrency { .. } => "other_currency",
            Self::MoreThan { kind: InstalmentKind::Invoice, .. } => "more_than_contracted",
            Self::MoreThan { kind: InstalmentKind::Collection, .. } => "more_than_due",
            Self::MoreThan { kind: InstalmentKind::Credit, .. } => "more_than_invoiced",
            Self::MoreThan { kind: InstalmentKind::Refund, .. } => "more_than_collected",
        }
    }

    /// The rule it breaks.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        "D12"
    }
}

impl AnnuityState {
    /// A new annuity, of which nothing was invoiced yet.
    #[must_use]
    pub const fn new(contracted: Money) -> Self {
        let nothing = Money::zero(contracted.currency());
        Self { contracted, invoiced: nothing, collected: nothing, credited: nothing, refunded: nothing }
    }

    /// An annuity as it was stored: what was invoiced before credits, and what was collected before refunds. `None` when the amounts
    /// cannot have come from instalments.
    #[must_use]
    pub fn from_amounts(contracted: Money, [invoiced, credited]: [Money; 2], [collected, refunded]: [Money; 2]) -> Option<Self> {
        let (net, collected) = (invoiced.checked_sub(credited)?, collected.checked_sub(refunded)?);
        let within =
            |amount: Money, most: Money| amount.sign().is_ge() && amount.compare(most).is_some_and(|order| order.is_le());
        let sound =
            within(net, contracted) && within(credited, invoiced) && within(collected, invoiced) && refunded.sign().is_ge();
        sound.then_some(Self { contracted, invoiced, collected, credited, refunded })
    }

    /// What the customer owes for the year, as contracted.
    #[must_use]
    pub const fn contracted(&self) -> Money {
        self.contracted
    }

    /// What was invoiced, before credits.
    #[must_use]
    pub const fn invoiced(&self) -> Money {
        self.invoiced
    }

    /// What was collected and not refunded.
    #[must_use]
    pub const fn collected(&self) -> Money {
        self.collected
    }

    /// What was credited.
    #[must_use]
    pub const fn credited(&self) -> Money {
        self.credited
    }

    /// What was refunded.
    #[must_use]
    pub const fn refunded(&self) -> Money {
        self.refunded
    }

    /// What was invoiced, less credits: what the customer was left to pay.
    #[must_use]
    pub fn invoiced_net(&self) -> Money {
        self.invoiced.checked_sub(self.credited).unwrap_or(Money::zero(self.contracted.currency()))
    }

    /// What was given back of what is still billed: what was refunded, as far as less is collected than is billed. A refund of what a
    /// credit note took off, or of what was paid beyond the bill, is none of it, so that a credit note and the refund of its
    /// money count once; collected again, nothing is given back any more (D20).
    #[must_use]
    pub fn given_back(&self) -> Money {
        let open = self.invoiced_net().checked_sub(self.collected).filter(|open| open.sign().is_gt());
        lesser(open.unwrap_or(Money::zero(self.contracted.currency())), self.refunded)
    }

    /// What was billed and stands: what was invoiced, less credits and what was given back of it. It is what a rule that waits for
    /// invoices is proportional to.
    #[must_use]
    pub fn billed(&self) -> Money {
        self.invoiced_net().checked_sub(self.given_back()).unwrap_or(Money::zero(self.contracted.currency()))
    }

    /// What stands of what was contracted: all of it, less what was credited and not billed again, and what was given back (D20).
    #[must_use]
    pub fn standing(&self) -> Money {
        let nothing = Money::zero(self.contracted.currency());
        let above = |of: Money, less: Money| of.checked_sub(less).filter(|left| left.sign().is_gt()).unwrap_or(nothing);
        let open = above(self.credited, above(self.invoiced, self.contracted));
        above(above(self.contracted, open), self.given_back())
    }

    /// What stands of a cancelled contract's year, of which `served` was performed by the days on which the contract ran: that, or what
    /// was billed where it is more, and never more than would stand without the cancellation. The rest is never performed (D20).
    #[must_use]
    pub fn standing_of_cancelled(&self, served: Money) -> Money {
        let billed = self.billed();
        let performed = if lesser(billed, served) == billed { served } else { billed };
        lesser(performed, self.standing())
    }

    /// What can still be recorded of a kind: invoices up to what is contracted, collections up to what is invoiced less credits,
    /// credits up to what is invoiced, refunds up to what is collected. A credit may leave more collected than is due, which a
    /// refund then gives back; until then nothing can be collected.
    #[must_use]
    pub fn left(&self, kind: InstalmentKind) -> Money {
        let net = self.invoiced_net();
        let left = match kind {
            InstalmentKind::Invoice => self.contracted.checked_sub(net),
            InstalmentKind::Collection => net.checked_sub(self.collected),
            InstalmentKind::Credit => Some(net),
            InstalmentKind::Refund => Some(self.collected),
        };
        left.filter(|left| left.sign().is_gt()).unwrap_or(Money::zero(self.contracted.currency()))
    }

    /// Records an instalment.
    ///
    /// # Errors
    /// Every [`InstalmentRefusal`] at once.
    pub fn record(&self, kind: InstalmentKind, amount: Money) -> Result<Self, Vec<InstalmentRefusal>> {
        let mut refusals = Vec::new();
        if !amount.sign().is_gt() {
            refusals.push(InstalmentRefusal::NotPositive);
        }
        let left = self.left(kind);
        match amount.compare(left) {
            None => refusals.push(InstalmentRefusal::OtherCurrency { contracted: self.contracted }),
            Some(order) if order.is_gt() => refusals.push(InstalmentRefusal::MoreThan { kind, left }),
            Some(_) => {}
        }
        if !refusals.is_empty() {
            return Err(refusals);
        }
        let mut after = *self;
        let (total, sum) = match kind {
            InstalmentKind::Invoice => (&mut after.invoiced, self.invoiced.checked_add(amount)),
            InstalmentKind::Collection => (&mut after.collected, self.collected.checked_add(amount)),
            InstalmentKind::Credit => (&mut after.credited, self.credited.checked_add(amount)),
            InstalmentKind::Refund => (&mut after.refunded, self.refunded.checked_add(amount)),
        };
        // Only invoices and credits repeated without end reach the largest amount.
        *total = sum.ok_or_else(|| vec![InstalmentRefusal::MoreThan { kind, left: Money::zero(left.currency()) }])?;
        if kind == InstalmentKind::Refund {
            after.collected = self.collected.checked_sub(amount).unwrap_or(Money::zero(left.currency()));
        }
        Ok(after)
    }
}

fn lesser(a: Money, b: Money) -> Money {
    if a.compare(b).is_some_and(|order| order.is_le()) { a } else { b }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::{money::Currency, network::Period};

    fn eur(minor: i64) -> Money {
        Money::from_minor(minor, Currency::EUR)
    }

    fn line(period: Period, quantity: u32, list: i64, net: i64) -> LineDraft {
        let duties = BTreeMap::new();
        let (item, product_line, list_price, net_price) = (None, None, eur(list), eur(net));
        LineDraft { item_kind: ItemKind::NetworkModule, item, product_line, period, quantity, list_price, net_price, duties }
    }

    /// An annuity of 1,200.00, by what was invoiced, credited, collected and refunded.
    fn of(invoiced: i64, credited: i64, collected: i64, refunded: i64) -> AnnuityState {
        let pairs = ([eur(invoiced), eur(credited)], [eur(collected), eur(refunded)]);
        AnnuityState::from_amounts(eur(120_000), pairs.0, pairs.1).unwrap()
    }

    #[test]
    fn what_was_contracted_stands_until_it_is_credited_or_cancelled() {
        let cases = [
            (0, 0, 120_000, 0),
            (40_000, 0, 120_000, 40_000),
            (120_000, 30_000, 90_000, 90_000),
            (130_000, 30_000, 100_000, 100_000),
            (150_000, 30_000, 120_000, 120_000),
            (120_000, 120_000, 0, 0),
        ];
        for (invoiced, credited, active, cancelled) in cases {
            let state = of(invoiced, credited, 0, 0);
            assert_eq!(
                (state.standing(), state.standing_of_cancelled(eur(0))),
                (eur(active), eur(cancelled)),
                "{invoiced} {credited}"
            );
        }
    }

    #[test]
    fn d20_a_cancelled_year_stands_by_its_days_or_by_what_was_billed_where_that_is_more() {
        // Of 1,200.00 the days on which the contract ran are worth 600.00: invoiced, credited, collected, refunded, what stands.
        let cases = [
            (0, 0, 0, 0, 60_000),
            (59_999, 0, 0, 0, 60_000),
            (60_001, 0, 0, 0, 60_001),
            (120_000, 0, 120_000, 0, 120_000),
            (120_000, 60_000, 120_000, 60_000, 60_000),
            // Who credits more than the days' worth charges less for them.
            (120_000, 90_000, 120_000, 90_000, 30_000),
            (120_000, 120_000, 0, 0, 0),
            (120_000, 0, 120_000, 120_000, 0),
        ];
        for (invoiced, credited, collected, refunded, stands) in cases {
            let state = of(invoiced, credited, collected, refunded);
            assert_eq!(state.standing_of_cancelled(eur(60_000)), eur(stands), "{invoiced} {credited} {collected} {refunded}");
        }
    }

    #[test]
    fn d20_a_refund_takes_off_what_no_credit_note_did_and_giving_back_an_overpayment_takes_off_nothing() {
        // Of 1,200.00: invoiced, credited, collected, refunded; what was billed and stands, and what stands of the whole.
        let cases = [
            (120_000, 0, 120_000, 40_000, 80_000, 80_000),
            // The credit note of that money counts with it once, whichever came first.
            (120_000, 40_000, 120_000, 40_000, 80_000, 80_000),
            (120_000, 40_000, 120_000, 0, 80_000, 80_000),
            // What is refunded beyond the credit note is taken off too.
            (120_000, 40_000, 120_000, 60_000, 60_000, 60_000),
            // Collected again, it is as if it had not been given back.
            (120_000, 0, 160_000, 40_000, 120_000, 120_000),
            // Only a part was invoiced and collected.
            (60_000, 0, 60_000, 60_000, 0, 60_000),
            (60_000, 0, 10_000, 10_000, 50_000, 110_000),
            (120_000, 0, 120_000, 120_000, 0, 0),
        ];
        for (invoiced, credited, collected, refunded, billed, stands) in cases {
            let state = of(invoiced, credited, collected, refunded);
            assert_eq!(
                (state.billed(), state.standing()),
                (eur(billed), eur(stands)),
                "{invoiced} {credited} {collected} {refunded}"
            );
        }
    }

    #[test]
    fn an_annuity_is_twelve_months_of_what_recurs_and_once_what_does_not() {
        let lines =
            [line(Period::Year, 1, 120_000, 100_000), line(Period::Month, 3, 10_000, 9_999), line(Period::Once, 2, 5_000, 5_000)];
        let first = annuity_lines(&lines, 1).unwrap();
        let amounts: Vec<_> = first.iter().map(|line| (line.line, line.recurring, line.list, line.net)).collect();
        let recurring = [(0, true, eur(120_000), eur(100_000)), (1, true, eur(360_000), eur(359_964))];
        assert_eq!(amounts, [recurring[0], recurring[1], (2, false, eur(10_000), eur(10_000))]);
        assert_eq!(annuity_total(&lines, 1), Some(eur(469_964)));
        for year in [2, 3] {
            let later = annuity_lines(&lines, year).unwrap();
            let amounts: Vec<_> = later.iter().map(|line| (line.line, line.recurring, line.list, line.net)).collect();
            assert_eq!(amounts, recurring);
            assert_eq!(annuity_total(&lines, year), Some(eur(459_964)));
        }
    }

    #[test]
    fn a_contract_of_single_payments_has_annuities_of_nothing_later() {
        assert_eq!(annuity_total(&[line(Period::Once, 1, 5_000, 5_000)], 2), Some(eur(0)));
    }

    #[test]
    fn an_annuity_that_cannot_be_held_is_none() {
        assert_eq!(annuity_lines(&[line(Period::Month, 1, i64::MAX / 12, 0)], 1).map(|lines| lines.len()), Some(1));
        assert_eq!(annuity_lines(&[line(Period::Month, 1, i64::MAX / 12 + 1, 0)], 1), None);
        let half = line(Period::Year, 1, i64::MAX / 2 + 1, 0);
        assert_eq!(annuity_total(&[half.clone(), half], 1), None);
        assert_eq!(annuity_total(&[], 1), None);
    }

    #[test]
    fn each_instalment_is_at_most_what_is_left() {
        use InstalmentKind::{Collection, Credit, Invoice, Refund};
        // Of 1,200.00: 1,000.00 invoiced, 100.00 credited, 600.00 collected.
        let state = of(100_000, 10_000, 60_000, 0);
        let table = [(Invoice, 30_000), (Collection, 30_000), (Credit, 90_000), (Refund, 60_000)];
        for (kind, left) in table {
            assert_eq!(state.left(kind), eur(left), "{kind:?}");
            assert!(state.record(kind, eur(left)).is_ok(), "{kind:?}");
            let refused = Err(vec![InstalmentRefusal::MoreThan { kind, left: eur(left) }]);
            assert_eq!(state.record(kind, eur(left + 1)), refused, "{kind:?}");
        }
    }

    #[test]
    fn a_credit_frees_what_can_be_invoiced_and_asks_for_a_refund() {
        use InstalmentKind::{Collection, Credit, Invoice, Refund};
        let steps = [(Invoice, 120_000), (Collection, 120_000), (Credit, 20_000)];
        let credited = steps
            .into_iter()
            .fold(AnnuityState::new(eur(120_000)), |state, (kind, amount)| state.record(kind, eur(amount)).unwrap());
        assert_eq!((credited.left(Collection), credited.left(Invoice)), (eur(0), eur(20_000)));
        let refunded = credited.record(Refund, eur(20_000)).unwrap();
        assert_eq!((refunded.collected(), refunded.invoiced_net()), (eur(100_000), eur(100_000)));
        assert_eq!(refunded.record(Invoice, eur(20_000)).unwrap().left(Collection), eur(20_000));
    }

    #[test]
    fn an_instalment_is_positive_and_of_the_annuitys_currency() {
        let state = AnnuityState::new(eur(120_000));
        for minor in [-1, 0] {
            assert_eq!(state.record(InstalmentKind::Invoice, eur(minor)), Err(vec![InstalmentRefusal::NotPositive]));
        }
        let reais = Money::from_minor(0, Currency::BRL);
        let expected = vec![InstalmentRefusal::NotPositive, InstalmentRefusal::OtherCurrency { contracted: eur(120_000) }];
        assert_eq!(state.record(InstalmentKind::Invoice, reais), Err(expected));
    }

    #[test]
    fn amounts_that_no_instalments_come_to_are_not_restored() {
        let restored = |invoiced, collected, credited| {
            AnnuityState::from_amounts(eur(100), [eur(invoiced), eur(credited)], [eur(collected), eur(0)]).is_some()
        };
        assert!(restored(100, 100, 0) && restored(150, 0, 50) && restored(100, 100, 100));
        assert!(!restored(101, 0, 0) && !restored(100, 101, 0) && !restored(50, 0, 51));
        assert!(!restored(-1, 0, 0) && !restored(100, -1, 0) && !restored(100, 0, -1));
    }

    proptest! {
        #[test]
        fn no_sequence_of_instalments_leaves_the_bounds(steps in proptest::collection::vec((0usize..4, 1i64..600), 0..40)) {
            let mut state = AnnuityState::new(eur(1_000));
            let mut sums = [0i64; 4];
            for (kind, minor) in steps {
                if let Ok(after) = state.record(InstalmentKind::ALL[kind], eur(minor)) {
                    state = after;
                    sums[kind] += minor;
                }
                let [invoiced, collected, credited, refunded] = sums;
                prop_assert_eq!(state.invoiced().minor(), invoiced);
                prop_assert_eq!(state.credited().minor(), credited);
                prop_assert_eq!(state.collected().minor(), collected - refunded);
                prop_assert!((0..=1_000).contains(&(invoiced - credited)));
                prop_assert!((0..=invoiced).contains(&(collected - refunded)));
                // In whole cents: what is taken off is credited, or refunded and not collected again, and never twice.
                let given_back = refunded.min((invoiced - credited - (collected - refunded)).max(0));
                prop_assert_eq!(state.billed().minor(), invoiced - credited - given_back);
                prop_assert!(state.billed().minor() <= state.standing().minor() && state.standing().minor() <= 1_000);
                let (bill, paid) = ([eur(invoiced), eur(credited)], [eur(collected), eur(refunded)]);
                prop_assert_eq!(AnnuityState::from_amounts(eur(1_000), bill, paid), Some(state));
            }
        }
    }
}
