//! Two names side by side: which words of one stand for which of the other, what is left over, and what that says.

use super::{
    fold::fold,
    lexicon::Kind,
    name::{CompanyName, Word},
    outcome::{NameMatch, NameReason, Score},
    spelling::slips,
};

/// What joining or splitting words takes off a score.
const JOINED: u16 = 20;
/// What another order takes off.
const ORDER: u16 = 30;
/// Another form of a word: singular and plural, another language, a common abbreviation.
const FORM: u16 = 15;
/// A word cut short, initials for words.
const SHORT: u16 = 80;
/// Another spelling of the same sound.
const SOUND: u16 = 10;
/// A word that tells little, left out.
const FILLER: u16 = 20;
/// A trade left out beside a rare name.
const TRADE: u16 = 60;
/// An initial left out beside a rare name.
const INITIAL: u16 = 90;
/// How much slips cost all together at most.
const SLIPS: u16 = 25;
/// A slip weighs this much, divided by the letters of its word.
const SLIP_WEIGHT: u16 = 40;
/// The score that two names do not pass that something tells apart.
const APART: u16 = 600;
/// The score that two names of two countries do not pass.
const ABROAD: u16 = 700;

/// How alike two names are, and in what (D17). Of two countries they may belong to one group of companies, but not be one
/// company: their score stays under what a network takes for a possible match.
#[must_use]
pub fn compare(left: &CompanyName, right: &CompanyName) -> NameMatch {
    let mut found = Alignment::of(left.words(), right.words()).verdict();
    if !found.reasons.is_empty() {
        if left.written() == right.written() {
            found.reasons = vec![NameReason::SameName];
        } else {
            let other_alphabet = left.is_latin() != right.is_latin();
            found.reasons.extend(other_alphabet.then_some(NameReason::Transliteration));
            found.reasons.extend((left.form() != right.form()).then_some(NameReason::SameAfterLegalForm));
        }
        found.reasons.sort();
        found.reasons.dedup();
    }
    if left.country() != right.country() {
        found.score = found.score.min(Score::of(ABROAD));
        found.reasons.push(NameReason::OtherCountry);
    }
    found
}

/// How a word of one name stands for a word of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pair {
    left: usize,
    right: usize,
    kind: Kind,
    reason: Option<NameReason>,
    cost: u16,
}

struct Alignment<'n> {
    left: &'n [Word],
    right: &'n [Word],
    left_free: Vec<bool>,
    right_free: Vec<bool>,
    pairs: Vec<Pair>,
    slips: u16,
}

impl<'n> Alignment<'n> {
    fn of(left: &'n [Word], right: &'n [Word]) -> Self {
        let (left_free, right_free) = (vec![true; left.len()], vec![true; right.len()]);
        let mut alignment = Self { left, right, left_free, right_free, pairs: Vec::new(), slips: 0 };
        alignment.pair_equal(|a, b| a.text == b.text);
        alignment.pair_joined();
        alignment.pair_equal(|a, b| a.meaning == b.meaning);
        alignment.pair_slips();
        alignment.pair_short();
        alignment.pair_initials();
        alignment
    }

