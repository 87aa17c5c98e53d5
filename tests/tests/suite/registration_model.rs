//! Claims of three partners over HTTP against a reference that was written from the requirements alone (R33 to R37, D3, D17): any
//! sequence of them, at any times, is answered and ends as the reference says.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
};

use chrono::{DateTime, TimeDelta, Utc};
use entente_tests::{
    app::{Answer, Caller, TestApp},
    on_both_engines,
};
use proptest::{
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};
use serde_json::{Value, json};

use crate::{
    registration::{act, id_of, partner, submit},
    registration_life::sweep,
    scope::assert_sound,
};

const PARTNERS: usize = 3;
const PROSPECTS: usize = 2;

/// What somebody does; a registration is one of those made before, counted around.
#[derive(Debug, Clone)]
enum Step {
    Claim { partner: usize, prospect: usize, lines: Vec<&'static str>, draft: bool },
    Submit(usize),
    Accept(usize),
    Reject(usize),
    RequestAction(usize),
    Withdraw(usize),
    Lose(usize),
    Release(usize),
    Extend(usize),
    Wait(i64),
    Sweep,
}

/// A claim as the requirements have it. The whole prospect is claimed where there are no lines.
#[derive(Debug, Clone)]
struct Claimed {
    partner: usize,
    prospect: usize,
    lines: BTreeSet<&'static str>,
    state: &'static str,
    /// Whether a master ever had it.
    handed_in: bool,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
}

#[derive(Debug, Default, Clone)]
struct Reference {
    claims: Vec<Claimed>,
}

type Expected = (u16, Option<&'static str>);

const GONE: Expected = (404, Some("not_found"));
const CONFLICT: Expected = (409, Some("state_conflict"));
const TAKEN: Expected = (409, Some("prospect_not_available"));
const DONE: Expected = (200, None);

impl Claimed {
    /// Where it stands at an instant: what has run out has expired, whether or not anybody noted it.
    fn state_at(&self, now: DateTime<Utc>) -> &'static str {
        if self.state == "accepted" && now >= self.until { "expired" } else { self.state }
    }

    fn overlaps(&self, prospect: usize, lines: &BTreeSet<&'static str>) -> bool {
        let whole = self.lines.is_empty() || lines.is_empty();
        self.prospect == prospect && (whole || !self.lines.is_disjoint(lines))
    }
}

impl Reference {
    fn is_held_by_another(&self, claim: &Claimed, now: DateTime<Utc>) -> bool {
        let held = |it: &&Claimed| it.state_at(now) == "accepted" && it.overlaps(claim.prospect, &claim.lines);
        self.claims.iter().filter(held).any(|it| it.partner != claim.partner)
    }

    fn has_another_live(&self, claim: &Claimed, but: Option<usize>, now: DateTime<Utc>) -> bool {
        let live = |it: &Claimed| ["submitted", "action_required", "accepted"].contains(&it.state_at(now));
        let mut own = self.claims.iter().enumerate().filter(|(n, it)| Some(*n) != but && it.partner == claim.partner);
        own.any(|(_, it)| live(it) && it.overlaps(claim.prospect, &claim.lines))
    }

    /// What claiming a prospect comes to.
    fn refusal(&self, claim: &Claimed, but: Option<usize>, now: DateTime<Utc>) -> Option<Expected> {
        if self.has_another_live(claim, but, now) {
            return Some((409, Some("already_exists")));
        }
        self.is_held_by_another(claim, now).then_some(TAKEN)
    }

    fn claim(&mut self, mut claim: Claimed, draft: bool, now: DateTime<Utc>) -> Expected {
        if !draft {
            if let Some(refused) = self.refusal(&claim, None, now) {
                return refused;
            }
            (claim.state, claim.handed_in) = ("submitted", true);
        }
        self.claims.push(claim);
        (201, None)
    }

