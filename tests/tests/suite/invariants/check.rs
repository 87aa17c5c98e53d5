//! The check that looks for whatever breaks an invariant: it reports each of them when it is broken by hand, and no other.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use diesel::{QueryableByName, RunQueryDsl, sql_types::Text};
use entente_tests::{
    app::TestApp,
    engine::{Engine, wait},
    on_both_engines,
};
use persistence::{
    db::Tx,
    error::{CommandError, DbError},
    invariants::INVARIANTS,
};

use super::{super::statement::close, money, seal, takeover, trade};

/// What breaks an invariant, by hand.
pub(super) struct Break {
    rule: &'static str,
    /// The unique key that stands in the way.
    key: Option<&'static str>,
    statements: &'static [&'static str],
}

pub(super) const fn breaks(rule: &'static str, statements: &'static [&'static str]) -> Break {
    Break { rule, key: None, statements }
}

const PROTECTING: &str = "exactly the accepted registrations protect";
const PURSUING: &str = "exactly the open pursuits keep others off";
const LET_SELL: &str = "what was sold inside a protection its seller was let sell there";
const MARKED: &str = "exactly the protected prospects are marked as such";
const CORRECTS: &str = "a correction names an entry of the same rule, made before it";
const DUE: &str = "what was posted for a rule adds up to what it states as due to date";
const COMPANIES: &str = "a correction is between the companies of the entry it corrects, in its currency";
const APPROVED: &str = "no agreement is in force without a master's approval";
const GREW: &str = "an approved promotion is the stage that its agreement entered on its day";
const STANDS: &str = "where an agreement stands is the last state of its history";
const CONTRACTS: &str = "each contract is sold by its master or its partner, in its customer's network";
const ADDS_UP: &str = "what an annuity says was invoiced, collected, credited and refunded is what its instalments add up to";

const REGISTERED_NAMES: &str = "the index of names has each live registration's name as it stands";
const CUSTOMERS_NAMES: &str = "the index of names has each customer's name as it stands";
const PURSUED_NAMES: &str = "the index of names has each open pursuit's name as it stands";
const NAMES_KEYS: &str = "each name in the index has keys, and each key a name";
const NO_LONE_KEYS: &str = "DELETE FROM prospect_name_keys WHERE number NOT IN (SELECT n.number FROM prospect_names n)";
const ANSWERED: &str = "each customer is answered for by whom its history says last";
const HISTORY: &str = "a customer's history has neither a gap nor a day without somebody who answers";
const DECIDED: &str = "exactly the disputes that were decided have a decision";
const PUBLISHED: &str = "an amendment that was approved is published as it was proposed";
const AMENDED: &str = "what an amendment counted again was signed from its day on, under no special terms";
const PART: &str = "a part in a commission is the challenger's, of the holder's place in the same sale";

const STATED: &str = "every entry that was payable by the end of a completed closing run stands on a statement";
const STATEMENT_WHOLE: &str = "a sealed statement's lines and payments are those that it says";
const CHAIN: &str = "a statement opens with the closing balance of the one before";
const STEPS: &str = "a payout stands where the last of its steps says, which have no gap";
const HELD: &str = "a payout holds what it takes exactly as long as it is under way or paid";
const BANKED: &str = "what a bank paid of payouts is what they come to";
const TAKEN_BACK: &str = "payouts take no more back than a statement takes back";
const COUNTED: &str = "statements count as paid what payouts have paid";
const REMITTED: &str = "statements count as paid what partners have remitted";

/// Two approved payouts of 1.00 without anything that they take, and without steps.
const PAYOUTS: &str = "INSERT INTO payouts (id, network_id, payer_id, master_id, partner_id, run_id, amount_minor, currency, account_id, state, \
    made_by, version, created_at, updated_at) SELECT id, network_id, master_id, master_id, id, id, 100, 'EUR', id, 'approved', 'user', 1, created_at, \
    updated_at FROM partners WHERE id IN (SELECT p.id FROM partners p ORDER BY p.id LIMIT 2)";
/// What each of them takes: a statement of its own.
const TAKEN: &str =
    "INSERT INTO payout_parts (payout_id, statement_id, kind, amount_minor, live) SELECT id, id, 'owed', 100, TRUE FROM payouts";
/// How they came there.
const PENDING: &str = "INSERT INTO payout_steps (payout_id, position, state, actor, recorded_at) SELECT id, 1, 'pending', 'user', created_at FROM payouts";
const APPROVED_THEN: &str = "INSERT INTO payout_steps (payout_id, position, state, actor, recorded_at) SELECT id, 2, 'approved', 'user', created_at FROM payouts";

/// What statements count of them, where they were paid.
const PAID_TO: &str = "INSERT INTO statement_payments (id, network_id, kind, partner_id, payer_id, payee_id, currency, amount_minor, dated_on, \
    reference, recorded_at) SELECT id, network_id, 'earnings', partner_id, payer_id, partner_id, 'EUR', 100, '2030-01-01', CAST(id AS TEXT), \
    created_at FROM payouts";
const LIVE: &str = "exactly the live introductions keep their prospects, and those that were accepted count";
const IN_SALE: &str = "an introduction has the place in a sale that its way says";
const WITHIN: &str = "a project that was agreed is within an area confirmed for its consultant on its first day";
const LED: &str = "an introduction stands where its steps led it";

const CERTIFIED: &str = "exactly whoever passed has a certificate";

const HANDED_OVER: &str = "what was handed over is marked as issued with support, and so is the contract that it became";
const FOUND_ONCE: &str = "the finding of a year in which sales were missing is about that year";
const ASSESSED: &str = "an entry fee is as its latest assessment says";

const CHANGED_HANDS: &str = "a project that changed hands is with whom its history says last, since then";
const ONE_SIGNED: &str = "of a proposal and what took it over one is signed at most, in one network and currency";
const GUARANTEED: &str = "no more is used of a guarantee than it is for, in its currency";

/// Each alternative of each invariant's query, broken by itself.
const BREAKS: &[Break] = &[
    breaks("as many places of a session are taken as enrolments have one", &["UPDATE course_sessions SET taken = 0"]),
    breaks(CERTIFIED, &["DELETE FROM certificates"]),
    breaks(CERTIFIED, &["UPDATE enrolments SET state = 'attended', score = NULL WHERE state = 'passed'"]),
    breaks(
        "whoever is in a session that is a benefit is in it by a use of it",
        &["UPDATE benefit_uses SET state = 'withdrawn' WHERE session_id IS NOT NULL"],
    ),
    breaks(
        "a signed proposal that is a benefit is a use of it that was had",
        &["UPDATE benefit_uses SET state = 'granted' WHERE proposal_id IS NOT NULL"],
    ),
    breaks(
        "every annuity of a contract that a partner brought and has no place in has an outcome that says why nothing was earned",
        &["DELETE FROM outcomes WHERE reason = 'own_purchase'"],
    ),
    breaks(PUBLISHED, &["UPDATE amendments SET effective_from = '2026-02-20'"]),
    breaks(PUBLISHED, &["UPDATE amendments SET document = '{}'"]),
    breaks(PUBLISHED, &["UPDATE amendments SET texts = '{}'"]),
    breaks(PUBLISHED, &["UPDATE amendments SET type_id = (SELECT t.id FROM partnership_types t WHERE t.code = 'referrer')"]),
    breaks(AMENDED, &["UPDATE contracts SET signed_on = '2026-01-01' WHERE id IN (SELECT r.contract_id FROM restatements r)"]),
    breaks(
        AMENDED,
        &["UPDATE agreements SET special_terms = '{}', kind = 'special' WHERE id IN (SELECT t.agreement_id FROM attributions t \
        JOIN restated_places p ON p.attribution_id = t.id)"],
    ),
    breaks(
        AMENDED,
        &["UPDATE restatements SET contract_id = (SELECT c.id FROM contracts c WHERE c.id NOT IN \
        (SELECT r.contract_id FROM restatements r) ORDER BY c.id LIMIT 1) \
        WHERE id IN (SELECT r.id FROM restatements r ORDER BY r.id LIMIT 1)"],
    ),
    breaks(
        AMENDED,
        &["UPDATE agreements SET type_id = (SELECT t.id FROM partnership_types t WHERE t.code = 'referrer') \
        WHERE id IN (SELECT t.agreement_id FROM attributions t JOIN restated_places p ON p.attribution_id = t.id)"],
    ),
    breaks(
        "an amendment that is applied has counted again all that it reaches",
        &["DELETE FROM restated_places WHERE attribution_id IN (SELECT p.attribution_id FROM restated_places p LIMIT 1)"],
    ),
    breaks(
        "an amendment that is incomplete names each sale that it has not counted again",
        &["UPDATE amendments SET state = 'incomplete', uncounted_sales = 1 WHERE state = 'approved'"],
    ),
    breaks(
        DUE,
        &["UPDATE entries SET entitled_minor = entitled_minor + 1 \
        WHERE id IN (SELECT id FROM entries ORDER BY sequence DESC LIMIT 1)"],
    ),
    breaks(
        DUE,
        &[
            "UPDATE journals SET total_minor = total_minor + 1 WHERE id IN (SELECT journal_id FROM entries WHERE correction IS NULL)",
            "UPDATE entries SET amount_minor = amount_minor + 1 WHERE correction IS NULL AND position = 1",
            "UPDATE journals SET total_minor = (SELECT sum(e.amount_minor) FROM entries e WHERE e.journal_id = journals.id)",
        ],
    ),
    breaks(
        DUE,
        &[
            "UPDATE entries SET amount_minor = amount_minor - 1 WHERE correction IS NOT NULL",
            "UPDATE journals SET total_minor = (SELECT sum(e.amount_minor) FROM entries e WHERE e.journal_id = journals.id)",
        ],
    ),
    breaks(
        "entries of a rule are numbered without a gap",
        &["UPDATE entries SET sequence = sequence + 1 \
        WHERE id IN (SELECT id FROM entries ORDER BY sequence DESC LIMIT 1)"],
    ),
    breaks(
        CORRECTS,
        &["UPDATE entries SET corrects_id = (SELECT e.id FROM entries e WHERE e.annuity_id = entries.annuity_id \
        AND e.attribution_id = entries.attribution_id AND e.rule = entries.rule AND e.sequence = 4) \
        WHERE correction IS NOT NULL AND sequence = 3"],
    ),
    breaks(
        CORRECTS,
        // A contract that was taken over has nothing earlier in another year.
        &["UPDATE entries SET corrects_id = (SELECT e.id FROM entries e WHERE e.annuity_id <> entries.annuity_id \
        AND e.attribution_id = entries.attribution_id AND e.rule = entries.rule AND e.sequence < entries.sequence) \
        WHERE correction IS NOT NULL AND rule = 'margin' AND EXISTS (SELECT e.id FROM entries e \
        WHERE e.annuity_id <> entries.annuity_id AND e.attribution_id = entries.attribution_id AND e.rule = entries.rule \
        AND e.sequence < entries.sequence)"],
    ),
    breaks(
        CORRECTS,
        &[
            // The last ones of their rule, so that no gap is left.
            "UPDATE entries SET rule = 'another', sequence = NULL, entitled_minor = NULL \
             WHERE correction IS NOT NULL AND sequence = 2 AND NOT EXISTS (SELECT e.id FROM entries e \
             WHERE e.attribution_id = entries.attribution_id AND e.rule = entries.rule AND e.sequence > 2)",
        ],
    ),
    breaks(COMPANIES, &["UPDATE entries SET debtor_id = creditor_id, creditor_id = debtor_id WHERE correction = 'reversal'"]),
    breaks(
        COMPANIES,
        &[
            "UPDATE entries SET currency = 'USD' WHERE journal_id IN (SELECT e.journal_id FROM entries e WHERE e.correction IS NOT NULL)",
        ],
    ),
    breaks(
        "no more is taken back of an entry than it brought",
        &[
            // The later accrual gives to the first one what was taken back of it.
            "UPDATE entries SET amount_minor = amount_minor - 2500 \
             WHERE id IN (SELECT c.corrects_id FROM entries c WHERE c.correction IS NOT NULL AND c.sequence = 3)",
            "UPDATE entries SET amount_minor = amount_minor + 2500 WHERE sequence = 1 AND annuity_id IN \
             (SELECT c.annuity_id FROM entries c WHERE c.correction IS NOT NULL AND c.sequence = 3)",
            "UPDATE journals SET total_minor = (SELECT sum(e.amount_minor) FROM entries e WHERE e.journal_id = journals.id)",
        ],
    ),
    breaks(
        "no entry is dated into a period that was closed before",
        &["UPDATE periods SET closed_at = (SELECT min(closed_at) FROM periods) WHERE ends_on = '2026-03-31'"],
    ),
    breaks(
        "closed periods of a currency do not overlap",
        &["UPDATE periods SET starts_on = '2026-01-31' WHERE ends_on = '2026-02-28'"],
    ),
    Break {
        rule: "no prospect has two protections",
        key: Some("registration_keys_one_protection"),
        statements: &[
            "UPDATE registrations SET state = 'accepted', protected_from = submitted_at, \
             protected_until = (SELECT max(r.protected_until) FROM registrations r) WHERE state = 'submitted'",
            "UPDATE registration_keys SET protects = TRUE, mode = 'whole' WHERE live",
            "UPDATE prospect_name_keys SET protects = TRUE",
            "UPDATE prospect_names SET protects = TRUE",
        ],
    },
    breaks(
        "a partner's live registrations of a prospect do not overlap",
        &["UPDATE registration_keys SET line = 'crm', partner_id = (SELECT k.partner_id FROM registration_keys k \
        WHERE k.key = registration_keys.key AND k.protects) WHERE live AND NOT protects"],
    ),
    breaks(MARKED, &["DELETE FROM protected_prospects"]),
    breaks(MARKED, &["UPDATE protected_prospects SET mode = 'lines'"]),
    breaks(
        MARKED,
        &["INSERT INTO protected_prospects (network_id, key, mode) SELECT network_id, key, 'whole' FROM registration_keys \
        WHERE key NOT IN (SELECT p.key FROM protected_prospects p)"],
    ),
    breaks(
        PROTECTING,
        &[
            "UPDATE registrations SET state = 'released' WHERE state = 'accepted'",
            "DELETE FROM prospect_name_keys WHERE number IN (SELECT n.number FROM prospect_names n WHERE n.kind = 'registration' AND n.protects)",
            "DELETE FROM prospect_names WHERE kind = 'registration' AND protects",
        ],
    ),
    breaks(
        PROTECTING,
        &["UPDATE registration_keys SET protects = FALSE, mode = NULL WHERE protects", "DELETE FROM protected_prospects"],
    ),
    breaks(PROTECTING, &["DELETE FROM registration_keys WHERE protects", "DELETE FROM protected_prospects"]),
    breaks(
        "no pursuit stands on a protected prospect",
        &[
            "INSERT INTO pursuit_keys (pursuit_id, key, line, network_id, master_id) SELECT p.id, k.key, '', k.network_id, p.master_id \
        FROM pursuits p JOIN registration_keys k ON k.network_id = p.network_id WHERE k.protects AND p.product_lines = 'crm'",
        ],
    ),
    breaks("no prospect is pursued twice", &["UPDATE pursuit_keys SET key = 'domain:the-same.pt'"]),
    breaks(PURSUING, &["DELETE FROM pursuit_keys"]),
    breaks(
        PURSUING,
        &["INSERT INTO pursuit_keys (pursuit_id, key, line, network_id, master_id) \
        SELECT id, 'domain:given-up.pt', '', network_id, master_id FROM pursuits WHERE state = 'closed'"],
    ),
    breaks(
        "what was sold inside a protection is a line of the contract that was signed",
        &["UPDATE protected_lines SET line_id = (SELECT l.id FROM lines l WHERE l.proposal_id <> (SELECT c.proposal_id \
        FROM contracts c WHERE c.id = protected_lines.contract_id) LIMIT 1) \
        WHERE line_id IN (SELECT s.line_id FROM protected_lines s LIMIT 1)"],
    ),
    breaks(
        LET_SELL,
        &[
            "UPDATE overrides SET registration_id = (SELECT r.id FROM registrations r WHERE r.id <> overrides.registration_id LIMIT 1)",
        ],
    ),
    breaks(LET_SELL, &["UPDATE overrides SET company_id = master_id"]),
    breaks(APPROVED, &["DELETE FROM supervisions WHERE agreement_id IN (SELECT id FROM agreements WHERE state = 'active')"]),
    breaks(APPROVED, &["DELETE FROM supervisions WHERE agreement_id IN (SELECT id FROM agreements WHERE state = 'suspended')"]),
    breaks(
        HANDED_OVER,
        &["UPDATE proposals SET issued_with_support = FALSE WHERE id IN (SELECT proposal_id FROM support_requests)"],
    ),
    breaks(HANDED_OVER, &["UPDATE contracts SET issued_with_support = FALSE WHERE issued_with_support"]),
    breaks(FOUND_ONCE, &["UPDATE findings SET about = '9'"]),
    breaks(FOUND_ONCE, &["UPDATE findings SET found_on = '2027-01-01'"]),
    breaks(
        FOUND_ONCE,
        &["UPDATE findings SET agreement_id = (SELECT a.id FROM agreements a WHERE a.id <> findings.agreement_id LIMIT 1)"],
    ),
    breaks(ASSESSED, &["DELETE FROM entry_fee_revisions WHERE number = 2"]),
    breaks(ASSESSED, &["UPDATE entry_fees SET segment = 'Another'"]),
    breaks(ASSESSED, &["UPDATE entry_fees SET assessed_by = 'user_01h2xcejqtf2nbrexx3vqjhp41'"]),
    breaks(ASSESSED, &["UPDATE entry_fees SET number = 1"]),
    breaks(CHANGED_HANDS, &["DELETE FROM project_companies WHERE number = 2"]),
    breaks(CHANGED_HANDS, &["UPDATE projects SET company_from = '2026-01-01' WHERE company_from IS NOT NULL"]),
    breaks(
        "a project that goes on is with the company that answers for its customer",
        &[
            "UPDATE projects SET company_id = master_id WHERE company_from IS NOT NULL",
            "UPDATE project_companies SET company_id = (SELECT p.master_id FROM projects p WHERE p.id = project_id) WHERE number = 2",
        ],
    ),
    breaks(
        "a customer's open place in a portfolio is with the company that answers for it",
        &["UPDATE portfolio_places SET company_id = master_id WHERE took_over_id IS NOT NULL"],
    ),
    breaks(
        ONE_SIGNED,
        &["UPDATE proposals SET state = 'signed', signed_on = '2026-03-02' WHERE follows_id IS NOT NULL \
        OR id IN (SELECT f.follows_id FROM proposals f WHERE f.follows_id IS NOT NULL)"],
    ),
    breaks(ONE_SIGNED, &["UPDATE proposals SET currency = 'USD' WHERE follows_id IS NOT NULL"]),
    breaks(ONE_SIGNED, &["UPDATE proposals SET network_id = id WHERE follows_id IS NOT NULL"]),
    breaks(GUARANTEED, &["UPDATE guarantees SET amount_minor = 39999 WHERE amount_minor = 100000"]),
    breaks(GUARANTEED, &["UPDATE guarantees SET currency = 'USD' WHERE amount_minor = 100000"]),
    breaks(
        "of a type that allows one at an instant, a partner has one agreement in force",
        &[
            "UPDATE agreements SET state = 'active' WHERE state = 'terminated'",
            "UPDATE agreement_states SET state = 'active' WHERE state = 'terminated'",
        ],
    ),
    breaks(GREW, &["UPDATE agreement_stages SET stage = 'helpdesk' WHERE reason IS NOT NULL"]),
    breaks(GREW, &["DELETE FROM agreement_stages WHERE reason IS NOT NULL"]),
    breaks(STANDS, &["UPDATE agreement_states SET state = 'terminated' WHERE state = 'suspended'"]),
    breaks(
        STANDS,
        &["INSERT INTO agreement_states (agreement_id, number, state, from_day, reason, decided_by, decided_at) \
             SELECT agreement_id, number + 100, 'suspended', from_day, reason, decided_by, decided_at FROM agreement_states \
             WHERE state = 'terminated'"],
    ),
    breaks(CONTRACTS, &["UPDATE contracts SET network_id = (SELECT n.id FROM networks n WHERE n.id <> contracts.network_id)"]),
    breaks(CONTRACTS, &["UPDATE contracts SET seller_id = customer_id"]),
    breaks(
        "each customer has a responsible company of its own network",
        &[
            // Of those with whom nobody keeps a place or a project.
            "UPDATE customers SET responsible_id = id WHERE id NOT IN (SELECT customer_id FROM portfolio_places) \
             AND id NOT IN (SELECT customer_id FROM projects WHERE customer_id IS NOT NULL)",
            "UPDATE responsibilities SET company_id = customer_id WHERE customer_id IN (SELECT id FROM customers WHERE responsible_id = id)",
            "UPDATE prospect_names SET company_id = subject_id \
             WHERE kind = 'customer' AND subject_id IN (SELECT id FROM customers WHERE responsible_id = id)",
        ],
    ),
    breaks(ANSWERED, &["UPDATE responsibilities SET company_id = customer_id"]),
    breaks(ANSWERED, &["DELETE FROM responsibilities"]),
    breaks(
        HISTORY,
        &["UPDATE responsibilities SET number = 2, from_day = '2026-03-02', cause = 'nothing' WHERE customer_id IN \
        (SELECT r.customer_id FROM responsibilities r GROUP BY r.customer_id HAVING count(*) = 1)"],
    ),
    breaks(
        "each contract that was taken over is answered for by whom its takeovers say last",
        &["UPDATE contracts SET answered_by_id = NULL WHERE answered_by_id IS NOT NULL"],
    ),
    breaks("no plan is carried out that two people did not approve", &["DELETE FROM continuity_approvals"]),
    breaks(
        "no customer was left with its partner when a case was closed",
        &["UPDATE continuity_cases SET partner_id = company_id, company_id = partner_id"],
    ),
    breaks(REGISTERED_NAMES, &["DELETE FROM prospect_names WHERE kind = 'registration'", NO_LONE_KEYS]),
    breaks(REGISTERED_NAMES, &["UPDATE prospect_names SET name = name || 's' WHERE kind = 'registration'"]),
    breaks(REGISTERED_NAMES, &["UPDATE prospect_names SET country = 'ZZ' WHERE kind = 'registration'"]),
    breaks(REGISTERED_NAMES, &["UPDATE prospect_names SET network_id = subject_id WHERE kind = 'registration'"]),
    breaks(REGISTERED_NAMES, &["UPDATE prospect_names SET master_id = subject_id WHERE kind = 'registration'"]),
    breaks(REGISTERED_NAMES, &["UPDATE prospect_names SET company_id = subject_id WHERE kind = 'registration'"]),
    breaks(REGISTERED_NAMES, &["UPDATE prospect_name_keys SET protects = TRUE", "UPDATE prospect_names SET protects = TRUE"]),
    breaks(CUSTOMERS_NAMES, &["DELETE FROM prospect_names WHERE kind = 'customer'", NO_LONE_KEYS]),
    breaks(CUSTOMERS_NAMES, &["UPDATE prospect_names SET name = name || 's' WHERE kind = 'customer'"]),
    breaks(CUSTOMERS_NAMES, &["UPDATE prospect_names SET country = 'ZZ' WHERE kind = 'customer'"]),
    breaks(CUSTOMERS_NAMES, &["UPDATE prospect_names SET network_id = subject_id WHERE kind = 'customer'"]),
    breaks(CUSTOMERS_NAMES, &["UPDATE prospect_names SET master_id = subject_id WHERE kind = 'customer'"]),
    breaks(CUSTOMERS_NAMES, &["UPDATE prospect_names SET company_id = subject_id WHERE kind = 'customer'"]),
    breaks(
        CUSTOMERS_NAMES,
        &[
            "UPDATE prospect_name_keys SET protects = FALSE WHERE number IN (SELECT n.number FROM prospect_names n WHERE n.kind = 'customer')",
            "UPDATE prospect_names SET protects = FALSE WHERE kind = 'customer'",
        ],
    ),
    breaks(PURSUED_NAMES, &["DELETE FROM prospect_names WHERE kind = 'pursuit'", NO_LONE_KEYS]),
    breaks(PURSUED_NAMES, &["UPDATE prospect_names SET name = name || 's' WHERE kind = 'pursuit'"]),
    breaks(PURSUED_NAMES, &["UPDATE prospect_names SET country = 'ZZ' WHERE kind = 'pursuit'"]),
    breaks(PURSUED_NAMES, &["UPDATE prospect_names SET network_id = subject_id WHERE kind = 'pursuit'"]),
    breaks(PURSUED_NAMES, &["UPDATE prospect_names SET master_id = subject_id WHERE kind = 'pursuit'"]),
    breaks(PURSUED_NAMES, &["UPDATE prospect_names SET company_id = subject_id WHERE kind = 'pursuit'"]),
    breaks(
        PURSUED_NAMES,
        &[
            "UPDATE prospect_name_keys SET protects = FALSE WHERE number IN (SELECT n.number FROM prospect_names n WHERE n.kind = 'pursuit')",
            "UPDATE prospect_names SET protects = FALSE WHERE kind = 'pursuit'",
        ],
    ),
    breaks(NAMES_KEYS, &["DELETE FROM prospect_name_keys"]),
    breaks(NAMES_KEYS, &["UPDATE prospect_name_keys SET protects = FALSE WHERE protects"]),
    breaks(NAMES_KEYS, &["INSERT INTO prospect_name_keys (key, protects, number) VALUES (0, TRUE, -1)"]),
    breaks(
        "a partner's sales are numbered without a gap",
        &["UPDATE attributions SET ordinal = ordinal + 1 \
        WHERE id IN (SELECT id FROM attributions ORDER BY ordinal DESC LIMIT 1)"],
    ),
    breaks("a volume begins where the one before it ends", &["UPDATE sale_volumes SET own_minor = 7 WHERE place = 1"]),
    breaks(ADDS_UP, &["UPDATE annuities SET invoiced_minor = invoiced_minor + 1"]),
    breaks(ADDS_UP, &["UPDATE annuities SET collected_minor = collected_minor + 1"]),
    breaks(ADDS_UP, &["UPDATE annuities SET credited_minor = credited_minor + 1 WHERE credited_minor < invoiced_minor"]),
    breaks(ADDS_UP, &["UPDATE annuities SET refunded_minor = refunded_minor + 1 WHERE refunded_minor < collected_minor"]),
    breaks(
        "every started annuity of an attributed sale has an entry or an outcome for the partner",
        &["DELETE FROM outcomes WHERE attribution_id IS NOT NULL"],
    ),
    breaks(LIVE, &["DELETE FROM introduction_keys"]),
    breaks(LIVE, &["UPDATE introduction_keys SET counts = FALSE WHERE counts"]),
    breaks(LIVE, &["UPDATE introduction_keys SET partner_id = introduction_id WHERE counts"]),
    breaks(LIVE, &["UPDATE introduction_keys SET company_id = introduction_id WHERE counts"]),
    breaks(
        LIVE,
        &[
            "UPDATE introductions SET state = 'offered', reason = NULL, answered_on = NULL, answered_by = NULL WHERE state = 'declined'",
        ],
    ),
    Break {
        rule: "of the introductions of a prospect to a company one counts",
        key: Some("introduction_keys_one_that_counts"),
        statements: &[
            "UPDATE introductions SET state = 'accepted', answered_on = offered_on, answered_by = '' WHERE state = 'offered'",
            "UPDATE introduction_keys SET counts = TRUE",
        ],
    },
    breaks(LED, &["DELETE FROM introduction_steps WHERE kind = 'proposal'"]),
    breaks(LED, &["UPDATE introductions SET state = 'accepted' WHERE state = 'proposed'"]),
    breaks(IN_SALE, &["UPDATE introduction_steps SET in_sale = FALSE WHERE in_sale"]),
    breaks(
        IN_SALE,
        &[
            "UPDATE introductions SET partner_id = (SELECT p.id FROM partners p WHERE p.id NOT IN (SELECT t.partner_id FROM attributions t) \
            ORDER BY p.id LIMIT 1) WHERE id IN (SELECT s.introduction_id FROM introduction_steps s WHERE s.in_sale)",
            "UPDATE introduction_keys SET partner_id = (SELECT i.partner_id FROM introductions i WHERE i.id = introduction_keys.introduction_id)",
        ],
    ),
    Break {
        rule: "a customer is in one portfolio of a company on any day",
        key: Some("portfolio_places_one_first"),
        statements: &["UPDATE portfolio_places SET previous_until = NULL, \
            from_day = (SELECT a.from_day FROM portfolio_places a WHERE a.id = portfolio_places.handed_from_id) \
            WHERE handed_from_id IS NOT NULL"],
    },
    breaks(
        "a customer that was won is in the portfolio of a promoter of the sale",
        &["UPDATE portfolio_places SET agreement_id = id WHERE won_by_id IS NOT NULL"],
    ),
    breaks(WITHIN, &["DELETE FROM expertise"]),
    breaks(WITHIN, &["UPDATE expertise SET area = ''"]),
    breaks(WITHIN, &["UPDATE expertise SET partner_id = id"]),
    breaks(WITHIN, &["UPDATE expertise SET from_day = '2026-03-03'"]),
    breaks(WITHIN, &["UPDATE projects SET starts_on = '2026-03-01'"]),
    breaks("all milestones of a completed project are reached", &["UPDATE milestones SET progress = 0, reached_on = NULL"]),
    Break {
        rule: "a partner has one open dispute over a registration",
        key: Some("disputes_one_open"),
        statements: &["UPDATE disputes SET state = 'opened', ended_at = NULL WHERE state = 'withdrawn'"],
    },
    breaks(DECIDED, &["DELETE FROM dispute_decisions"]),
    breaks(DECIDED, &["UPDATE disputes SET state = 'evidence' WHERE state = 'decided'"]),
    breaks(PART, &["UPDATE disputes SET challenger_id = id WHERE id IN (SELECT dispute_id FROM attributions)"]),
    breaks(PART, &["UPDATE disputes SET holder_id = id WHERE id IN (SELECT dispute_id FROM attributions)"]),
    breaks(
        PART,
        &["UPDATE attributions SET contract_id = (SELECT c.id FROM contracts c WHERE c.id <> attributions.contract_id LIMIT 1) \
        WHERE part_of_id IS NOT NULL"],
    ),
    breaks(
        "a protection that was passed on protects no more where it came from",
        &["UPDATE registrations SET taken_from_id = (SELECT r.id FROM registrations r WHERE r.state = 'accepted' LIMIT 1) \
        WHERE taken_from_id IS NOT NULL"],
    ),
    breaks(
        STATED,
        &[
            "UPDATE statements SET line_count = 0, lines_minor = 0, closing_minor = opening_minor + vat_minor - withheld_minor - paid_minor",
            "DELETE FROM statement_lines",
        ],
    ),
    breaks(STATEMENT_WHOLE, &["UPDATE statement_lines SET amount_minor = amount_minor + 1000000"]),
    breaks(STATEMENT_WHOLE, &["UPDATE statements SET line_count = line_count + 1"]),
    breaks(STATEMENT_WHOLE, &["UPDATE statements SET payment_count = payment_count + 1"]),
    breaks(STATEMENT_WHOLE, &["UPDATE statements SET paid_minor = paid_minor + 1, closing_minor = closing_minor - 1"]),
    breaks(CHAIN, &["UPDATE statements SET opening_minor = opening_minor + 1, closing_minor = closing_minor + 1"]),
    breaks(CHAIN, &["UPDATE statements SET number = number + 1"]),
    breaks(
        "a statement's document has the digest that it was sealed with",
        &["UPDATE statement_parts SET body = body || ' ' WHERE number = 0"],
    ),
    breaks("a statement's document has the digest that it was sealed with", &["DELETE FROM statement_parts"]),
    Break {
        rule: "each statement is paid by one live payout at most",
        key: Some("payout_parts_paid_once"),
        statements: &[
            PAYOUTS,
            PENDING,
            APPROVED_THEN,
            "INSERT INTO payout_parts (payout_id, statement_id, kind, amount_minor, live) \
             SELECT id, (SELECT p.id FROM payouts p ORDER BY p.id LIMIT 1), 'owed', 100, TRUE FROM payouts",
        ],
    },
    breaks(
        "a payout is the sum of what it takes of statements",
        &[PAYOUTS, PENDING, APPROVED_THEN, TAKEN, "UPDATE payout_parts SET amount_minor = 99"],
    ),
    breaks(HELD, &[PAYOUTS, PENDING, APPROVED_THEN, TAKEN, "UPDATE payout_parts SET live = FALSE"]),
    breaks(
        HELD,
        &[
            PAYOUTS,
            PENDING,
            APPROVED_THEN,
            TAKEN,
            "UPDATE payouts SET state = 'canceled'",
            "UPDATE payout_steps SET state = 'canceled' WHERE position = 2",
        ],
    ),
    breaks(STEPS, &[PAYOUTS, PENDING, TAKEN]),
    breaks(STEPS, &[PAYOUTS, PENDING, APPROVED_THEN, TAKEN, "UPDATE payout_steps SET position = 3 WHERE position = 2"]),
    breaks(STEPS, &[PAYOUTS, PENDING, APPROVED_THEN, TAKEN, "UPDATE payout_steps SET state = 'approved' WHERE position = 1"]),
    breaks(STEPS, &[PAYOUTS, TAKEN]),
    breaks(
        BANKED,
        &[
            PAYOUTS,
            PENDING,
            APPROVED_THEN,
            TAKEN,
            "UPDATE payouts SET state = 'paid', paid_on = '2026-03-02'",
            "UPDATE payout_steps SET state = 'paid' WHERE position = 2",
            PAID_TO,
            "INSERT INTO bank_entries (id, network_id, payer_id, master_id, bank_statement_id, account, reference, booked_on, amount_minor, currency, \
             state, outcome, payout_id, version, created_at, updated_at) SELECT id, network_id, payer_id, master_id, id, '', CAST(id AS TEXT), \
             '2026-03-02', -99, 'EUR', 'matched', 'paid', id, 1, created_at, updated_at FROM payouts",
        ],
    ),
    breaks(
        BANKED,
        &[
            PAYOUTS,
            PENDING,
            APPROVED_THEN,
            TAKEN,
            "INSERT INTO bank_entries (id, network_id, payer_id, master_id, bank_statement_id, account, reference, booked_on, amount_minor, currency, \
             state, outcome, payout_id, version, created_at, updated_at) SELECT id, network_id, payer_id, master_id, id, '', CAST(id AS TEXT), \
             '2026-03-02', -100, 'EUR', 'matched', 'paid', id, 1, created_at, updated_at FROM payouts",
        ],
    ),
    breaks(
        TAKEN_BACK,
        &[
            PAYOUTS,
            PENDING,
            APPROVED_THEN,
            "INSERT INTO payout_parts (payout_id, statement_id, kind, amount_minor, live) SELECT y.id, \
             (SELECT s.id FROM statements s WHERE s.lines_minor > 100 ORDER BY s.id LIMIT 1), 'owed', 200, TRUE FROM payouts y \
             WHERE CAST(y.id AS TEXT) IN (SELECT min(CAST(o.id AS TEXT)) FROM payouts o)",
            "INSERT INTO payout_parts (payout_id, statement_id, kind, amount_minor, live) \
             SELECT p.payout_id, p.statement_id, 'debt', -100, TRUE FROM payout_parts p",
            "INSERT INTO payout_parts (payout_id, statement_id, kind, amount_minor, live) SELECT y.id, y.id, 'owed', 100, TRUE FROM payouts y \
             WHERE y.id NOT IN (SELECT p.payout_id FROM payout_parts p)",
        ],
    ),
    breaks(COUNTED, &[PAYOUTS, PENDING, APPROVED_THEN, TAKEN, PAID_TO]),
    breaks(
        REMITTED,
        &[
            "INSERT INTO statement_payments (id, network_id, kind, partner_id, payer_id, payee_id, currency, amount_minor, dated_on, reference, \
           recorded_at) SELECT id, network_id, 'remittance', id, id, master_id, 'EUR', 100, '2030-01-01', CAST(id AS TEXT), created_at \
           FROM partners WHERE id IN (SELECT p.id FROM partners p ORDER BY p.id LIMIT 1)",
        ],
    ),
];

/// What was found, on the way out of a transaction that is not kept.
enum Found {
    Broken(BTreeMap<&'static str, Vec<String>>),
    Failed(DbError),
}

impl From<DbError> for Found {
    fn from(error: DbError) -> Self {
        Self::Failed(error)
    }
}

impl From<diesel::result::Error> for Found {
    fn from(error: diesel::result::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl CommandError for Found {
    fn database(&self) -> Option<&DbError> {
        match self {
            Self::Broken(_) => None,
            Self::Failed(error) => Some(error),
        }
    }
}

#[derive(QueryableByName)]
struct Statement {
    #[diesel(sql_type = Text)]
    statement: String,
}

/// Takes away what would keep the database from being broken: triggers and foreign keys.
fn unguard(tx: &mut Tx<'_>, engine: Engine) -> Result<(), DbError> {
    let guards = match engine {
        Engine::Sqlite => "SELECT 'DROP TRIGGER ' || name AS statement FROM sqlite_master WHERE type = 'trigger'",
        Engine::Postgres => {
            "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS statement \
             FROM pg_constraint WHERE contype = 'f' \
             UNION ALL SELECT format('ALTER TABLE %I DISABLE TRIGGER USER', tablename) FROM pg_tables WHERE schemaname = 'public'"
        }
    };
    let guards: Vec<Statement> = diesel::sql_query(guards).load(tx.conn)?;
    for guard in guards {
        diesel::sql_query(guard.statement).execute(tx.conn)?;
    }
    if engine == Engine::Sqlite {
        // They are looked at when the transaction ends, and this one never does.
        diesel::sql_query("PRAGMA defer_foreign_keys = ON").execute(tx.conn)?;
    }
    Ok(())
}

/// What the check reports once `statements` ran, none of which is kept.
fn reported(
    app: &TestApp,
    key: Option<&'static str>,
    statements: &'static [&'static str],
) -> BTreeMap<&'static str, Vec<String>> {
    let engine = app.engine;
    let found = wait(app.db.write(move |tx| {
        if !statements.is_empty() {
            unguard(tx, engine)?;
        }
        if let Some(key) = key {
            diesel::sql_query(format!("DROP INDEX {key}")).execute(tx.conn)?;
        }
        for statement in statements {
            let touched = diesel::sql_query(*statement).execute(tx.conn)?;
            assert!(touched > 0, "nothing to break: {statement}");
        }
        let mut broken = BTreeMap::new();
        for invariant in INVARIANTS {
            let rows = invariant.broken(tx.conn)?;
            if !rows.is_empty() {
                broken.insert(invariant.rule, rows);
            }
        }
        Err::<(), _>(Found::Broken(broken))
    }));
    match found {
        Err(Found::Broken(broken)) => broken,
        Err(Found::Failed(error)) => panic!("{statements:?}: {error}"),
        Ok(()) => unreachable!("it is never kept"),
    }
}

#[test]
fn every_invariant_that_is_checked_is_broken_here() {
    let checked: BTreeSet<&str> = INVARIANTS.iter().map(|invariant| invariant.rule).collect();
    let every = BREAKS.iter().chain(takeover::BREAKS).chain(money::BREAKS).chain(seal::BREAKS);
    let broken: BTreeSet<&str> = every.map(|it| it.rule).collect();
    assert_eq!(checked.len(), INVARIANTS.len(), "each rule has words of its own");
    assert_eq!(broken, checked);
}

on_both_engines! {
    fn the_check_reports_what_is_broken_and_nothing_else(engine: Engine) {
        let app = TestApp::start(engine);
        trade(&app);
        app.advance(TimeDelta::days(30));
        close(&app.master("pt"), "2026-03");
        assert_eq!(reported(&app, None, &[]), BTreeMap::new());
        for Break { rule, key, statements } in BREAKS.iter().chain(takeover::BREAKS).chain(money::BREAKS).chain(seal::BREAKS) {
            let mut reported = reported(&app, *key, statements);
            // Whatever is changed of a journal breaks its seal, beside what else it breaks.
            reported.retain(|broken, _| broken == rule || *broken != seal::SEALED);
            assert_eq!(reported.keys().copied().collect::<Vec<_>>(), [*rule], "{statements:?}: {reported:?}");
        }
        // What was broken was put back each time.
        assert_eq!(reported(&app, None, &[]), BTreeMap::new());
    }
}
