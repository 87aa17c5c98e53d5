//! What must always hold (requirements §7), looked for in everything that is stored.
//!
//! Each check is one query that both engines understand and that names the rows which break it; a sound database has none.

use diesel::{RunQueryDsl, sql_types::Text};

use crate::{db::Conn, error::DbError};

/// One thing that must always hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invariant {
    /// The rule, in words.
    pub rule: &'static str,
    /// A query for the column `broken`: what breaks it.
    query: &'static str,
}

/// Everything that is looked for.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        rule: "every journal is sealed",
        query: "SELECT CAST(j.id AS TEXT) AS broken FROM journals j LEFT JOIN seals s ON s.journal_id = j.id WHERE s.journal_id IS NULL",
    },
    Invariant {
        rule: "every journal has as many entries and as much money as it says",
        query: "SELECT CAST(j.id AS TEXT) AS broken FROM journals j \
                WHERE j.entry_count <> (SELECT count(*) FROM entries e WHERE e.journal_id = j.id) \
                OR j.total_minor <> (SELECT coalesce(sum(e.amount_minor), 0) FROM entries e WHERE e.journal_id = j.id)",
    },
    Invariant {
        rule: "every journal and its entries say what they were sealed with",
        // What was sealed before seals held a digest has none; what was sealed after the first one has.
        query: "SELECT CAST(j.id AS TEXT) AS broken FROM journals j JOIN seals s ON s.journal_id = j.id \
                WHERE s.content_hash <> sha256_hex(CAST(j.id AS TEXT) || '|' || CAST(j.network_id AS TEXT) || '|' || j.source_kind || '|' || \
                CAST(j.source_id AS TEXT) || '|' || CAST(j.source_turn AS TEXT) || '|' || \
                CASE WHEN j.cause IS NULL THEN '' ELSE sha256_hex(j.cause) END || \
                (SELECT coalesce(string_agg('|' || CAST(e.id AS TEXT) || '|' || CAST(e.network_id AS TEXT) || '|' || CAST(e.master_id AS TEXT) \
                || '|' || CAST(e.position AS TEXT) || '|' || CAST(e.debtor_id AS TEXT) || '|' || CAST(e.creditor_id AS TEXT) \
                || '|' || e.kind || '|' || coalesce(e.correction, '') || '|' || coalesce(CAST(e.corrects_id AS TEXT), '') \
                || '|' || CAST(e.amount_minor AS TEXT) || '|' || e.currency || '|' || CAST(e.partner_id AS TEXT) \
                || '|' || CAST(e.counterparty_id AS TEXT) || '|' || CAST(e.agreement_id AS TEXT) \
                || '|' || CAST(e.terms_id AS TEXT) || '|' || coalesce(CAST(e.contract_id AS TEXT), '') \
                || '|' || coalesce(CAST(e.annuity_id AS TEXT), '') || '|' || coalesce(CAST(e.attribution_id AS TEXT), '') \
                || '|' || sha256_hex(e.rule) || '|' || coalesce(CAST(e.sequence AS TEXT), '') \
                || '|' || coalesce(CAST(e.entitled_minor AS TEXT), '') || '|' || sha256_hex(e.explanation) \
                || '|' || sha256_hex(e.calculation) || '|' || CAST(e.dated_on AS TEXT) || '|' || CAST(e.payable_on AS TEXT), \
                '' ORDER BY e.position), '') FROM entries e WHERE e.journal_id = j.id)) \
                OR (s.content_hash IS NULL AND j.recorded_at > (SELECT min(k.recorded_at) FROM journals k JOIN seals t ON t.journal_id = k.id \
                WHERE t.content_hash IS NOT NULL))",
    },
    Invariant {
        rule: "every entry that was told of is there",
        query: "SELECT v.subject AS broken FROM (SELECT network_id, partner_id, recorded_at, min(subject) AS subject, count(*) AS told \
                FROM events WHERE kind LIKE 'ledger_entry.%' GROUP BY network_id, partner_id, recorded_at) v \
                LEFT JOIN (SELECT network_id, partner_id, recorded_at, count(*) AS there FROM entries \
                GROUP BY network_id, partner_id, recorded_at) e ON e.network_id = v.network_id AND e.partner_id = v.partner_id \
                AND e.recorded_at = v.recorded_at WHERE coalesce(e.there, 0) < v.told",
    },
    Invariant {
        rule: "what was posted for a rule adds up to what it states as due to date",
        // Where adjustments by decision left nothing to take back, as much stays posted beyond what is due (D20).
        query: "SELECT CAST(last.id AS TEXT) AS broken FROM entries last \
                WHERE last.sequence = (SELECT max(e.sequence) FROM entries e WHERE e.annuity_id = last.annuity_id \
                  AND e.attribution_id = last.attribution_id AND e.rule = last.rule \
                  AND e.partner_id = last.partner_id AND e.counterparty_id = last.counterparty_id) \
                AND (SELECT sum(CASE WHEN e.correction IS NULL OR (e.correction = 'adjustment' \
                  AND (e.creditor_id = e.partner_id) = (e.kind IN ('commission', 'fee'))) THEN e.amount_minor ELSE -e.amount_minor END) \
                  FROM entries e WHERE e.annuity_id = last.annuity_id AND e.attribution_id = last.attribution_id AND e.rule = last.rule \
                  AND e.partner_id = last.partner_id AND e.counterparty_id = last.counterparty_id AND e.sequence IS NOT NULL) - last.entitled_minor \
                  NOT BETWEEN 0 AND (SELECT coalesce(sum(e.amount_minor), 0) FROM entries e WHERE e.annuity_id = last.annuity_id \
                  AND e.attribution_id = last.attribution_id AND e.rule = last.rule AND e.partner_id = last.partner_id \
                  AND e.counterparty_id = last.counterparty_id AND e.sequence IS NULL AND e.correction = 'adjustment' \
                  AND (e.creditor_id = e.partner_id) <> (e.kind IN ('commission', 'fee')))",
    },
    Invariant {
        rule: "entries of a rule are numbered without a gap",
        query: "SELECT CAST(min(CAST(e.id AS TEXT)) AS TEXT) AS broken FROM entries e WHERE e.sequence IS NOT NULL GROUP BY e.annuity_id, e.attribution_id, e.rule \
                HAVING max(e.sequence) <> count(*)",
    },
    Invariant {
        rule: "a correction names an entry of the same rule, made before it",
        query: "SELECT CAST(c.id AS TEXT) AS broken FROM entries c JOIN entries e ON e.id = c.corrects_id \
                WHERE e.rule <> c.rule OR e.annuity_id <> c.annuity_id OR e.sequence >= c.sequence",
    },
    Invariant {
        rule: "a correction is between the companies of the entry it corrects, in its currency",
        query: "SELECT CAST(c.id AS TEXT) AS broken FROM entries c JOIN entries e ON e.id = c.corrects_id WHERE c.currency <> e.currency \
                OR NOT ((c.debtor_id = e.creditor_id AND c.creditor_id = e.debtor_id) OR (c.correction NOT IN ('reversal', 'clawback') \
                  AND c.debtor_id = e.debtor_id AND c.creditor_id = e.creditor_id))",
    },
    Invariant {
        rule: "no more is taken back of an entry than it brought",
        query: "SELECT CAST(e.id AS TEXT) AS broken FROM entries e WHERE e.amount_minor < ( \
                SELECT sum(CASE WHEN c.debtor_id = e.creditor_id THEN c.amount_minor ELSE -c.amount_minor END) FROM entries c \
                WHERE (c.corrects_id = e.id AND (c.sequence IS NULL OR c.debtor_id = e.creditor_id)) \
                  OR (c.sequence IS NULL AND c.corrects_id IN (SELECT a.id FROM entries a WHERE a.corrects_id = e.id \
                    AND (a.sequence IS NULL OR a.debtor_id = e.creditor_id))))",
    },
    Invariant {
        rule: "the entries of a journal are of its network, in one currency",
        query: "SELECT DISTINCT CAST(j.id AS TEXT) AS broken FROM journals j JOIN entries e ON e.journal_id = j.id \
                JOIN entries f ON f.journal_id = j.id AND f.position = 1 WHERE e.network_id <> j.network_id OR e.currency <> f.currency",
    },
    Invariant {
        rule: "no entry is dated into a period that was closed before",
        query: "SELECT CAST(e.id AS TEXT) AS broken FROM entries e JOIN periods p ON p.network_id = e.network_id AND p.currency = e.currency \
                WHERE e.dated_on <= p.ends_on AND e.recorded_at > p.closed_at",
    },
    Invariant {
        rule: "closed periods of a currency do not overlap",
        query: "SELECT CAST(p.id AS TEXT) AS broken FROM periods p JOIN periods q ON q.network_id = p.network_id AND q.currency = p.currency \
                AND q.id <> p.id AND q.ends_on < p.ends_on WHERE p.starts_on <= q.ends_on",
    },
    Invariant {
        rule: "every service that was decided has an entry, or an outcome that says why nothing is due",
        query: "SELECT CAST(s.id AS TEXT) AS broken FROM services s WHERE s.state IN ('confirmed', 'refused') \
                AND NOT EXISTS (SELECT 1 FROM journals j WHERE j.source_kind = 'service' AND j.source_id = s.id) \
                AND NOT EXISTS (SELECT 1 FROM outcomes o WHERE o.service_id = s.id)",
    },
    Invariant {
        rule: "of a debt that a plan recovered, payouts that were paid have taken something",
        query: "SELECT CAST(r.id AS TEXT) AS broken FROM recovery_plans r WHERE r.recovered_on IS NOT NULL AND NOT EXISTS ( \
                SELECT 1 FROM statement_lines l JOIN payout_parts p ON p.statement_id = l.statement_id JOIN payouts y ON y.id = p.payout_id \
                WHERE l.entry_id = r.entry_id AND p.live AND y.state = 'paid')",
    },
    Invariant {
        rule: "no prospect has two protections",
        query: "SELECT a.key AS broken FROM registration_keys a JOIN registration_keys b \
                ON b.network_id = a.network_id AND b.key = a.key AND b.registration_id > a.registration_id \
                AND (a.line = b.line OR a.line = '' OR b.line = '') WHERE a.protects AND b.protects",
    },
    Invariant {
        rule: "a partner's live registrations of a prospect do not overlap",
        query: "SELECT a.key AS broken FROM registration_keys a JOIN registration_keys b \
                ON b.network_id = a.network_id AND b.partner_id = a.partner_id AND b.key = a.key AND b.registration_id > a.registration_id \
                AND (a.line = b.line OR a.line = '' OR b.line = '') WHERE a.live AND b.live",
    },
    Invariant {
        rule: "exactly the protected prospects are marked as such",
        query: "SELECT p.key AS broken FROM protected_prospects p WHERE NOT EXISTS (SELECT 1 FROM registration_keys k \
                WHERE k.network_id = p.network_id AND k.key = p.key AND k.mode = p.mode AND k.protects) \
                UNION SELECT k.key FROM registration_keys k LEFT JOIN protected_prospects p \
                ON p.network_id = k.network_id AND p.key = k.key AND p.mode = k.mode WHERE k.protects AND p.key IS NULL",
    },
    Invariant {
        rule: "exactly the accepted registrations protect",
        query: "SELECT CAST(r.id AS TEXT) AS broken FROM registrations r LEFT JOIN registration_keys k ON k.registration_id = r.id \
                WHERE coalesce(k.protects, FALSE) <> (r.state = 'accepted')",
    },
    Invariant {
        rule: "no pursuit stands on a protected prospect",
        query: "SELECT p.key AS broken FROM pursuit_keys p JOIN registration_keys k ON k.network_id = p.network_id AND k.key = p.key \
                WHERE k.protects AND (p.line = '' OR k.line = '' OR p.line = k.line)",
    },
    Invariant {
        rule: "no prospect is pursued twice",
        query: "SELECT a.key AS broken FROM pursuit_keys a JOIN pursuit_keys b \
                ON b.network_id = a.network_id AND b.key = a.key AND b.pursuit_id > a.pursuit_id \
                WHERE a.line = '' OR b.line = '' OR a.line = b.line",
    },
    Invariant {
        rule: "exactly the open pursuits keep others off",
        query: "SELECT CAST(p.id AS TEXT) AS broken FROM pursuits p \
                WHERE (p.state = 'open') <> EXISTS (SELECT 1 FROM pursuit_keys k WHERE k.pursuit_id = p.id)",
    },
    Invariant {
        rule: "what was sold inside a protection is a line of the contract that was signed",
        query: "SELECT CAST(s.line_id AS TEXT) AS broken FROM protected_lines s JOIN contracts c ON c.id = s.contract_id \
                JOIN lines l ON l.id = s.line_id WHERE l.proposal_id <> c.proposal_id OR l.number <> c.number",
    },
    Invariant {
        rule: "what was sold inside a protection its seller was let sell there",
        query: "SELECT CAST(s.line_id AS TEXT) AS broken FROM protected_lines s JOIN contracts c ON c.id = s.contract_id \
                JOIN overrides o ON o.id = s.override_id \
                WHERE o.registration_id <> s.registration_id OR o.company_id <> coalesce(c.partner_id, c.seller_id)",
    },
    Invariant {
        rule: "the index of names has each live registration's name as it stands",
        query: "SELECT CAST(r.id AS TEXT) AS broken FROM registrations r \
                LEFT JOIN prospect_names n ON n.subject_id = r.id AND n.kind = 'registration' \
                WHERE (r.state IN ('submitted', 'in_review', 'action_required', 'accepted')) <> (n.number IS NOT NULL) \
                OR n.name <> r.prospect_name OR n.country <> r.country OR n.network_id <> r.network_id OR n.master_id <> r.master_id \
                OR n.company_id <> r.partner_id OR n.protects <> (r.state = 'accepted')",
    },
    Invariant {
        rule: "the index of names has each customer's name as it stands",
        query: "SELECT CAST(c.id AS TEXT) AS broken FROM customers c \
                LEFT JOIN prospect_names n ON n.subject_id = c.id AND n.kind = 'customer' \
                WHERE n.number IS NULL OR n.name <> c.name OR n.country <> c.country OR n.network_id <> c.network_id \
                OR n.master_id <> c.master_id OR n.company_id <> c.responsible_id OR NOT n.protects",
    },
    Invariant {
        rule: "the index of names has each open pursuit's name as it stands",
        query: "SELECT CAST(p.id AS TEXT) AS broken FROM pursuits p \
                LEFT JOIN prospect_names n ON n.subject_id = p.id AND n.kind = 'pursuit' \
                WHERE (p.state = 'open') <> (n.number IS NOT NULL) OR n.name <> p.prospect_name OR n.country <> p.country \
                OR n.network_id <> p.network_id OR n.master_id <> p.master_id OR n.company_id <> p.master_id OR NOT n.protects",
    },
    Invariant {
        rule: "each name in the index has keys, and each key a name",
        query: "SELECT CAST(n.number AS TEXT) AS broken FROM prospect_names n \
                LEFT JOIN (SELECT DISTINCT number, protects FROM prospect_name_keys) k ON k.number = n.number \
                WHERE k.number IS NULL OR k.protects <> n.protects \
                UNION ALL SELECT CAST(k.number AS TEXT) FROM prospect_name_keys k \
                LEFT JOIN prospect_names n ON n.number = k.number WHERE n.number IS NULL",
    },
    Invariant {
        rule: "no agreement is in force without a master's approval",
        query: "SELECT CAST(a.id AS TEXT) AS broken FROM agreements a WHERE a.state IN ('active', 'suspended') \
                AND NOT EXISTS (SELECT 1 FROM supervisions s WHERE s.agreement_id = a.id AND s.decision = 'approve')",
    },
    Invariant {
        rule: "where an agreement stands is the last state of its history",
        query: "SELECT CAST(a.id AS TEXT) AS broken FROM agreements a WHERE NOT EXISTS (SELECT 1 FROM agreement_states s \
                WHERE s.agreement_id = a.id AND s.state = a.state \
                AND s.number = (SELECT max(t.number) FROM agreement_states t WHERE t.agreement_id = a.id))",
    },
    Invariant {
        rule: "an approved promotion is the stage that its agreement entered on its day",
        query: "SELECT CAST(p.id AS TEXT) AS broken FROM promotions p LEFT JOIN agreement_stages s ON s.agreement_id = p.agreement_id \
                AND s.from_day = p.entered_on WHERE (p.state = 'approved') <> (s.stage IS NOT NULL AND s.stage = p.stage)",
    },
    Invariant {
        rule: "what was handed over is marked as issued with support, and so is the contract that it became",
        query: "SELECT CAST(p.id AS TEXT) AS broken FROM proposals p LEFT JOIN contracts c ON c.proposal_id = p.id \
                WHERE (NOT p.issued_with_support AND EXISTS (SELECT 1 FROM support_requests r WHERE r.proposal_id = p.id)) \
                OR c.issued_with_support <> p.issued_with_support",
    },
    Invariant {
        rule: "the finding of a year in which sales were missing is about that year",
        query: "SELECT CAST(f.id AS TEXT) AS broken FROM minimum_sales_years y JOIN findings f ON f.id = y.finding_id \
                WHERE f.agreement_id <> y.agreement_id OR f.about <> CAST(y.number AS TEXT) OR f.found_on <> y.ends_on",
    },
    Invariant {
        rule: "an entry fee is as its latest assessment says",
        query: "SELECT CAST(f.id AS TEXT) AS broken FROM entry_fees f LEFT JOIN entry_fee_revisions r \
                ON r.entry_fee_id = f.id AND r.number = f.number WHERE r.number IS NULL OR r.segment <> f.segment \
                OR r.assessed_by <> f.assessed_by OR EXISTS (SELECT 1 FROM entry_fee_revisions l WHERE l.entry_fee_id = f.id AND l.number > f.number)",
    },
    Invariant {
        rule: "of a type that allows one at an instant, a partner has one agreement in force",
        // It is in force from its approval or its first day, whichever is later, to its last day or the one before it ended.
        query: "WITH held AS (SELECT a.id, a.partner_id, a.type_id, a.ends_on, \
                  CASE WHEN s.from_day > a.starts_on THEN s.from_day ELSE a.starts_on END AS first_day, \
                  (SELECT min(t.from_day) FROM agreement_states t WHERE t.agreement_id = a.id \
                    AND t.state IN ('terminated', 'expired')) AS ended_on \
                FROM agreements a JOIN agreement_states s ON s.agreement_id = a.id AND s.state = 'active' WHERE a.single \
                  AND NOT EXISTS (SELECT 1 FROM agreement_states o WHERE o.agreement_id = a.id AND o.state = 'active' AND o.number < s.number)), \
                days AS (SELECT a.id AS one, b.id AS other, \
                  CASE WHEN a.first_day > b.first_day THEN a.first_day ELSE b.first_day END AS day \
                FROM held a JOIN held b ON b.partner_id = a.partner_id AND b.type_id = a.type_id AND b.id > a.id) \
                SELECT CAST(d.other AS TEXT) AS broken FROM days d WHERE NOT EXISTS (SELECT 1 FROM held h WHERE h.id IN (d.one, d.other) \
                  AND (h.ends_on < d.day OR h.ended_on <= d.day))",
    },
    Invariant {
        rule: "each contract is sold by its master or its partner, in its customer's network",
        query: "SELECT CAST(c.id AS TEXT) AS broken FROM contracts c JOIN customers u ON u.id = c.customer_id \
                WHERE u.network_id <> c.network_id OR c.seller_id NOT IN (c.master_id, coalesce(c.partner_id, c.master_id))",
    },
    Invariant {
        rule: "each customer has a responsible company of its own network",
        query: "SELECT CAST(u.id AS TEXT) AS broken FROM customers u LEFT JOIN companies c \
                ON c.id = u.responsible_id AND c.network_id = u.network_id WHERE c.id IS NULL",
    },
    Invariant {
        rule: "each customer is answered for by whom its history says last",
        query: "SELECT CAST(u.id AS TEXT) AS broken FROM customers u LEFT JOIN responsibilities r ON r.customer_id = u.id \
                AND r.number = (SELECT max(l.number) FROM responsibilities l WHERE l.customer_id = u.id) \
                WHERE r.company_id IS NULL OR r.company_id <> u.responsible_id",
    },
    Invariant {
        rule: "a customer's history has neither a gap nor a day without somebody who answers",
        query: "SELECT CAST(r.customer_id AS TEXT) AS broken FROM responsibilities r GROUP BY r.customer_id \
                HAVING max(r.number) <> count(*) OR sum(CASE WHEN r.number = 1 AND r.from_day IS NULL THEN 1 ELSE 0 END) <> 1 \
                OR sum(CASE WHEN r.number > 1 AND r.from_day IS NULL THEN 1 ELSE 0 END) > 0",
    },
    Invariant {
        rule: "each contract that was taken over is answered for by whom its takeovers say last",
        query: "SELECT CAST(c.id AS TEXT) AS broken FROM contracts c LEFT JOIN contract_takeovers t ON t.contract_id = c.id \
                AND t.number = (SELECT max(l.number) FROM contract_takeovers l WHERE l.contract_id = c.id) \
                WHERE (t.company_id IS NULL) <> (c.answered_by_id IS NULL) OR t.company_id <> c.answered_by_id",
    },
    Invariant {
        rule: "each contract's services that were taken over are done by whom their takeovers say last",
        query: "SELECT CAST(t.contract_id AS TEXT) AS broken FROM service_takeovers t JOIN contracts c ON c.id = t.contract_id \
                WHERE t.number = (SELECT max(l.number) FROM service_takeovers l WHERE l.contract_id = t.contract_id) \
                AND (c.served_by_id IS NULL OR t.company_id <> c.served_by_id)",
    },
    Invariant {
        rule: "no plan is carried out that two people did not approve",
        query: "SELECT CAST(k.id AS TEXT) AS broken FROM continuity_cases k WHERE k.state NOT IN ('open', 'withdrawn') \
                AND (SELECT count(*) FROM continuity_approvals a WHERE a.case_id = k.id AND a.plan = k.plan) < 2",
    },
    Invariant {
        rule: "no customer was left with its partner when a case was closed",
        query: "SELECT CAST(u.id AS TEXT) AS broken FROM customers u JOIN continuity_cases k ON k.partner_id = u.responsible_id \
                JOIN responsibilities r ON r.customer_id = u.id AND r.company_id = u.responsible_id \
                WHERE k.state = 'closed' AND r.recorded_at <= k.ended_at \
                UNION ALL SELECT CAST(c.id AS TEXT) FROM contracts c JOIN continuity_cases k ON k.partner_id = c.served_by_id \
                WHERE k.state = 'closed' AND c.state = 'active' AND c.created_at <= k.ended_at",
    },
    Invariant {
        rule: "a partner's sales are numbered without a gap",
        query: "SELECT a.counts_in AS broken FROM attributions a GROUP BY a.counts_in HAVING max(a.ordinal) <> count(*)",
    },
    Invariant {
        rule: "a volume begins where the one before it ends",
        query: "SELECT v.counts_in AS broken FROM sale_volumes v \
                LEFT JOIN sale_volumes b ON b.counts_in = v.counts_in AND b.place = v.place - 1 \
                WHERE v.before_minor <> coalesce(b.before_minor + b.own_minor, 0) OR v.currency <> coalesce(b.currency, v.currency) \
                OR (v.place > 1 AND b.place IS NULL)",
    },
    Invariant {
        rule: "what an annuity says was invoiced, collected, credited and refunded is what its instalments add up to",
        query: "SELECT CAST(a.id AS TEXT) AS broken FROM annuities a \
                WHERE a.invoiced_minor <> (SELECT coalesce(sum(i.amount_minor), 0) FROM instalments i WHERE i.annuity_id = a.id AND i.kind = 'invoice') \
                OR a.collected_minor <> (SELECT coalesce(sum(i.amount_minor), 0) FROM instalments i WHERE i.annuity_id = a.id AND i.kind = 'collection') \
                OR a.credited_minor <> (SELECT coalesce(sum(i.amount_minor), 0) FROM instalments i WHERE i.annuity_id = a.id AND i.kind = 'credit') \
                OR a.refunded_minor <> (SELECT coalesce(sum(i.amount_minor), 0) FROM instalments i WHERE i.annuity_id = a.id AND i.kind = 'refund')",
    },
    Invariant {
        rule: "every started annuity of an attributed sale has an entry or an outcome for the partner",
        query: "SELECT CAST(a.id AS TEXT) AS broken FROM annuities a JOIN attributions t ON t.contract_id = a.contract_id \
                WHERE t.part_of_id IS NULL AND a.invoiced_minor > 0 AND NOT EXISTS (SELECT 1 FROM entries e WHERE e.annuity_id = a.id AND e.attribution_id = t.id) \
                AND NOT EXISTS (SELECT 1 FROM outcomes o WHERE o.annuity_id = a.id AND o.attribution_id = t.id)",
    },
    Invariant {
        rule: "every annuity of a contract that a partner brought and has no place in has an outcome that says why nothing was earned",
        query: "SELECT CAST(a.id AS TEXT) AS broken FROM annuities a JOIN contracts c ON c.id = a.contract_id \
                WHERE c.partner_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM attributions t WHERE t.contract_id = c.id AND t.part_of_id IS NULL) \
                AND NOT EXISTS (SELECT 1 FROM outcomes o WHERE o.annuity_id = a.id AND o.partner_id = c.partner_id)",
    },
    Invariant {
        rule: "exactly the live introductions keep their prospects, and those that were accepted count",
        query: "SELECT CAST(i.id AS TEXT) AS broken FROM introductions i LEFT JOIN introduction_keys k ON k.introduction_id = i.id \
                WHERE (i.state IN ('offered', 'accepted', 'registered', 'proposed', 'won')) <> (k.key IS NOT NULL) \
                OR k.counts <> (i.state IN ('accepted', 'registered', 'proposed', 'won')) \
                OR k.company_id <> i.company_id OR k.partner_id <> i.partner_id",
    },
    Invariant {
        rule: "of the introductions of a prospect to a company one counts",
        query: "SELECT a.key AS broken FROM introduction_keys a JOIN introduction_keys b \
                ON b.company_id = a.company_id AND b.key = a.key AND b.introduction_id > a.introduction_id WHERE a.counts AND b.counts",
    },
    Invariant {
        rule: "an introduction stands where its steps led it",
        query: "SELECT CAST(i.id AS TEXT) AS broken FROM introductions i JOIN (SELECT n.id, \
                  max(CASE s.kind WHEN 'registration' THEN 1 WHEN 'proposal' THEN 2 WHEN 'customer' THEN 3 ELSE 0 END) AS furthest \
                  FROM introductions n LEFT JOIN introduction_steps s ON s.introduction_id = n.id GROUP BY n.id) w ON w.id = i.id \
                WHERE i.state <> 'closed' AND w.furthest \
                <> CASE i.state WHEN 'registered' THEN 1 WHEN 'proposed' THEN 2 WHEN 'won' THEN 3 ELSE 0 END",
    },
    Invariant {
        rule: "an introduction has the place in a sale that its way says",
        query: "SELECT CAST(i.id AS TEXT) AS broken FROM introductions i JOIN introduction_steps s ON s.introduction_id = i.id \
                WHERE s.contract_id IS NOT NULL AND s.in_sale <> EXISTS (SELECT 1 FROM attributions t \
                  WHERE t.contract_id = s.contract_id AND t.partner_id = i.partner_id AND t.part_of_id IS NULL)",
    },
    Invariant {
        rule: "a customer is in one portfolio of a company on any day",
        query: "SELECT CAST(b.id AS TEXT) AS broken FROM portfolio_places a JOIN portfolio_places b \
                ON b.customer_id = a.customer_id AND b.company_id = a.company_id AND b.id > a.id \
                WHERE a.from_day < coalesce(b.until_day, '9999-12-31') AND b.from_day < coalesce(a.until_day, '9999-12-31')",
    },
    Invariant {
        rule: "a customer that was won is in the portfolio of a promoter of the sale",
        query: "SELECT CAST(p.id AS TEXT) AS broken FROM portfolio_places p WHERE p.won_by_id IS NOT NULL AND NOT EXISTS \
                (SELECT 1 FROM attributions t WHERE t.contract_id = p.won_by_id AND t.agreement_id = p.agreement_id AND t.role = 'promoter')",
    },
    Invariant {
        rule: "a project that was agreed is within an area confirmed for its consultant on its first day",
        query: "SELECT CAST(p.id AS TEXT) AS broken FROM projects p WHERE p.state IN ('running', 'completed') AND NOT EXISTS \
                (SELECT 1 FROM expertise e WHERE e.partner_id = p.partner_id AND e.area = p.area AND e.from_day <= p.starts_on \
                AND (e.until_day IS NULL OR p.starts_on < e.until_day OR e.state = 'revoked'))",
    },
    Invariant {
        rule: "all milestones of a completed project are reached",
        query: "SELECT CAST(m.id AS TEXT) AS broken FROM milestones m JOIN projects p ON p.id = m.project_id \
                WHERE p.state = 'completed' AND m.reached_on IS NULL",
    },
    Invariant {
        rule: "a partner has one open dispute over a registration",
        query: "SELECT CAST(b.id AS TEXT) AS broken FROM disputes a JOIN disputes b \
                ON b.challenger_id = a.challenger_id AND b.registration_id = a.registration_id AND b.id > a.id \
                WHERE a.ended_at IS NULL AND b.ended_at IS NULL",
    },
    Invariant {
        rule: "exactly the disputes that were decided have a decision",
        query: "SELECT CAST(d.id AS TEXT) AS broken FROM disputes d WHERE (d.state IN ('decided', 'appealed', 'final')) \
                <> EXISTS (SELECT 1 FROM dispute_decisions e WHERE e.dispute_id = d.id)",
    },
    Invariant {
        rule: "a part in a commission is the challenger's, of the holder's place in the same sale",
        query: "SELECT CAST(p.id AS TEXT) AS broken FROM attributions p JOIN attributions h ON h.id = p.part_of_id \
                JOIN disputes d ON d.id = p.dispute_id \
                WHERE p.partner_id <> d.challenger_id OR h.partner_id <> d.holder_id OR h.contract_id <> p.contract_id",
    },
    Invariant {
        rule: "a protection that was passed on protects no more where it came from",
        query: "SELECT CAST(f.id AS TEXT) AS broken FROM registrations t JOIN registrations f ON f.id = t.taken_from_id \
                WHERE f.state = 'accepted'",
    },
    Invariant {
        rule: "as many places of a session are taken as enrolments have one",
        query: "SELECT CAST(s.id AS TEXT) AS broken FROM course_sessions s WHERE s.taken <> (SELECT count(*) FROM enrolments e \
                WHERE e.session_id = s.id AND e.state IN ('enrolled', 'attended', 'absent', 'passed', 'failed'))",
    },
    Invariant {
        rule: "exactly whoever passed has a certificate",
        query: "SELECT CAST(e.id AS TEXT) AS broken FROM enrolments e \
                WHERE (e.state = 'passed') <> EXISTS (SELECT 1 FROM certificates c WHERE c.enrolment_id = e.id)",
    },
    Invariant {
        rule: "whoever is in a session that is a benefit is in it by a use of it",
        query: "SELECT CAST(e.id AS TEXT) AS broken FROM enrolments e JOIN courses c ON c.id = e.course_id \
                WHERE c.benefit IS NOT NULL AND e.state NOT IN ('cancelled', 'missed') AND NOT EXISTS (SELECT 1 FROM benefit_uses u \
                WHERE u.partner_id = e.partner_id AND u.session_id = e.session_id AND u.state IN ('requested', 'granted', 'used'))",
    },
    Invariant {
        rule: "a signed proposal that is a benefit is a use of it that was had",
        query: "SELECT CAST(p.id AS TEXT) AS broken FROM proposals p WHERE p.benefit IS NOT NULL AND p.state = 'signed' \
                AND NOT EXISTS (SELECT 1 FROM benefit_uses u WHERE u.proposal_id = p.id AND u.benefit = p.benefit AND u.state = 'used')",
    },
    Invariant {
        rule: "every entry that was payable by the end of a completed closing run stands on a statement",
        query: "SELECT CAST(e.id AS TEXT) AS broken FROM entries e JOIN statement_runs r \
                ON r.network_id = e.network_id AND r.currency = e.currency AND r.state = 'completed' \
                WHERE e.payable_on <= r.last_day AND NOT EXISTS (SELECT 1 FROM statement_lines l WHERE l.entry_id = e.id)",
    },
    Invariant {
        rule: "a sealed statement's lines and payments are those that it says",
        query: "SELECT CAST(s.id AS TEXT) AS broken FROM statements s JOIN statement_seals t ON t.statement_id = s.id \
                WHERE s.line_count <> (SELECT count(*) FROM statement_lines l WHERE l.statement_id = s.id) \
                OR s.lines_minor <> (SELECT coalesce(sum(l.amount_minor), 0) FROM statement_lines l WHERE l.statement_id = s.id) \
                OR s.payment_count <> (SELECT count(*) FROM statement_payment_lines p WHERE p.statement_id = s.id) \
                OR s.paid_minor <> (SELECT coalesce(sum(p.amount_minor), 0) FROM statement_payment_lines l \
                  JOIN statement_payments p ON p.id = l.payment_id WHERE l.statement_id = s.id)",
    },
    Invariant {
        rule: "a statement opens with the closing balance of the one before",
        query: "SELECT CAST(s.id AS TEXT) AS broken FROM statements s LEFT JOIN statements b ON b.kind = s.kind \
                AND b.payer_id = s.payer_id AND b.payee_id = s.payee_id AND b.currency = s.currency AND b.number = s.number - 1 \
                WHERE s.opening_minor <> coalesce(b.closing_minor, 0) OR (s.number > 1 AND b.id IS NULL)",
    },
    Invariant {
        rule: "a statement's document has the digest that it was sealed with",
        query: "SELECT CAST(t.statement_id AS TEXT) AS broken FROM statement_seals t WHERE t.content_hash <> sha256_hex(coalesce( \
                (SELECT string_agg(p.body, '' ORDER BY p.number) FROM statement_parts p WHERE p.statement_id = t.statement_id), ''))",
    },
    Invariant {
        rule: "each statement is paid by one live payout at most",
        query: "SELECT CAST(min(CAST(p.payout_id AS TEXT)) AS TEXT) AS broken FROM payout_parts p WHERE p.live AND p.kind = 'owed' \
                GROUP BY p.statement_id HAVING count(*) > 1",
    },
    Invariant {
        rule: "a payout is the sum of what it takes of statements",
        query: "SELECT CAST(y.id AS TEXT) AS broken FROM payouts y \
                WHERE y.amount_minor <> (SELECT coalesce(sum(p.amount_minor), 0) FROM payout_parts p WHERE p.payout_id = y.id)",
    },
    Invariant {
        rule: "a payout holds what it takes exactly as long as it is under way or paid",
        query: "SELECT CAST(y.id AS TEXT) AS broken FROM payouts y JOIN payout_parts p ON p.payout_id = y.id \
                WHERE p.live <> (y.state IN ('pending', 'approved', 'sent', 'paid'))",
    },
    Invariant {
        rule: "a payout stands where the last of its steps says, which have no gap",
        query: "SELECT CAST(y.id AS TEXT) AS broken FROM payouts y \
                WHERE y.state <> coalesce((SELECT s.state FROM payout_steps s WHERE s.payout_id = y.id ORDER BY s.position DESC LIMIT 1), '') \
                OR (SELECT count(*) FROM payout_steps s WHERE s.payout_id = y.id) \
                  <> (SELECT coalesce(max(s.position), 0) FROM payout_steps s WHERE s.payout_id = y.id) \
                OR NOT EXISTS (SELECT 1 FROM payout_steps s WHERE s.payout_id = y.id AND s.position = 1 AND s.state = 'pending')",
    },
    Invariant {
        rule: "payouts take no more back than a statement takes back",
        query: "SELECT CAST(s.id AS TEXT) AS broken FROM statements s JOIN payout_parts p ON p.statement_id = s.id \
                WHERE p.live AND EXISTS (SELECT 1 FROM payout_parts o WHERE o.statement_id = s.id AND o.live AND o.kind = 'owed') \
                GROUP BY s.id, s.lines_minor, s.vat_minor, s.withheld_minor \
                HAVING sum(p.amount_minor) < s.lines_minor + s.vat_minor - s.withheld_minor",
    },
    Invariant {
        rule: "statements count as paid what payouts have paid",
        query: "SELECT CAST(u.partner_id AS TEXT) AS broken FROM ( \
                SELECT y.payer_id, y.partner_id, y.currency, y.amount_minor AS minor FROM payouts y WHERE y.state = 'paid' \
                UNION ALL SELECT p.payer_id, p.payee_id, p.currency, -p.amount_minor FROM statement_payments p WHERE p.kind = 'earnings' \
                ) u GROUP BY u.payer_id, u.partner_id, u.currency HAVING sum(u.minor) <> 0",
    },
    Invariant {
        rule: "statements count as paid what partners have remitted",
        query: "SELECT CAST(u.partner_id AS TEXT) AS broken FROM ( \
                SELECT r.master_id, r.partner_id, r.currency, r.amount_minor AS minor FROM remittance_payments r \
                UNION ALL SELECT p.payee_id, p.payer_id, p.currency, -p.amount_minor FROM statement_payments p WHERE p.kind = 'remittance' \
                ) u GROUP BY u.master_id, u.partner_id, u.currency HAVING sum(u.minor) <> 0",
    },
    Invariant {
        rule: "what a bank paid of payouts is what they come to",
        query: "SELECT CAST(b.id AS TEXT) AS broken FROM bank_entries b JOIN payouts y ON y.id = b.payout_id \
                WHERE abs(b.amount_minor) <> y.amount_minor OR b.currency <> y.currency OR y.state NOT IN ('paid', 'returned')",
    },
    Invariant {
        rule: "an amendment that was approved is published as it was proposed",
        query: "SELECT CAST(a.id AS TEXT) AS broken FROM amendments a JOIN terms v ON v.id = a.terms_id WHERE v.type_id <> a.type_id \
                OR v.effective_from <> a.effective_from OR v.document <> a.document OR v.texts <> a.texts",
    },
    Invariant {
        rule: "what an amendment counted again was signed from its day on, under no special terms",
        query: "SELECT CAST(p.attribution_id AS TEXT) AS broken FROM restated_places p JOIN restatements r ON r.id = p.restatement_id \
                JOIN terms v ON v.id = p.terms_id JOIN attributions t ON t.id = p.attribution_id \
                JOIN agreements g ON g.id = t.agreement_id JOIN contracts c ON c.id = t.contract_id \
                WHERE t.contract_id <> r.contract_id OR g.type_id <> v.type_id OR g.special_terms IS NOT NULL \
                OR c.signed_on < v.effective_from",
    },
    Invariant {
        rule: "an amendment that is applied has counted again all that it reaches",
        query: "SELECT CAST(t.id AS TEXT) AS broken FROM amendments a JOIN terms v ON v.id = a.terms_id \
                JOIN agreements g ON g.type_id = v.type_id JOIN attributions t ON t.agreement_id = g.id \
                JOIN contracts c ON c.id = t.contract_id JOIN terms o ON o.id = t.terms_id \
                WHERE a.state = 'approved' AND a.reach = 'existing_agreements' AND t.part_of_id IS NULL AND g.special_terms IS NULL \
                AND c.signed_on >= a.effective_from AND o.number < v.number \
                AND NOT EXISTS (SELECT 1 FROM restated_places p WHERE p.attribution_id = t.id AND p.terms_id = v.id)",
    },
    Invariant {
        rule: "an amendment that is incomplete names each sale that it has not counted again",
        query: "SELECT CAST(a.id AS TEXT) AS broken FROM amendments a WHERE a.state = 'incomplete' AND (a.uncounted_sales <> \
                (SELECT count(*) FROM uncounted_sales u WHERE u.amendment_id = a.id AND u.turn = a.turn) \
                OR EXISTS (SELECT 1 FROM uncounted_sales u JOIN restatements r ON r.amendment_id = u.amendment_id \
                  AND r.contract_id = u.contract_id WHERE u.amendment_id = a.id AND u.turn = a.turn))",
    },
    Invariant {
        rule: "a project that changed hands is with whom its history says last, since then",
        query: "SELECT CAST(p.id AS TEXT) AS broken FROM projects p JOIN project_companies c ON c.project_id = p.id \
                WHERE c.number = (SELECT max(l.number) FROM project_companies l WHERE l.project_id = p.id) AND c.company_id <> p.company_id \
                UNION SELECT CAST(p.id AS TEXT) FROM projects p WHERE p.company_from IS NOT NULL AND NOT EXISTS \
                  (SELECT 1 FROM project_companies c WHERE c.project_id = p.id AND c.company_id = p.company_id AND c.from_day = p.company_from)",
    },
    Invariant {
        rule: "a project that goes on is with the company that answers for its customer",
        query: "SELECT CAST(p.id AS TEXT) AS broken FROM projects p JOIN customers u ON u.id = p.customer_id \
                WHERE p.state IN ('proposed', 'running') AND p.company_id <> u.responsible_id \
                AND NOT (u.responsible_id = p.partner_id AND p.company_id = p.master_id)",
    },
    Invariant {
        rule: "a customer's open place in a portfolio is with the company that answers for it",
        query: "SELECT CAST(p.id AS TEXT) AS broken FROM portfolio_places p JOIN customers u ON u.id = p.customer_id \
                WHERE p.until_day IS NULL AND p.company_id <> u.responsible_id",
    },
    Invariant {
        rule: "of a proposal and what took it over one is signed at most, in one network and currency",
        query: "SELECT CAST(f.id AS TEXT) AS broken FROM proposals f JOIN proposals p ON p.id = f.follows_id \
                WHERE (f.state = 'signed' AND p.state = 'signed') OR f.currency <> p.currency OR f.network_id <> p.network_id",
    },
    Invariant {
        rule: "no more is used of a guarantee than it is for, in its currency",
        query: "SELECT CAST(g.id AS TEXT) AS broken FROM guarantees g JOIN guarantee_uses u ON u.guarantee_id = g.id \
                WHERE u.amount_minor IS NOT NULL AND g.amount_minor IS NOT NULL GROUP BY g.id, g.amount_minor, g.currency \
                HAVING sum(u.amount_minor) > g.amount_minor OR min(u.currency) <> g.currency OR max(u.currency) <> g.currency",
    },
];

#[derive(diesel::QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    broken: String,
}

impl Invariant {
    /// What breaks it: nothing, in a sound database.
    ///
    /// # Errors
    /// Those of the database.
    pub fn broken(&self, conn: &mut Conn) -> Result<Vec<String>, DbError> {
        let rows: Vec<Row> = diesel::sql_query(self.query).load(conn)?;
        Ok(rows.into_iter().map(|row| row.broken).collect())
    }
}