    fn free<'w>(words: &'w [Word], free: &[bool]) -> Vec<(usize, &'w Word)> {
        words.iter().enumerate().filter(|(place, _)| free.get(*place).copied().unwrap_or_default()).collect()
    }

    fn left_over(&self) -> Vec<(usize, &'n Word)> {
        Self::free(self.left, &self.left_free)
    }

    fn right_over(&self) -> Vec<(usize, &'n Word)> {
        Self::free(self.right, &self.right_free)
    }

    fn pair(&mut self, pair: Pair, more_left: &[usize], more_right: &[usize]) {
        let taken = |free: &mut Vec<bool>, first: usize, more: &[usize]| {
            for place in std::iter::once(&first).chain(more) {
                if let Some(free) = free.get_mut(*place) {
                    *free = false;
                }
            }
        };
        taken(&mut self.left_free, pair.left, more_left);
        taken(&mut self.right_free, pair.right, more_right);
        self.pairs.push(pair);
    }

    /// Words that are the same: in sound, or in meaning.
    fn pair_equal(&mut self, same: impl Fn(&Word, &Word) -> bool) {
        for (l, a) in self.left_over() {
            let Some((r, b)) = self.right_over().into_iter().find(|(_, b)| same(a, b)) else { continue };
            let (reason, cost) = match (a.plain == b.plain, a.text == b.text) {
                (true, _) => (None, 0),
                (false, true) => (Some(NameReason::Transliteration), SOUND),
                (false, false) => (Some(NameReason::WordForm), FORM),
            };
            self.pair(Pair { left: l, right: r, kind: a.kind.min(b.kind), reason, cost }, &[], &[]);
        }
    }

    /// One word of one name that is two or three neighbours of the other.
    fn pair_joined(&mut self) {
        while let Some((pair, more_left, more_right)) = self.find_joined() {
            self.slips = self.slips.saturating_add(pair.cost.saturating_sub(JOINED));
            self.pair(pair, &more_left, &more_right);
        }
    }

    fn find_joined(&self) -> Option<(Pair, Vec<usize>, Vec<usize>)> {
        let (left, right) = (self.left_over(), self.right_over());
        if let Some((place, kind, places, cost)) = joined(&left, &right) {
            let (first, more) = places.split_first()?;
            return Some((joined_pair(place, *first, kind, cost), Vec::new(), more.to_vec()));
        }
        let (place, kind, places, cost) = joined(&right, &left)?;
        let (first, more) = places.split_first()?;
        Some((joined_pair(*first, place, kind, cost), more.to_vec(), Vec::new()))
    }

    /// Words that differ by slips of the pen. Two known words are two words.
    fn pair_slips(&mut self) {
        let alone = self.left.len() == 1 && self.right.len() == 1;
        let (left, right) = (self.left_over(), self.right_over());
        let mut near: Vec<(u16, Pair)> = Vec::new();
        for (l, a) in &left {
            for (r, b) in &right {
                if let Some(cost) = slipped(a, b, alone) {
                    let letters = u16::try_from(a.text.len().min(b.text.len())).unwrap_or(u16::MAX);
                    let weighed = cost.saturating_mul(SLIP_WEIGHT).checked_div(letters).unwrap_or(u16::MAX);
                    let kind = if a.known { a.kind } else { b.kind };
                    let reason = Some(NameReason::TypingError);
                    near.push((cost, Pair { left: *l, right: *r, kind, reason, cost: weighed }));
                }
            }
        }
        near.sort_by_key(|(cost, _)| *cost);
        for (cost, pair) in near {
            let free = |free: &[bool], place: usize| free.get(place).copied().unwrap_or_default();
            if free(&self.left_free, pair.left) && free(&self.right_free, pair.right) {
                self.slips = self.slips.saturating_add(cost);
                self.pair(pair, &[], &[]);
            }
        }
    }

    /// A word cut short by a full stop, or to its initial, beside other words that agree.
    fn pair_short(&mut self) {
        if !self.pairs.iter().any(|pair| pair.kind > Kind::Trade) {
            return;
        }
        for (l, a) in self.left_over() {
            let Some((r, b)) = self.right_over().into_iter().find(|(_, b)| shortens(a, b) || shortens(b, a)) else { continue };
            let kind = a.kind.min(b.kind).min(Kind::Common);
            self.pair(Pair { left: l, right: r, kind, reason: Some(NameReason::Abbreviation), cost: SHORT }, &[], &[]);
        }
    }

    /// One word that is the initials of several words of the other name: `EDP`, `J. P.`.
    fn pair_initials(&mut self) {
        let (left, right) = (self.left_over(), self.right_over());
        if let Some((l, places)) = spelled_by_initials(&left, &right, self.pairs.is_empty()) {
            let Some((first, more)) = places.split_first() else { return };
            self.pair(initials_pair(l, *first), &[], more);
        } else if let Some((r, places)) = spelled_by_initials(&right, &left, self.pairs.is_empty()) {
            let Some((first, more)) = places.split_first() else { return };
            self.pair(initials_pair(*first, r), more, &[]);
        }
    }

    fn in_order(&self) -> bool {
        let mut pairs: Vec<(usize, usize)> = self.pairs.iter().map(|pair| (pair.left, pair.right)).collect();
        pairs.sort_unstable();
        pairs.is_sorted_by_key(|(_, right)| *right)
    }

    /// Words left over on one side that tell the names apart, given whether what agrees is rare, and whether it is a full name.
    fn tells_apart(over: &[(usize, &Word)], rare: bool, full: bool) -> bool {
        over.iter().any(|(_, word)| match word.kind {
            Kind::Stop | Kind::Filler => false,
            Kind::Trade => !rare,
            Kind::Initial => !full,
            Kind::Common | Kind::Relation | Kind::Place | Kind::Number | Kind::Rare => true,
        })
    }

    fn verdict(self) -> NameMatch {
        let (left, right) = (self.left_over(), self.right_over());
        let count = |over: &[(usize, &Word)], kind| over.iter().filter(|(_, word)| word.kind == kind).count();
        let rare = self.pairs.iter().any(|pair| pair.kind == Kind::Rare);
        let full = rare || self.pairs.iter().filter(|pair| pair.kind == Kind::Common).count() > 1;
        let both = |kind| count(&left, kind) > 0 && count(&right, kind) > 0;
        let apart = self.pairs.is_empty()
            || both(Kind::Trade)
            || both(Kind::Initial)
            || Self::tells_apart(&left, rare, full)
            || Self::tells_apart(&right, rare, full)
            || self.slips > SLIPS;
        let left_out = |kind, cost: u16| {
            let words = count(&left, kind).saturating_add(count(&right, kind));
            cost.saturating_mul(u16::try_from(words).unwrap_or(u16::MAX))
        };
        let order = if self.in_order() { 0 } else { ORDER };
        let cost = self.pairs.iter().fold(order, |sum, pair| sum.saturating_add(pair.cost));
        let left_out = left_out(Kind::Filler, FILLER)
            .saturating_add(left_out(Kind::Trade, TRADE))
            .saturating_add(left_out(Kind::Initial, INITIAL));
        let score = Score::of(Score::WHOLE.saturating_sub(cost).saturating_sub(left_out));
        if apart {
            return NameMatch { score: score.min(self.share_in_common()), reasons: Vec::new() };
        }
        let mut reasons: Vec<NameReason> = self.pairs.iter().filter_map(|pair| pair.reason).collect();
        reasons.extend((order > 0).then_some(NameReason::TokenOrder));
        reasons.extend((left_out > 0).then_some(NameReason::GenericWords));
        if reasons.is_empty() {
            reasons.push(NameReason::SameWords);
        }
        NameMatch { score, reasons }
    }

    /// What share of all letters agrees, for two names that something tells apart.
    fn share_in_common(&self) -> Score {
        let letters = |words: &[(usize, &Word)]| words.iter().fold(0usize, |sum, (_, word)| sum.saturating_add(word.text.len()));
        let all = |words: &[Word]| words.iter().fold(0usize, |sum, word| sum.saturating_add(word.text.len()));
        let over = letters(&self.left_over()).saturating_add(letters(&self.right_over()));
        let whole = all(self.left).saturating_add(all(self.right));
        let common = whole.saturating_sub(over).saturating_mul(APART.into()).checked_div(whole).unwrap_or_default();
        Score::of(u16::try_from(common).unwrap_or(APART).min(APART))
    }
}