    /// What an action on a claim is answered with, and what it makes of it.
    fn act(&mut self, n: usize, step: &Step, now: DateTime<Utc>) -> Expected {
        let claim = self.claims[n].clone();
        let state = claim.state_at(now);
        let undecided = ["submitted", "action_required"].contains(&state);
        let by_master = matches!(step, Step::Accept(_) | Step::Reject(_) | Step::RequestAction(_) | Step::Release(_));
        if by_master && !claim.handed_in {
            return GONE;
        }
        let (possible, to) = match step {
            Step::Submit(_) if state == "draft" => match self.refusal(&claim, Some(n), now) {
                Some(refused) => return refused,
                None => (true, "submitted"),
            },
            Step::Submit(_) if state == "action_required" && self.is_held_by_another(&claim, now) => return TAKEN,
            Step::Submit(_) => (undecided, "submitted"),
            Step::Accept(_) if state == "submitted" && self.is_held_by_another(&claim, now) => return TAKEN,
            Step::Accept(_) => (["submitted", "accepted"].contains(&state), "accepted"),
            Step::Reject(_) => (undecided || state == "rejected", "rejected"),
            Step::RequestAction(_) => (undecided, "action_required"),
            Step::Withdraw(_) => (undecided || ["draft", "accepted", "withdrawn"].contains(&state), "withdrawn"),
            Step::Lose(_) => (["accepted", "lost"].contains(&state), "lost"),
            Step::Release(_) => (["accepted", "released"].contains(&state), "released"),
            Step::Extend(_) => (state == "accepted", "accepted"),
            Step::Claim { .. } | Step::Wait(_) | Step::Sweep => unreachable!("no action"),
        };
        if !possible {
            return CONFLICT;
        }
        let after = &mut self.claims[n];
        if matches!(step, Step::Extend(_)) {
            let cap = after.from + TimeDelta::days(360);
            if after.until >= cap {
                return (422, Some("invalid_request"));
            }
            after.until = cap.min(after.until + TimeDelta::days(90));
        } else if to == "accepted" && state == "submitted" {
            (after.from, after.until) = (now, now + TimeDelta::days(90));
        }
        after.handed_in |= to == "submitted";
        after.state = to;
        DONE
    }
}

/// The service, and who the partners are in it.
struct Scene<'a> {
    app: &'a TestApp,
    partners: &'a [String; PARTNERS],
    /// Each sequence has prospects of its own.
    number: usize,
    ids: RefCell<Vec<String>>,
    pieces: Cell<usize>,
}

