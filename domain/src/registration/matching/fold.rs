//! From a name as people write it to bare tokens: one alphabet, one case, no punctuation.

use deunicode::deunicode;

/// A piece of a name between separators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// The letters and digits, transliterated and in lower case.
    pub(super) plain: String,
    /// The same as it is compared: spellings of one sound are one.
    pub(super) text: String,
    /// Whether a full stop follows it: `Const.`.
    pub(super) dotted: bool,
    /// Whether single letters were put together: `J. P.`, `S/A`.
    pub(super) initials: bool,
    /// Whether `&` or `+` stands before it.
    pub(super) joined_by_sign: bool,
    /// How many commas, brackets or dashes stand before it.
    pub(super) segment: usize,
}

/// Spellings of one sound that differ between languages and orthographies: Müller and Mueller, Electro and Eletro, Dijkstra and
/// Dykstra, Blumenthal and Blumental.
const ONE_SOUND: [(&str, &str); 10] = [
    ("ae", "a"),
    ("oe", "o"),
    ("ue", "u"),
    ("aa", "a"),
    ("ij", "y"),
    ("ph", "f"),
    ("th", "t"),
    ("ck", "k"),
    ("ct", "t"),
    ("pt", "t"),
];

/// The word as it is compared.
pub(super) fn fold(plain: &str) -> String {
    ONE_SOUND.iter().fold(plain.to_owned(), |word, (spelling, sound)| word.replace(spelling, sound))
}

/// French for a company, which without its accent is a saint.
const SOCIETY: [&str; 3] = ["Sté", "sté", "STÉ"];

/// Transliterated, in lower case, without marks that are no part of a name.
pub(super) fn plain(text: &str) -> String {
    let named: String = text.chars().filter(|c| !matches!(c, '®' | '™' | '©' | '℠')).collect();
    let named: Vec<&str> = named.split(' ').map(|word| if SOCIETY.contains(&word) { "societe" } else { word }).collect();
    deunicode(&named.join(" ")).to_ascii_lowercase()
}

/// The tokens of a name. `is_whole` knows what people write with full stops or slashes in it and is one word: L.da, F.lli.
pub(super) fn tokens(text: &str, is_whole: impl Fn(&str) -> bool) -> Vec<Token> {
    let spelled = plain(text).replace(['&', '+'], " & ");
    let mut tokens = Vec::new();
    let mut sign = false;
    for (segment, part) in spelled.replace(" - ", ",").split([',', ';', '(', ':']).enumerate() {
        for chunk in part.split(|c: char| !(c.is_ascii_alphanumeric() || "./'`&".contains(c))) {
            sign |= chunk.contains('&');
            for (plain, dotted, initials) in pieces(chunk.trim_matches('&'), &is_whole) {
                tokens.push(Token { text: fold(&plain), plain, dotted, initials, joined_by_sign: sign, segment });
                sign = false;
            }
        }
    }
    together(tokens)
}

/// What a chunk without white space is made of: its text, whether a full stop follows, whether it was single letters.
fn pieces(chunk: &str, is_whole: impl Fn(&str) -> bool) -> Vec<(String, bool, bool)> {
    let bare: Vec<&str> = chunk.split(['.', '/']).filter(|piece| !piece.is_empty()).collect();
    let whole: String = bare.concat();
    if bare.len() > 1 && (bare.iter().all(|piece| piece.len() == 1) || is_whole(&fold(&whole))) {
        return vec![(whole, false, true)];
    }
    let dotted = |piece: &str| chunk.contains(&format!("{piece}."));
    bare.iter().flat_map(|piece| elided(piece).into_iter().map(|part| (ordinal(&part), dotted(&part), false))).collect()
}

/// Articles that lose their vowel before the next word: `L'Atelier`, `D'Angelo`, `dell'Orto`.
const ELISIONS: [&str; 9] = ["l", "d", "dell", "all", "dall", "nell", "sull", "un", "s"];

/// The parts of a word with apostrophes: an elided article stands alone, any other apostrophe is left out.
fn elided(piece: &str) -> Vec<String> {
    let is_mark = |c| c == '\'' || c == '`';
    match piece.split_once(is_mark) {
        Some((article, rest)) if ELISIONS.contains(&article) && rest.len() > 1 => {
            vec![article.to_owned(), rest.replace(is_mark, "")]
        }
        _ => Some(piece.replace(is_mark, "")).filter(|word| !word.is_empty()).into_iter().collect(),
    }
}

/// `1o`, `2a`, `3rd` are the figures alone; so are `007` and `7`.
fn ordinal(word: &str) -> String {
    let figures = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let ending = word.get(figures.len()..).unwrap_or_default();
    let is_number = !figures.is_empty() && figures.bytes().all(|b| b.is_ascii_digit());
    if is_number && matches!(ending, "" | "o" | "a" | "st" | "nd" | "rd" | "th" | "e" | "er" | "eme") {
        let bare = figures.trim_start_matches('0');
        return if bare.is_empty() { "0".to_owned() } else { bare.to_owned() };
    }
    word.to_owned()
}

const AND: [&str; 6] = ["and", "und", "et", "en", "e", "y"];

/// Single letters that stand side by side are one token: `S. A.`, `J P`.
fn together(tokens: Vec<Token>) -> Vec<Token> {
    let is_letter = |token: &Token| token.plain.len() == 1 && !token.plain.starts_with(|c: char| c.is_ascii_digit());
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut run = false;
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let letter = is_letter(&token);
        // `D and G` is `D & G`.
        if run && AND.contains(&token.plain.as_str()) && !token.dotted && tokens.peek().is_some_and(is_letter) {
            continue;
        }
        match out.last_mut() {
            Some(last) if run && letter && last.segment == token.segment => {
                last.plain.push_str(&token.plain);
                last.text = fold(&last.plain);
                (last.initials, last.dotted) = (true, false);
            }
            _ => out.push(token),
        }
        run = letter;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(name: &str) -> Vec<String> {
        tokens(name, |text| matches!(text, "lda" | "scoop")).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn a_name_is_read_letter_by_letter_whatever_its_alphabet_case_and_punctuation() {
        assert_eq!(texts("MÜLLER & Söhne"), ["muller", "sohne"]);
        assert_eq!(texts("Mu\u{308}ller \u{ff26}\u{ff55}\u{ff4e}"), ["muller", "fun"]);
        assert_eq!(texts("Mueller"), ["muller"]);
        assert_eq!(texts("Weißenburger"), ["weissenburger"]);
        assert_eq!(texts("L'Atelier d’Anna"), ["l", "atelier", "d", "anna"]);
        assert_eq!(texts("O'Brien's"), ["obriens"]);
        assert_eq!(texts("Acme\u{ae} — (Norte)"), ["acme", "norte"]);
    }

    #[test]
    fn single_letters_and_forms_with_stops_are_one_token() {
        assert_eq!(texts("J. P. Sá, S.A."), ["jp", "sa", "sa"]);
        assert_eq!(texts("Lobo L.da"), ["lobo", "lda"]);
        assert_eq!(texts("Lobo S. A."), ["lobo", "sa"]);
        assert_eq!(texts("J.Silva"), ["j", "silva"]);
        assert_eq!(texts("A/S Norge"), ["as", "norge"]);
    }

    #[test]
    fn figures_are_read_without_what_is_hung_on_them() {
        assert_eq!(texts("1º de Maio 007 24h"), ["1", "de", "maio", "7", "24h"]);
    }
}
