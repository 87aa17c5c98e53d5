//! Legal forms: taken off a name, never so that nothing is left of it.

use std::{collections::HashMap, sync::LazyLock};

use super::fold::{Token, fold};

/// Where one spelling of a form is read as one.
#[derive(Debug, Clone, Default)]
struct Reach {
    /// Off the end of a name, in these countries.
    end: Vec<&'static str>,
    /// Off its beginning, too.
    beginning: Vec<&'static str>,
    /// Wherever it stands.
    anywhere: bool,
}

const EVERYWHERE: &str = "*";
/// The longest spelling has so many words.
const LONGEST: usize = 6;

static FORMS: LazyLock<HashMap<String, Reach>> = LazyLock::new(|| {
    let mut forms: HashMap<String, Reach> = HashMap::new();
    for line in include_str!("words/legal_forms.txt").lines().filter(|line| !line.starts_with('#')) {
        let Some((head, spellings)) = line.split_once(' ') else { continue };
        let countries = head.trim_start_matches(['^', '~']);
        for spelling in spellings.split_whitespace() {
            let key = spelling.split('+').map(fold).collect::<Vec<_>>().join(" ");
            let reach = forms.entry(key).or_default();
            reach.end.extend(countries.split(','));
            if head.starts_with('^') {
                reach.beginning.extend(countries.split(','));
            }
            reach.anywhere |= head.starts_with('~');
        }
    }
    forms
});

fn holds(countries: &[&str], country: &str) -> bool {
    countries.iter().any(|one| *one == EVERYWHERE || *one == country)
}

fn reach_of(tokens: &[Token]) -> Option<&'static Reach> {
    FORMS.get(&tokens.iter().map(|token| token.text.as_str()).collect::<Vec<_>>().join(" "))
}

/// Whether letters with full stops between them are a legal form, wherever.
pub(super) fn is_form(text: &str) -> bool {
    FORMS.contains_key(text)
}

/// Takes the legal forms off a name of `country`, and gives what was taken off. `names` says whether what would be left still
/// names a company; where it does not, the word is the name.
pub(super) fn take_off(tokens: &mut Vec<Token>, country: &str, names: impl Fn(&[Token]) -> bool) -> String {
    let mut taken: Vec<String> = cut_off_owners(tokens, &names);
    while let Some(kept) = end_of(tokens, country).filter(|kept| names(tokens.get(..*kept).unwrap_or_default())) {
        // Sá, Lda: two letters before a form are a name unless stops say otherwise.
        let short = |token: &Token| token.plain.len() <= 2 && !token.initials;
        if !taken.is_empty() && tokens.get(kept..).is_some_and(|form| matches!(form, [only] if short(only))) {
            break;
        }
        taken.extend(tokens.drain(kept..).map(|token| token.text));
    }
    if let Some(count) = beginning_of(tokens, country).filter(|count| names(tokens.get(*count..).unwrap_or_default())) {
        taken.extend(tokens.drain(..count).map(|token| token.text));
    }
    let inside = |token: &Token| FORMS.get(&token.text).is_some_and(|reach| reach.anywhere);
    let rest: Vec<Token> = tokens.iter().filter(|token| !inside(token)).cloned().collect();
    if rest.len() < tokens.len() && names(&rest) {
        taken.extend(tokens.iter().filter(|token| inside(token)).map(|token| token.text.clone()));
        *tokens = rest;
    }
    taken.concat()
}

/// What stands before the names of owners, which Italian law asks for and others add: `S.n.c. di Rossi Mario & C.`, `Inh. Weber`.
const OWNERS: [&str; 5] = ["inh", "inhaber", "dba", "ta", "propr"];
/// Forms that owners' names follow, after `di`.
const WITH_OWNERS: [&str; 2] = ["snc", "sas"];

/// Cuts a name off where its owners' names begin, and gives the form that stood there.
fn cut_off_owners(tokens: &mut Vec<Token>, names: impl Fn(&[Token]) -> bool) -> Vec<String> {
    let begin = tokens.windows(2).position(|two| match two {
        [form, next] => OWNERS.contains(&form.text.as_str()) || (WITH_OWNERS.contains(&form.text.as_str()) && next.text == "di"),
        _ => false,
    });
    match begin.filter(|begin| names(tokens.get(..*begin).unwrap_or_default())) {
        Some(begin) => tokens.drain(begin..).take(1).map(|token| token.text).filter(|text| is_form(text)).collect(),
        None => Vec::new(),
    }
}

/// How many tokens stay when the longest form at the end is taken off.
fn end_of(tokens: &[Token], country: &str) -> Option<usize> {
    (1..=LONGEST.min(tokens.len())).rev().find_map(|count| {
        let kept = tokens.len().checked_sub(count)?;
        let form = tokens.get(kept..)?;
        // `Pereira de Sá` ends in a name.
        let after_article = kept.checked_sub(1).and_then(|before| tokens.get(before)).is_some_and(|before| before.text == "de");
        if after_article && count == 1 {
            return None;
        }
        // With full stops or slashes it is a form in every country: S.p.A., A/S.
        let spelled_out = matches!(form, [only] if only.initials && only.plain.len() > 1);
        reach_of(form).filter(|reach| spelled_out || holds(&reach.end, country)).map(|_| kept)
    })
}

/// How many tokens the longest form at the beginning has.
fn beginning_of(tokens: &[Token], country: &str) -> Option<usize> {
    (1..=LONGEST.min(tokens.len()))
        .rev()
        .find(|count| tokens.get(..*count).and_then(reach_of).is_some_and(|reach| holds(&reach.beginning, country)))
}
