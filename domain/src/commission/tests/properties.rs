//! What holds for every sale, against an oracle in exact fractions that shares no arithmetic with the rules.

use std::cmp::Ordering;

use num_rational::BigRational;
use proptest::prelude::*;

use super::{
    reader::{exact, fraction, half_up, recomputed},
    *,
};
use crate::{
    commission::settle,
    id::EntryId,
    ledger::{Movement, OpenAccrual, Posted, post},
    money::exponent,
};

const CURRENCIES: [Currency; 3] = [Currency::EUR, Currency::JPY, Currency::BHD];

fn any_line(currency: Currency) -> impl Strategy<Value = AnnuityLine> {
    let amounts = (0..5_000_000_i64, 0..=100_i64);
    let flags = (any::<bool>(), prop::bool::weighted(0.25));
    (0..ItemKind::ALL.len(), flags, amounts).prop_map(move |(kind, (recurring, protected_by_other), (list, percent))| {
        let amount = |minor| Money::from_minor(minor, currency);
        let (kind, list, net) = (ItemKind::ALL[kind], amount(list), amount(list * percent / 100));
        AnnuityLine { kind, item: None, product_line: None, quantity: 1, recurring, list, net, protected_by_other }
    })
}

/// The first year of a sale with some lines, some stage and some margin of the seller, of which nothing was collected yet.
fn any_year() -> impl Strategy<Value = SaleFacts> {
    (0..CURRENCIES.len(), 0..=900_000_u32, any::<bool>(), 0..=1_000_000_u32)
        .prop_flat_map(|(currency, margin, uplift, seller)| {
            let lines = prop::collection::vec(any_line(CURRENCIES[currency]), 1..5);
            (Just((CURRENCIES[currency], margin, uplift, seller)), lines)
        })
        .prop_map(|((currency, margin, uplift_applies, seller), lines)| SaleFacts {
            currency,
            stage: Some(Stage { margin: Rate::from_ppm(margin).unwrap(), ..stage_3() }),
            uplift_applies,
            standing: Money::zero(currency),
            lines,
            invoiced: Money::zero(currency),
            collected: Money::zero(currency),
            seller_margin: Some(Rate::from_ppm(seller).unwrap()),
            ..sale(1, 1)
        })
}

/// One rule of any kind; a margin of a stage, as terms have it.
fn any_rule() -> impl Strategy<Value = Terms> {
    let bases = [Base::List, Base::Net, Base::Margin, Base::FirstAnnuity, Base::Annuity];
    (0..7_usize, 0..=1_000_000_u32, prop::collection::btree_set(0..ItemKind::ALL.len(), 1..=5)).prop_map(
        move |(which, ppm, kinds)| {
            let lines: BTreeSet<_> = kinds.into_iter().map(|kind| ItemKind::ALL[kind]).collect();
            let fixed = RuleRate::Fixed(Rate::from_ppm(ppm).unwrap());
            let mut terms = match which {
                0 => reseller(),
                1 => affiliate(),
                _ => terms(vec![rule("commission", RuleKind::Commission, bases[which - 2], "0")]),
            };
            terms.rules[0].lines = lines;
            if which > 0 {
                terms.rules[0].rate = fixed;
            }
            terms
        },
    )
}

/// What was collected after each of some instalments: `cuts` are parts of the whole in any order, so that credits occur too.
fn collected_after(contracted: Money, cuts: &[u32]) -> Vec<Money> {
    let minor = |cut: &u32| contracted.minor() * i64::from(*cut) / 1_000;
    cuts.iter().map(|cut| Money::from_minor(minor(cut), contracted.currency())).chain([contracted]).collect()
}

fn due_to_date(facts: &SaleFacts, terms: &Terms) -> Money {
    evaluated(facts, terms).due().next().unwrap().2
}

