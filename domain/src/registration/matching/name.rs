//! A company's name, read once for many comparisons.

use super::{
    fold::{Token, tokens},
    legal_form,
    lexicon::{Kind, known, own_country},
};
use crate::partner::Country;

/// A company's name in a country: its words without legal form, each with what it does in the name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyName {
    country: Country,
    words: Vec<Word>,
    form: String,
    /// As it was written, legal form included, but for case and punctuation.
    written: String,
}

/// A word of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// As it was written, transliterated.
    pub(super) plain: String,
    /// As it is compared.
    pub(super) text: String,
    /// What all its forms have in common: itself, for a word that nobody knows.
    pub(super) meaning: String,
    /// What it does.
    pub(super) kind: Kind,
    /// Whether it is known.
    pub(super) known: bool,
    /// Whether it was cut short by a full stop.
    pub(super) dotted: bool,
    /// Whether it was put together of single letters.
    pub(super) initials: bool,
    /// Articles and prepositions before it.
    pub(super) before: String,
    /// How many commas, brackets or dashes stand before it.
    segment: usize,
}

impl CompanyName {
    /// Reads the name of a company of `country`. Every text has a reading; one without a letter or a digit has no words.
    #[must_use]
    pub fn read(country: Country, text: &str) -> Self {
        let mut tokens = tokens(text, |whole| legal_form::is_form(whole) || known(whole).is_some());
        let written = written(text);
        let form = legal_form::take_off(&mut tokens, country.code(), names_something);
        let mut words = words_of(&tokens, country);
        describe(&mut words);
        if !words.iter().any(|word| word.kind > Kind::Filler) {
            words.iter_mut().for_each(|word| word.kind = Kind::Common);
        }
        Self { country, words, form, written }
    }

    /// The words without legal form, articles and punctuation, in the order they were written, with single spaces.
    #[must_use]
    pub fn normalised(&self) -> String {
        self.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    pub(super) const fn country(&self) -> Country {
        self.country
    }

    pub(super) fn words(&self) -> &[Word] {
        &self.words
    }

    pub(super) fn form(&self) -> &str {
        &self.form
    }

    /// Whether it was written in Latin letters.
    pub(super) fn is_latin(&self) -> bool {
        self.written.chars().all(|c| c <= LAST_LATIN)
    }

    pub(super) fn written(&self) -> &str {
        &self.written
    }
}

/// The letters and digits in lower case, with single spaces between them.
fn written(text: &str) -> String {
    let lower = text.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The last letter of the block Latin Extended-B.
const LAST_LATIN: char = '\u{24f}';

/// Whether something is left when forms are taken off: one word that is more than an article.
fn names_something(tokens: &[Token]) -> bool {
    tokens.iter().any(|token| known(&token.text).is_none_or(|known| known.kind > Kind::Filler))
}

fn words_of(tokens: &[Token], country: Country) -> Vec<Word> {
    let mut words = Vec::with_capacity(tokens.len());
    let mut before = String::new();
    for (place, token) in tokens.iter().enumerate() {
        let last = place > 0 && place.checked_add(1) == Some(tokens.len());
        let word = Word { before: std::mem::take(&mut before), ..word(token, last, country) };
        if word.kind == Kind::Stop {
            before = word.before + &word.text;
        } else {
            words.push(word);
        }
    }
    if words.is_empty() {
        words.extend(tokens.iter().map(|token| Word { kind: Kind::Rare, ..word(token, false, country) }));
    }
    words
}

/// What follows a rare name after a comma, a dash or a bracket and says a trade only describes: `Ecofirma, Soluções Ambientais`.
fn describe(words: &mut [Word]) {
    let first = words.first().map(|word| word.segment);
    let is_named = words.iter().any(|word| Some(word.segment) == first && word.kind == Kind::Rare);
    let trades: Vec<usize> = words.iter().filter(|word| word.kind == Kind::Trade).map(|word| word.segment).collect();
    for word in words.iter_mut().filter(|word| is_named && Some(word.segment) != first && trades.contains(&word.segment)) {
        if word.kind == Kind::Rare {
            word.kind = Kind::Trade;
        }
    }
}

fn word(token: &Token, last: bool, country: Country) -> Word {
    let Token { plain, text, dotted, initials, joined_by_sign, segment } = token;
    let (kind, meaning) = sense(token, last, *joined_by_sign, country);
    let known = known(text).is_some();
    let (plain, text) = (plain.clone(), text.clone());
    let meaning = meaning.unwrap_or(&text).to_owned();
    Word { plain, text, meaning, kind, known, dotted: *dotted, initials: *initials, before: String::new(), segment: *segment }
}

/// What long words end in that nobody knows and that say what a company does: Torrefação, Recauchutagem, Chocolaterie.
const TRADE_ENDINGS: [&str; 22] = [
    "acao", "acoes", "icao", "agem", "agens", "cion", "ciones", "zione", "zioni", "tion", "tions", "aria", "eria", "erie",
    "erei", "ificio", "bau", "technik", "handel", "bedryf", "praktyk", "service",
];
const LONG: usize = 8;

fn says_a_trade(text: &str) -> bool {
    text.len() >= LONG && TRADE_ENDINGS.iter().any(|ending| text.ends_with(ending))
}

/// What a token does in a name of `country`, and what it means where that is known.
fn sense(token: &Token, last: bool, after_sign: bool, country: Country) -> (Kind, Option<&str>) {
    let text = token.text.as_str();
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return (Kind::Number, None);
    }
    match (text, token.plain.len()) {
        ("i", 1) if last => (Kind::Number, Some("1")),
        ("v", 1) if last => (Kind::Number, Some("5")),
        ("x", 1) if last => (Kind::Number, Some("10")),
        // `& C.` is `& Co.`.
        ("c", 1) if after_sign => (Kind::Filler, Some("companhia")),
        (_, 1) if token.dotted => (Kind::Initial, None),
        (_, 2..=4) if token.dotted && known(text).is_none() => (Kind::Initial, None),
        (_, length) => match known(text) {
            Some(known) if known.kind == Kind::Place && own_country(country.code()) == Some(known.meaning) => {
                (Kind::Filler, Some(known.meaning))
            }
            Some(known) => (known.kind, Some(known.meaning)),
            None if length == 1 => (Kind::Initial, None),
            None if says_a_trade(text) => (Kind::Trade, None),
            None => (Kind::Rare, None),
        },
    }
}
