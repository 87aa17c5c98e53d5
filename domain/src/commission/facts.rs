//! What is known of a sale's year when its rules are evaluated.

use std::{cmp::Ordering, sync::Arc};

use crate::{
    money::{Currency, Money, Rate},
    network::{ItemKind, Stage, Trigger},
    partner::Country,
};

/// What an evaluation is about: one contract year of one sale, as its partner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleFacts {
    /// The number of the sale among the partner's, from 1, frozen at signing (D11).
    pub ordinal: u32,
    /// The currency of every amount here.
    pub currency: Currency,
    /// The partner's stage in force at the sale's date, where its type has stages (R39).
    pub stage: Option<Stage>,
    /// Whether at least one supervised promoter contract was active at the sale's date (D15).
    pub uplift_applies: bool,
    /// The contract year, from 1.
    pub year: u32,
    /// The lines that are due in that year. What is due once stands in the first year only.
    pub lines: Vec<AnnuityLine>,
    /// What stands of the annuity to date: what was contracted, less what was credited or cancelled (D20).
    pub standing: Money,
    /// What was invoiced of the annuity to date, less credits.
    pub invoiced: Money,
    /// What was collected of the annuity to date, less refunds.
    pub collected: Money,
    /// On how many of its days the year is performed; `None` where nothing cuts it short. It is how far a year has come that costs
    /// the customer nothing: nothing can be invoiced or collected of it.
    pub performed: Option<Performed>,
    /// The seller's margin rate on network lines, for rules that count the seller's margin (D16); see
    /// [`margin_rate`](super::margin_rate). A master that sells for itself has none.
    pub seller_margin: Option<Rate>,
    /// Who the customer was when it signed, for rules that are about some customers only.
    pub customer: CustomerFacts,
    /// Which of the sale's promoters the partner is, for rules that they share (R47).
    pub place: Place,
    /// The lines of the contract years before this one, the first year's first, for rules whose bounds are about the whole sale.
    pub earlier_years: Vec<Vec<AnnuityLine>>,
    /// The volumes that came before the sale, frozen when it was signed, for rules whose tiers add up over several sales. By a rule
    /// that is not among them nothing came before.
    pub volumes_before: Vec<VolumeBefore>,
}

/// The volume that came before a sale, for one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VolumeBefore {
    /// The rule's code.
    pub rule: Arc<str>,
    /// How much the partner's sales before this one come to.
    pub amount: Money,
}

/// On how many days of a contract year its contract runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Performed {
    /// So many: none while the year has not begun.
    pub days: u32,
    /// All days of the year.
    pub of: u32,
}

/// Who a customer is, as far as rules ask. What is not known is named by no rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomerFacts {
    /// Its segment.
    pub segment: Option<Arc<str>>,
    /// Its country.
    pub country: Option<Country>,
}

/// One of several promoters of a sale that are paid by the same rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Its place in the order in which the sale names them, from 1.
    pub position: u32,
    /// How many they are.
    pub among: u32,
}

impl Place {
    /// The place of who is paid alone.
    pub const ALONE: Self = Self { position: 1, among: 1 };
}

/// One line of an annuity, with its amounts for that year, net of tax (D12).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnnuityLine {
    /// Whose the line's item is.
    pub kind: ItemKind,
    /// The item's code, where it is known.
    pub item: Option<Arc<str>>,
    /// The code of its product line, where it has one.
    pub product_line: Option<Arc<str>>,
    /// How many units.
    pub quantity: u32,
    /// Whether it comes back every year.
    pub recurring: bool,
    /// At list prices.
    pub list: Money,
    /// After discounts.
    pub net: Money,
    /// Whether it was sold inside the protection of another partner, by a master's leave: nobody earns by it (R36).
    pub protected_by_other: bool,
}

/// Why facts cannot be evaluated. Lines are counted from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FactsFault {
    /// Sales are counted from 1.
    OrdinalZero,
    /// Contract years are counted from 1.
    YearZero,
    /// A line's amount is in another currency than the sale.
    LineCurrency {
        /// The line.
        line: usize,
        /// The currency it is in.
        found: Currency,
    },
    /// A line's amount is less than nothing.
    NegativeLine {
        /// The line.
        line: usize,
    },
    /// What is due once is due in the first year.
    OneOffAfterFirstYear {
        /// The line.
        line: usize,
    },
    /// What stands, was invoiced or was collected is in another currency than the sale.
    ReachedCurrency {
        /// Which of them.
        trigger: Trigger,
        /// The currency it is in.
        found: Currency,
    },
    /// Less than nothing stands, was invoiced or was collected: more was credited than invoiced.
    NegativeReached {
        /// Which of them.
        trigger: Trigger,
    },
    /// More stands, was invoiced or was collected than was contracted.
    AboveContracted {
        /// Which of them.
        trigger: Trigger,
        /// What it has come to.
        reached: Money,
        /// What was contracted.
        contracted: Money,
    },
    /// A rule takes its rate from a stage, but none is in force (R39).
    NoStageInForce {
        /// The rule.
        rule: String,
    },
    /// Stage margin and uplift are more than the whole.
    MarginAboveWhole {
        /// The rule.
        rule: String,
    },
    /// A stage's margin was asked for by a rule that is no margin.
    StageRateOutsideMargin {
        /// The rule.
        rule: String,
    },
    /// A margin holds for every sale and every year: whatever it left out would belong to nobody.
    MarginNotEverySale {
        /// The rule.
        rule: String,
    },
    /// The promoters' commissions are in another currency than the sale.
    PromoterCurrency {
        /// The currency they are in.
        found: Currency,
    },
    /// A line of an earlier year is in another currency, or less than nothing.
    EarlierYear,
    /// A volume before the sale is in another currency, or less than nothing.
    VolumeBefore,
    /// A promoter's place among several that is none of theirs.
    NoSuchPlace,
    /// More days were performed than the year has, or it has none.
    NoSuchDays,
    /// An amount is too large to be computed with.
    OutOfRange,
}