/// What is due in full by the oracle: `rate × base`, half up; for a margin, what that leaves of the network lines.
fn oracle_in_full(facts: &SaleFacts, terms: &Terms) -> BigRational {
    let rule = &terms.rules[0];
    let digits = exponent(facts.currency);
    let sum = |counted: &dyn Fn(&AnnuityLine) -> bool, list: bool| {
        let prices = facts.lines.iter().filter(|line| counted(line)).map(|line| exact(if list { line.list } else { line.net }));
        prices.fold(fraction("0"), |sum, price| sum + price)
    };
    let network = |line: &AnnuityLine| matches!(line.kind, ItemKind::NetworkModule | ItemKind::NetworkService);
    let named = |line: &AnnuityLine| rule.lines.contains(&line.kind);
    let ours = |line: &AnnuityLine| named(line) && !line.protected_by_other;
    let taken_whole = |line: &AnnuityLine| named(line) && network(line) && line.protected_by_other;
    match (rule.kind, &rule.rate, rule.base) {
        (RuleKind::Margin, _, _) => {
            let uplift = if facts.uplift_applies { fraction("0.05") } else { fraction("0") };
            let margin = fraction(&facts.stage.as_ref().unwrap().margin.to_string()) + uplift;
            sum(&network, false) - half_up(&(margin * sum(&|line| network(line) && ours(line), false)), digits)
        }
        (RuleKind::BuyPrice, RuleRate::Fixed(rate), _) => {
            let at_rate = fraction(&rate.to_string()) * sum(&|line| network(line) && ours(line), true);
            half_up(&at_rate, digits) + sum(&taken_whole, false)
        }
        (RuleKind::Commission, RuleRate::Fixed(rate), base) => {
            let rate = fraction(&rate.to_string());
            let seller = fraction(&facts.seller_margin.unwrap().to_string());
            let base = match base {
                Base::List => sum(&ours, true),
                Base::Net => sum(&ours, false),
                Base::Margin => seller * sum(&|line| network(line) && ours(line), false),
                Base::FirstAnnuity | Base::Annuity => sum(&|line| ours(line) && line.recurring, false),
            };
            half_up(&(rate * base), digits)
        }
        other => panic!("no such rule: {other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn instalments_in_any_split_and_order_add_up_to_the_rounded_whole(
        facts in any_year(), terms in any_rule(), cuts in prop::collection::vec(0..=1_000_u32, 0..8)
    ) {
        let entry: EntryId = "entry_01h2xcejqtf2nbrexx3vqjhp41".parse().unwrap();
        let contracted = facts.contracted().unwrap();
        let mut posted = Money::zero(facts.currency);
        for collected in collected_after(contracted, &cuts) {
            let due = due_to_date(&SaleFacts { collected, ..facts.clone() }, &terms);
            let known = |total| Posted { total, adjusted: Money::zero(facts.currency), open: vec![OpenAccrual { entry, left: total, payable_on: chrono::NaiveDate::default(), paid: false }] };
            posted = post(due, Some(&known(posted))).unwrap().into_iter().fold(posted, |posted, movement| match movement {
                Movement::Accrual { amount } | Movement::Raised { amount, .. } => posted.checked_add(amount).unwrap(),
                Movement::TakenBack { amount, .. } => posted.checked_sub(amount).unwrap(),
            });
            let again = post(due, Some(&known(posted)));
            prop_assert_eq!(again, Ok(vec![]), "what was posted once is not posted again");
        }
        prop_assert_eq!(exact(posted), oracle_in_full(&facts, &terms));
    }

    #[test]
    fn while_more_is_collected_nothing_is_taken_back(
        facts in any_year(), terms in any_rule(), mut cuts in prop::collection::vec(0..=1_000_u32, 2..8)
    ) {
        cuts.sort_unstable();
        let dues: Vec<_> = collected_after(facts.contracted().unwrap(), &cuts)
            .into_iter()
            .map(|collected| due_to_date(&SaleFacts { collected, ..facts.clone() }, &terms).minor())
            .collect();
        prop_assert!(dues.is_sorted(), "{:?}", dues);
    }

    #[test]
    fn each_instalment_of_one_minor_unit_moves_a_share_forward_or_not_at_all(margin in 0..=900_000_u32, own in 1..60_i64) {
        let amount = |minor| Money::from_minor(minor, Currency::EUR);
        let of = |kind, minor| AnnuityLine { list: amount(minor), net: amount(minor), ..line(kind, "0.00") };
        let lines =
            vec![of(ItemKind::NetworkModule, 31), of(ItemKind::NetworkService, 17), of(ItemKind::PartnerOwn, own)];
        let stage = Some(Stage { margin: Rate::from_ppm(margin).unwrap(), ..stage_3() });
        let facts = SaleFacts { stage, ..year(1, 1, lines) };
        let mut terms = reseller();
        terms.rules[0].lines = BTreeSet::from([ItemKind::NetworkModule]);
        let mut share = amount(0);
        for collected in 1..=48 + own {
            let due = only(evaluated(&SaleFacts { collected: amount(collected), ..facts.clone() }, &terms));
            prop_assert!(due.amount.compare(share) != Some(Ordering::Less), "share fell at {}", collected);
            share = due.amount;
        }
    }

    #[test]
    fn a_share_of_a_part_is_the_exact_share_of_it_rounded_once(facts in any_year(), cut in 0..1_000_u32) {
        let contracted = facts.contracted().unwrap();
        let collected = collected_after(contracted, &[cut])[0];
        prop_assume!(collected != contracted);
        let facts = SaleFacts { collected, ..facts };
        let network = |protected: bool| {
            let lines = facts.lines.iter().filter(|line| line.kind.is_network() && (protected || !line.protected_by_other));
            lines.fold(fraction("0"), |sum, line| sum + exact(line.net))
        };
        let uplift = fraction(if facts.uplift_applies { "0.05" } else { "0" });
        let margin = fraction(&facts.stage.as_ref().unwrap().margin.to_string()) + uplift;
        let whole = network(true) - margin * network(false);
        let expected = half_up(&(whole * exact(collected) / exact(contracted)), exponent(facts.currency));
        for due in evaluated(&facts, &reseller()).entitlements {
            prop_assert_eq!(exact(due.amount), expected.clone());
        }
    }

    #[test]
    fn share_and_margin_are_the_network_lines_to_date_at_every_step(facts in any_year(), cut in 0..=1_000_u32) {
        let contracted = facts.contracted().unwrap();
        for collected in collected_after(contracted, &[cut]) {
            let facts = SaleFacts { collected, ..facts.clone() };
            for due in evaluated(&facts, &reseller()).entitlements {
                let network = facts.lines.iter().filter(|line| line.kind.is_network()).map(|line| exact(line.net));
                let network = network.fold(fraction("0"), |sum, net| sum + net);
                let to_date = half_up(&(network * exact(collected) / exact(contracted)), exponent(facts.currency));
                prop_assert_eq!(exact(due.amount) + exact(due.margin_kept.unwrap()), to_date);
                prop_assert!(due.amount.sign() != Ordering::Less && due.margin_kept.unwrap().sign() != Ordering::Less);
            }
        }
    }

    #[test]
    fn every_amount_can_be_recomputed_from_its_explanation(facts in any_year(), terms in any_rule(), cut in 0..=1_000_u32) {
        for collected in collected_after(facts.contracted().unwrap(), &[cut]) {
            for due in evaluated(&SaleFacts { collected, ..facts.clone() }, &terms).entitlements {
                prop_assert_eq!(recomputed(&due), exact(due.amount));
                prop_assert_eq!(due.explanation.amount, due.amount);
            }
        }
    }

    #[test]
    fn on_every_sale_the_money_adds_up(facts in any_year(), promoters in 0..1_000_000_i64) {
        let settlement = settle(&facts, &reseller(), Money::from_minor(promoters, facts.currency)).unwrap().unwrap();
        let parts = [settlement.share_due, settlement.margin_kept, settlement.own_lines, settlement.other_lines];
        prop_assert_eq!(Money::sum(parts, facts.currency), Some(settlement.customer_total));
        prop_assert_eq!(facts.contracted(), Some(settlement.customer_total));
        prop_assert_eq!(settlement.share_due.checked_add(settlement.kept), Some(settlement.customer_total));
        prop_assert_eq!(exact(settlement.share_due), oracle_in_full(&facts, &reseller()));
    }
}