impl Scene<'_> {
    fn domain(&self, prospect: usize) -> String {
        format!("prospect-{}-{prospect}.pt", self.number)
    }

    fn evidence(&self, age: i64) -> Value {
        self.pieces.set(self.pieces.get() + 1);
        let dated_on = (self.app.clock.now() - TimeDelta::days(age)).date_naive();
        json!({ "kind": "meeting", "dated_on": dated_on, "description": format!("Meeting {}.", self.pieces.get()) })
    }

    fn send(&self, step: &Step, partner: usize, n: usize) -> Answer {
        let own = || self.app.partner(&self.partners[partner]);
        let master = || self.app.master("pt");
        let on = |caller: &Caller, action: &str, body: Value| act(caller, &self.ids.borrow()[n], action, body);
        match step {
            Step::Claim { partner: _, prospect, lines, draft } => submit(
                &own(),
                json!({
                    "draft": draft,
                    "prospect": { "name": "Conservas do Mar, S.A.", "country": "PT", "domain": self.domain(*prospect) },
                    "product_lines": if lines.is_empty() { Value::Null } else { json!(lines) },
                    "evidence": [self.evidence(1)],
                }),
            ),
            Step::Submit(_) => on(&own(), "submit", json!({})),
            Step::Accept(_) => on(&master(), "accept", json!({})),
            Step::Reject(_) => on(&master(), "reject", json!({ "reason": "invalid_data" })),
            Step::RequestAction(_) => on(&master(), "request-action", json!({ "note": "Please call." })),
            Step::Withdraw(_) => on(&own(), "withdraw", json!({})),
            Step::Lose(_) => on(&own(), "lose", json!({ "reason": "inactivity" })),
            Step::Release(_) => on(&master(), "release", json!({ "reason": "inactivity" })),
            Step::Extend(_) => on(&own(), "extend", json!({ "evidence": self.evidence(0) })),
            Step::Wait(_) | Step::Sweep => unreachable!("nothing is sent"),
        }
    }

    /// Does all the steps in both, and holds the one against the other.
    fn run(&self, steps: &[Step]) -> Result<(), TestCaseError> {
        let mut reference = Reference::default();
        for step in steps {
            let now = self.app.clock.now();
            let n = match step {
                Step::Wait(days) => {
                    self.app.advance(TimeDelta::days(*days));
                    continue;
                }
                Step::Sweep => {
                    sweep(self.app);
                    continue;
                }
                Step::Claim { .. } => 0,
                Step::Submit(n)
                | Step::Accept(n)
                | Step::Reject(n)
                | Step::RequestAction(n)
                | Step::Withdraw(n)
                | Step::Lose(n)
                | Step::Release(n)
                | Step::Extend(n) => match reference.claims.len() {
                    0 => continue,
                    made => n % made,
                },
            };
            let (partner, expected) = if let Step::Claim { partner, prospect, lines, draft } = step {
                let lines = lines.iter().copied().collect();
                let (partner, prospect) = (*partner, *prospect);
                let claim = Claimed { partner, prospect, lines, state: "draft", handed_in: false, from: now, until: now };
                (partner, reference.claim(claim, *draft, now))
            } else {
                (reference.claims[n].partner, reference.act(n, step, now))
            };
            let answer = self.send(step, partner, n);
            let code = answer.json()["code"].as_str().map(str::to_owned);
            prop_assert_eq!((answer.status, code.as_deref()), expected, "{:?}: {}", step, answer.text);
            if expected.0 == 201 {
                self.ids.borrow_mut().push(id_of(&answer.json()));
            }
        }
        self.hold_against(&reference)
    }

    /// Every claim stands where the reference says, and so does everything that protects.
    fn hold_against(&self, reference: &Reference) -> Result<(), TestCaseError> {
        sweep(self.app);
        let now = self.app.clock.now();
        for (claim, id) in reference.claims.iter().zip(self.ids.borrow().iter()) {
            let shown = self.app.partner(&self.partners[claim.partner]).get(format!("/v1/registrations/{id}")).expect(200);
            prop_assert_eq!(&shown["state"], claim.state_at(now), "{:?}", claim);
        }
        for prospect in 0..PROSPECTS {
            let mut expected: Vec<String> = reference
                .claims
                .iter()
                .zip(self.ids.borrow().iter())
                .filter(|(claim, _)| claim.prospect == prospect && claim.state_at(now) == "accepted")
                .map(|(_, id)| id.clone())
                .collect();
            let at = now.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
            let path = format!("/v1/registrations?limit=200&domain={}&as_of={at}", self.domain(prospect));
            let page = self.app.master("pt").get(path).expect(200);
            let mut holders: Vec<String> = page["data"].as_array().unwrap().iter().map(id_of).collect();
            holders.sort();
            expected.sort();
            prop_assert_eq!(holders, expected);
        }
        Ok(())
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let lines = proptest::sample::select(vec![vec![], vec![], vec!["crm"], vec!["erp"], vec!["crm", "erp"]]);
    let claim = (0..PARTNERS, 0..PROSPECTS, lines, proptest::bool::weighted(0.2))
        .prop_map(|(partner, prospect, lines, draft)| Step::Claim { partner, prospect, lines, draft });
    let nth = || 0_usize..100;
    let step = prop_oneof![
        6 => claim,
        2 => nth().prop_map(Step::Submit),
        6 => nth().prop_map(Step::Accept),
        1 => nth().prop_map(Step::Reject),
        1 => nth().prop_map(Step::RequestAction),
        2 => nth().prop_map(Step::Withdraw),
        1 => nth().prop_map(Step::Lose),
        1 => nth().prop_map(Step::Release),
        2 => nth().prop_map(Step::Extend),
        2 => proptest::sample::select(vec![1_i64, 30, 89, 90, 200]).prop_map(Step::Wait),
        1 => Just(Step::Sweep),
    ];
    proptest::collection::vec(step, 10..40)
}

on_both_engines! {
    fn any_sequence_of_claims_is_answered_and_ends_as_the_requirements_say(engine: Engine) {
        let app = TestApp::start(engine);
        let partners = [(); PARTNERS].map(|()| partner(&app, "pt"));
        let number = Cell::new(0);
        let config = Config { cases: 12, max_shrink_iters: 200, failure_persistence: None, ..Config::default() };
        let outcome = TestRunner::new(config).run(&steps(), |steps| {
            number.set(number.get() + 1);
            let scene = Scene { app: &app, partners: &partners, number: number.get(), ids: RefCell::default(), pieces: Cell::new(0) };
            scene.run(&steps)
        });
        assert!(outcome.is_ok(), "{}", outcome.unwrap_err());
        assert_sound(&app.db);
    }
}