impl SaleFacts {
    /// What the customer pays for the year: the net prices of all its lines. `None` if they cannot be added.
    #[must_use]
    pub fn contracted(&self) -> Option<Money> {
        Money::sum(self.lines.iter().map(|line| line.net), self.currency)
    }

    /// The volume that came before the sale for the rule of a code.
    pub(super) fn volume_before(&self, rule: &str) -> Money {
        let found = self.volumes_before.iter().find(|before| &*before.rule == rule);
        found.map_or(Money::zero(self.currency), |before| before.amount)
    }

    /// What `trigger` has come to (D12).
    pub(super) const fn reached(&self, trigger: Trigger) -> Money {
        match trigger {
            Trigger::Contracted => self.standing,
            Trigger::Invoiced => self.invoiced,
            Trigger::Collected => self.collected,
        }
    }

    /// What was contracted, if nothing is wrong with the facts; else every fault at once.
    pub(super) fn check(&self) -> Result<Money, Vec<FactsFault>> {
        let mut faults = Vec::new();
        if self.ordinal == 0 {
            faults.push(FactsFault::OrdinalZero);
        }
        if self.year == 0 {
            faults.push(FactsFault::YearZero);
        }
        if self.place.position == 0 || self.place.position > self.place.among {
            faults.push(FactsFault::NoSuchPlace);
        }
        if self.performed.is_some_and(|it| it.of == 0 || it.days > it.of) {
            faults.push(FactsFault::NoSuchDays);
        }
        for (position, line) in self.lines.iter().enumerate() {
            self.check_line(position, line, &mut faults);
        }
        for line in self.earlier_years.iter().flatten() {
            self.check_earlier(line, &mut faults);
        }
        for VolumeBefore { rule: _, amount } in &self.volumes_before {
            if amount.currency() != self.currency || amount.sign() == Ordering::Less {
                faults.push(FactsFault::VolumeBefore);
            }
        }
        let contracted = self.contracted();
        for trigger in [Trigger::Contracted, Trigger::Invoiced, Trigger::Collected] {
            self.check_reached(trigger, contracted, &mut faults);
        }
        match contracted {
            Some(contracted) if faults.is_empty() => Ok(contracted),
            None if faults.is_empty() => Err(vec![FactsFault::OutOfRange]),
            _ => Err(faults),
        }
    }

    fn check_line(&self, line: usize, amounts: &AnnuityLine, faults: &mut Vec<FactsFault>) {
        for amount in [amounts.list, amounts.net] {
            if amount.currency() != self.currency {
                faults.push(FactsFault::LineCurrency { line, found: amount.currency() });
            }
        }
        if amounts.list.sign() == Ordering::Less || amounts.net.sign() == Ordering::Less {
            faults.push(FactsFault::NegativeLine { line });
        }
        if !amounts.recurring && self.year > 1 {
            faults.push(FactsFault::OneOffAfterFirstYear { line });
        }
    }

    fn check_earlier(&self, line: &AnnuityLine, faults: &mut Vec<FactsFault>) {
        for amount in [line.list, line.net] {
            if amount.currency() != self.currency || amount.sign() == Ordering::Less {
                faults.push(FactsFault::EarlierYear);
            }
        }
    }

    fn check_reached(&self, trigger: Trigger, contracted: Option<Money>, faults: &mut Vec<FactsFault>) {
        let reached = self.reached(trigger);
        if reached.currency() != self.currency {
            faults.push(FactsFault::ReachedCurrency { trigger, found: reached.currency() });
        }
        if reached.sign() == Ordering::Less {
            faults.push(FactsFault::NegativeReached { trigger });
        }
        if let Some(contracted) = contracted
            && reached.compare(contracted) == Some(Ordering::Greater)
        {
            faults.push(FactsFault::AboveContracted { trigger, reached, contracted });
        }
    }
}
