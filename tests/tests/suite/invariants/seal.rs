//! What a journal's seal holds, broken by hand: nothing of a journal changes unseen.

use super::check::{Break, breaks};

/// The rule that any change of a journal breaks.
pub(super) const SEALED: &str = "every journal and its entries say what they were sealed with";
const TOLD: &str = "every entry that was told of is there";
const WHOLE: &str = "every journal has as many entries and as much money as it says";
const JOURNALS: &str = "the entries of a journal are of its network, in one currency";

/// What breaks what must hold of journals.
pub(super) const BREAKS: &[Break] = &[
    breaks("every journal is sealed", &["DELETE FROM seals WHERE journal_id IN (SELECT journal_id FROM seals LIMIT 1)"]),
    breaks(WHOLE, &["UPDATE journals SET total_minor = total_minor + 1 WHERE id IN (SELECT id FROM journals LIMIT 1)"]),
    breaks(WHOLE, &["UPDATE journals SET entry_count = entry_count + 1 WHERE id IN (SELECT id FROM journals LIMIT 1)"]),
    breaks(JOURNALS, &["UPDATE entries SET currency = 'USD' WHERE position = 2"]),
    breaks(JOURNALS, &["UPDATE journals SET network_id = (SELECT n.id FROM networks n WHERE n.id <> journals.network_id)"]),
    // What the sums do not show: amount, due to date and total together; a rate, or all of why; who owes whom; when; by which rule; and a
    // seal without its digest.
    breaks(
        SEALED,
        &[
            "UPDATE entries SET amount_minor = amount_minor + 100000, entitled_minor = entitled_minor + 100000 WHERE id IN (SELECT e.id \
             FROM entries e WHERE e.sequence = 1 AND e.correction IS NULL AND NOT EXISTS (SELECT c.id FROM entries c \
             WHERE c.annuity_id = e.annuity_id AND c.attribution_id = e.attribution_id AND c.rule = e.rule AND c.sequence > 1) \
             AND NOT EXISTS (SELECT l.entry_id FROM statement_lines l WHERE l.entry_id = e.id) LIMIT 1)",
            "UPDATE journals SET total_minor = (SELECT sum(e.amount_minor) FROM entries e WHERE e.journal_id = journals.id)",
        ],
    ),
    breaks(
        SEALED,
        &["UPDATE entries SET explanation = replace(explanation, '\"0.7\"', '\"0.8\"') WHERE explanation LIKE '%\"0.7\"%'"],
    ),
    breaks(SEALED, &["UPDATE entries SET explanation = '{}' WHERE id IN (SELECT e.id FROM entries e ORDER BY e.id LIMIT 1)"]),
    breaks(SEALED, &["UPDATE entries SET calculation = '{}' WHERE id IN (SELECT e.id FROM entries e ORDER BY e.id LIMIT 1)"]),
    breaks(
        SEALED,
        &["UPDATE entries SET debtor_id = creditor_id, creditor_id = debtor_id WHERE id IN (SELECT e.id FROM entries e \
        WHERE e.correction IS NULL AND NOT EXISTS (SELECT c.id FROM entries c WHERE c.corrects_id = e.id) \
        AND NOT EXISTS (SELECT l.entry_id FROM statement_lines l WHERE l.entry_id = e.id) LIMIT 1)"],
    ),
    breaks(
        SEALED,
        &["UPDATE entries SET payable_on = '2031-01-01' WHERE id IN (SELECT e.id FROM entries e \
        WHERE e.correction IS NULL AND NOT EXISTS (SELECT l.entry_id FROM statement_lines l WHERE l.entry_id = e.id) LIMIT 1)"],
    ),
    breaks(
        SEALED,
        &["UPDATE entries SET rule = 'nonsense' WHERE id IN (SELECT e.id FROM entries e WHERE e.sequence = 1 \
        AND e.correction IS NULL AND NOT EXISTS (SELECT c.id FROM entries c WHERE c.annuity_id = e.annuity_id \
        AND c.attribution_id = e.attribution_id AND c.rule = e.rule AND c.sequence > 1) LIMIT 1)"],
    ),
    breaks(SEALED, &["UPDATE journals SET cause = 'nonsense' WHERE id IN (SELECT j.id FROM journals j LIMIT 1)"]),
    breaks(
        SEALED,
        &["UPDATE seals SET content_hash = NULL WHERE journal_id IN (SELECT j.id FROM journals j \
        WHERE j.recorded_at > (SELECT min(k.recorded_at) FROM journals k))"],
    ),
    // The only entry of a year whose wait was told, with its journal.
    breaks(
        TOLD,
        &[
            "DELETE FROM entries WHERE id IN (SELECT e.id FROM entries e JOIN journals j ON j.id = e.journal_id WHERE j.entry_count = 1 \
             AND e.sequence = 1 AND EXISTS (SELECT o.id FROM outcomes o WHERE o.annuity_id = e.annuity_id \
             AND o.attribution_id = e.attribution_id) AND NOT EXISTS (SELECT c.id FROM entries c WHERE c.id <> e.id \
             AND c.annuity_id = e.annuity_id AND c.attribution_id = e.attribution_id AND c.rule = e.rule) \
             AND NOT EXISTS (SELECT l.entry_id FROM statement_lines l WHERE l.entry_id = e.id) LIMIT 1)",
            "DELETE FROM seals WHERE journal_id NOT IN (SELECT e.journal_id FROM entries e)",
            "DELETE FROM journals WHERE id NOT IN (SELECT e.journal_id FROM entries e)",
        ],
    ),
];