/// A word of `whole`, and the neighbours of `parts` that make it up: its place, what it does, their places and the cost.
fn joined(whole: &[(usize, &Word)], parts: &[(usize, &Word)]) -> Option<(usize, Kind, Vec<usize>, u16)> {
    for count in [1, 2, 3] {
        for run in parts.windows(count) {
            let neighbours = run.windows(2).all(|two| matches!(two, [(a, _), (b, _)] if a.checked_add(1) == Some(*b)));
            let text = fold(&run.iter().map(|(_, word)| word.plain.as_str()).collect::<String>());
            let with_articles = run.iter().flat_map(|(_, word)| [word.before.as_str(), word.plain.as_str()]);
            let with_articles = fold(&with_articles.collect::<String>());
            let (first, kind) = (run.first()?, run.iter().map(|(_, word)| word.kind).max()?);
            if !neighbours || with_articles.len() < 5 {
                continue;
            }
            let after_first = with_articles.strip_prefix(first.1.before.as_str()).unwrap_or(&with_articles);
            for (place, word) in whole {
                let whole_text = fold(&format!("{}{}", word.before, word.plain));
                let same = (count > 1 && [&text, after_first, &with_articles].contains(&word.text.as_str()))
                    || with_articles == word.text
                    || (count > 1 && whole_text == with_articles);
                let slip = (count > 1 && text.len() >= 8).then(|| slips(&text, &word.text)).flatten();
                if let Some(cost) = if same { Some(0) } else { slip } {
                    let places = run.iter().map(|(place, _)| *place).collect();
                    return Some((*place, kind.max(word.kind.min(Kind::Common)), places, JOINED.saturating_add(cost)));
                }
            }
        }
    }
    None
}

