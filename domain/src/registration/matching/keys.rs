//! Keys by which names are found without comparing each with each: two names that are a possible match share one, nearly always.
//!
//! The main key of a name is the bag of its letters: their order, and where words begin, say nothing in it. Beside it stand the
//! same bags with one letter left out, so that two names which differ by one letter, whichever and wherever, meet in one of
//! them. Words that few companies bear make a bag alone; where a name has none, its trade belongs to it, so that no bag is as
//! common as `Silva` or `Central`.

use std::collections::BTreeSet;

use super::{
    fold::fold,
    lexicon::Kind,
    name::{CompanyName, Word},
};

/// The version of words, rules and keys: names kept under another one are read anew.
pub const MATCHING_VERSION: i32 = 1;

/// A key of a name in its country.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameKey(i64);

impl NameKey {
    /// The key as a number.
    #[must_use]
    pub const fn number(self) -> i64 {
        self.0
    }
}

impl CompanyName {
    /// The keys that the name is found by.
    #[must_use]
    pub fn stored_keys(&self) -> BTreeSet<NameKey> {
        let parts = Parts::of(self.words());
        let mut keys = Keys { country: self.country().code(), found: BTreeSet::new() };
        keys.bags(if parts.is_rare { &parts.naming } else { &parts.all });
        keys.initials(if parts.is_rare { &parts.naming } else { &parts.all });
        keys.common(&parts);
        keys.found
    }

    /// The keys that names like this one are looked for by. A slip of the pen can make a common word a rare one or a rare one a
    /// common one, so both are looked for.
    #[must_use]
    pub fn sought_keys(&self) -> BTreeSet<NameKey> {
        let parts = Parts::of(self.words());
        let mut keys = Keys { country: self.country().code(), found: BTreeSet::new() };
        for words in [&parts.naming, &parts.all] {
            keys.bags(words);
            keys.initials(words);
        }
        keys.without_a_word(&parts.naming);
        keys.common(&parts);
        keys.found
    }
}

/// The words that make keys.
struct Parts<'n> {
    /// Those that name.
    naming: Vec<&'n Word>,
    /// Those that name, and the trade.
    all: Vec<&'n Word>,
    /// Whether one of them is rare.
    is_rare: bool,
}

impl<'n> Parts<'n> {
    fn of(words: &'n [Word]) -> Self {
        let over = |least: Kind| words.iter().filter(move |word| word.kind > least).collect::<Vec<_>>();
        Self { naming: over(Kind::Trade), all: over(Kind::Filler), is_rare: words.iter().any(|word| word.kind == Kind::Rare) }
    }
}

struct Keys {
    country: &'static str,
    found: BTreeSet<NameKey>,
}

impl Keys {
    fn add(&mut self, kind: char, text: &str) {
        self.found.insert(NameKey(digest(self.country, kind, text)));
    }

    /// The bag of all letters, and those with one letter left out.
    fn bags(&mut self, words: &[&Word]) {
        let bag = bag(words.iter().filter(|word| word.kind != Kind::Initial).map(|word| word.text.as_str()));
        if bag.is_empty() {
            return;
        }
        self.add('b', &bag.iter().collect::<String>());
        for (place, letter) in bag.iter().enumerate() {
            let repeated = place.checked_sub(1).is_some_and(|before| bag.get(before) == Some(letter));
            if letter.is_ascii_alphabetic() && !repeated {
                let without: String = bag.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, c)| *c).collect();
                self.add('b', &without);
            }
        }
    }

    /// The bags without one of the rare words: it may be a trade with a slip in it.
    fn without_a_word(&mut self, words: &[&Word]) {
        for (place, word) in words.iter().enumerate().filter(|_| words.len() > 1) {
            if word.kind == Kind::Rare {
                let others = words.iter().enumerate().filter(|(other, _)| *other != place);
                self.add('b', &bag(others.map(|(_, word)| word.text.as_str())).iter().collect::<String>());
            }
        }
    }

    /// Each word but one, and the initial of that one; each two neighbours, and their initials.
    fn initials(&mut self, words: &[&Word]) {
        if words.len() < 2 {
            return;
        }
        for count in [1, 2].into_iter().take(words.len().saturating_sub(1)) {
            for (place, run) in words.windows(count).enumerate() {
                let inside = |other: usize| (place..place.saturating_add(count)).contains(&other);
                let others = words.iter().enumerate().filter(|(other, _)| !inside(*other));
                let mut others: Vec<&str> = others.map(|(_, word)| word.meaning.as_str()).collect();
                others.sort_unstable();
                let initials: String = match run {
                    [only] if only.initials => only.plain.clone(),
                    _ => run.iter().filter_map(|word| word.plain.chars().next()).collect(),
                };
                self.add('i', &format!("{initials} {}", others.join(" ")));
            }
        }
    }

    /// What is written in any case: the letters as they stand, with articles and without; what the words mean; and the name's
    /// initials or the name that may be initials.
    fn common(&mut self, parts: &Parts<'_>) {
        for words in [&parts.naming, &parts.all] {
            let letters: String = words.iter().map(|word| word.plain.as_str()).collect();
            let articles: String = words.iter().flat_map(|word| [word.before.as_str(), word.plain.as_str()]).collect();
            for text in [letters, articles] {
                self.add('w', &bag(std::iter::once(fold(&text).as_str())).iter().collect::<String>());
            }
        }
        let mut meanings: Vec<&str> = parts.all.iter().map(|word| word.meaning.as_str()).collect();
        meanings.sort_unstable();
        self.add('m', &meanings.join(" "));
        if let [only] = parts.naming.as_slice()
            && only.kind == Kind::Rare
            && ACRONYM.contains(&only.plain.len())
        {
            self.add('a', &only.plain);
        }
        if ACRONYM.contains(&parts.all.len()) {
            let first = |text: &str| text.chars().next();
            self.add('a', &parts.all.iter().filter_map(|word| first(&word.plain)).collect::<String>());
            let with_articles = parts.all.iter().flat_map(|word| [first(&word.before), first(&word.plain)]).flatten();
            self.add('a', &with_articles.collect::<String>());
        }
    }
}

const ACRONYM: std::ops::RangeInclusive<usize> = 3..=6;

/// The letters of all words in order of the alphabet, a doubled letter of a word counted once.
fn bag<'w>(words: impl Iterator<Item = &'w str>) -> Vec<char> {
    let mut letters = Vec::new();
    for word in words {
        let mut before = None;
        for letter in word.chars() {
            if before != Some(letter) {
                letters.push(letter);
            }
            before = Some(letter);
        }
    }
    letters.sort_unstable();
    letters
}

/// FNV-1a, 64 bits: the same on every machine and in every version, since it is kept.
fn digest(country: &str, kind: char, text: &str) -> i64 {
    const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let bytes = country.bytes().chain(u8::try_from(kind)).chain(text.bytes());
    let hash = bytes.fold(BASIS, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME));
    i64::from_be_bytes(hash.to_be_bytes())
}
