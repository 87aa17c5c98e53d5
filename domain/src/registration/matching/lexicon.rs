//! What is known about words: data in `words/`, read once.

use std::{collections::HashMap, sync::LazyLock};

use super::fold::{fold, plain};

/// What a word does in a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Kind {
    /// An article, a preposition: nothing.
    Stop,
    /// Says that there is a company: `Grupo`, `Holding`.
    Filler,
    /// Says what the company does: `Transportes`, `Consulting`.
    Trade,
    /// Names it as many are named: `Central`, `Silva`.
    Common,
    /// Says who runs it with whom: `Filhos`, `Irmãos`.
    Relation,
    /// Says where it is: `Braga`, `Norte`.
    Place,
    /// Numbers it.
    Number,
    /// One letter or a few for a word: `J.`, `Az.`.
    Initial,
    /// Names it as few are named.
    Rare,
}

/// A word that is known: what it does, and what it has in common with its other forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) kind: Kind,
    pub(super) meaning: &'static str,
}

static LEXICON: LazyLock<HashMap<String, Known>> = LazyLock::new(|| {
    let mut lexicon = HashMap::new();
    for (kind, one_a_line, lines) in [
        (Kind::Stop, false, include_str!("words/stops.txt")),
        (Kind::Relation, true, include_str!("words/relations.txt")),
        (Kind::Filler, true, include_str!("words/fillers.txt")),
        (Kind::Number, true, include_str!("words/numbers.txt")),
        (Kind::Trade, true, include_str!("words/generic.txt")),
        (Kind::Trade, true, include_str!("words/trades.txt")),
        (Kind::Common, false, include_str!("words/common.txt")),
        (Kind::Place, true, include_str!("words/places.txt")),
        (Kind::Common, false, include_str!("words/names.txt")),
    ] {
        for line in lines.lines().filter(|line| !line.starts_with('#')) {
            read_line(&mut lexicon, kind, one_a_line, line);
        }
    }
    lexicon
});

/// The first file that knows a word says what it is. `+` begins a line of words that have nothing in common, `=` one of words
/// that mean the same.
fn read_line(lexicon: &mut HashMap<String, Known>, kind: Kind, one_meaning: bool, line: &'static str) {
    let (one_meaning, words) = match (line.strip_prefix('+'), line.strip_prefix('=')) {
        (Some(words), _) => (false, words),
        (_, Some(words)) => (true, words),
        _ => (one_meaning, line),
    };
    let first = words.split_whitespace().next().unwrap_or_default();
    for word in words.split_whitespace() {
        let meaning = if one_meaning { first } else { word };
        lexicon.entry(fold(&plain(word))).or_insert(Known { kind, meaning });
    }
}

/// What is known about a folded word.
pub(super) fn known(text: &str) -> Option<Known> {
    LEXICON.get(text).copied()
}

/// A country's own name tells nothing apart there: `Acme Portugal` in Portugal.
pub(super) fn own_country(country: &str) -> Option<&'static str> {
    Some(match country {
        "PT" => "portugal",
        "ES" => "espana",
        "BR" => "brasil",
        "FR" => "france",
        "IT" => "italia",
        "DE" => "deutschland",
        "NL" => "nederland",
        "GB" => "uk",
        "US" => "usa",
        "AT" => "osterreich",
        "BE" => "belgique",
        "CH" => "schweiz",
        "LU" => "luxembourg",
        "PL" => "polska",
        "DK" => "danmark",
        "SE" => "sverige",
        "NO" => "norge",
        "FI" => "suomi",
        "IE" => "ireland",
        "AO" => "angola",
        "MZ" => "mocambique",
        "MX" => "mexico",
        _ => return None,
    })
}