fn joined_pair(left: usize, right: usize, kind: Kind, cost: u16) -> Pair {
    Pair { left, right, kind, reason: Some(NameReason::JoinedWords), cost }
}

fn initials_pair(left: usize, right: usize) -> Pair {
    Pair { left, right, kind: Kind::Rare, reason: Some(NameReason::Abbreviation), cost: SHORT }
}

/// What it costs that two letters of a known word, however short it is, stand in each other's place: `Mra` is `Mar`.
const TRANSPOSED: u16 = 10;

fn is_transposed(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let apart: Vec<usize> = (0..a.len()).filter(|place| a.get(*place) != b.get(*place)).collect();
    match apart.as_slice() {
        [first, second] if a.len() == b.len() && a.len() > 2 && first.checked_add(1) == Some(*second) => {
            a.get(*first) == b.get(*second) && a.get(*second) == b.get(*first)
        }
        _ => false,
    }
}

/// The shortest name that can be a slip of another one when there is no other word.
const ALONE: usize = 6;

fn slipped(a: &Word, b: &Word, alone: bool) -> Option<u16> {
    if (a.known && b.known) || (alone && a.text.len().min(b.text.len()) < ALONE) {
        return None;
    }
    if a.known != b.known && is_transposed(&a.plain, &b.plain) {
        return Some(TRANSPOSED);
    }
    [slips(&a.text, &b.text), slips(&a.plain, &b.plain)].into_iter().flatten().min()
}

/// Whether `short` is `long` cut short.
fn shortens(short: &Word, long: &Word) -> bool {
    let cut = short.plain.len() < long.plain.len() && long.plain.starts_with(&short.plain) && long.plain.len() > 2;
    let spelled_out = !short.known || short.dotted;
    match short.kind {
        Kind::Initial => cut && !matches!(long.kind, Kind::Number | Kind::Initial),
        Kind::Number | Kind::Place | Kind::Relation => false,
        _ => {
            let enough = short.dotted || (long.kind == Kind::Trade && short.plain.len() >= 3);
            (cut && spelled_out && short.plain.len() >= 2 && enough) || (!short.known && contracts(&short.plain, long))
        }
    }
}

/// Whether `short` is a known word without some of its letters: `Hldgs`, `Natl`, `Mfg`.
fn contracts(short: &str, long: &Word) -> bool {
    let mut letters = long.plain.chars();
    let ends = |text: &str| (text.chars().next(), text.chars().next_back());
    let half = long.plain.len().div_euclid(2).saturating_add(1);
    let in_order = short.chars().all(|letter| letters.any(|other| other == letter));
    long.known
        && matches!(long.kind, Kind::Filler | Kind::Trade | Kind::Common)
        && (3..=half).contains(&short.len())
        && in_order
        && ends(short) == ends(&long.plain)
}

/// Initials of at least so many words stand for a name.
const INITIALS: usize = 3;

/// A word of `short` whose letters begin the neighbouring words of `long`, in order, articles counted or not.
fn spelled_by_initials(short: &[(usize, &Word)], long: &[(usize, &Word)], alone: bool) -> Option<(usize, Vec<usize>)> {
    short.iter().find_map(|(place, word)| {
        let letters = word.plain.len();
        let initials = word.kind == Kind::Rare && (if word.initials && !alone { 2 } else { INITIALS }..=6).contains(&letters);
        if !initials {
            return None;
        }
        let first = |text: &str| text.chars().next();
        (2..=letters.min(long.len())).rev().find_map(|count| {
            long.windows(count).find_map(|run| {
                let bare: String = run.iter().filter_map(|(_, word)| first(&word.plain)).collect();
                let full: String = run.iter().flat_map(|(_, word)| [first(&word.before), first(&word.plain)]).flatten().collect();
                (bare == word.plain || full == word.plain).then(|| (*place, run.iter().map(|(place, _)| *place).collect()))
            })
        })
    })
}
