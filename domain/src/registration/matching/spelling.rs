//! How far two words are apart as slips of the pen: transposed, missing, doubled and neighbouring letters cost little, any other
//! letter more.

/// What one slip costs that fingers make: a transposition, a letter missing or too many, a neighbouring key.
const SLIP: u16 = 10;
/// A letter doubled, or a double letter single.
const DOUBLED: u16 = 6;
/// Another vowel within a word, which ears mistake.
const OTHER_VOWEL: u16 = 13;
/// Another letter that neither fingers nor ears mistake.
const OTHER_LETTER: u16 = 20;
/// The last vowel of a word tells genders and numbers apart: Branco and Branca, Romano and Romani.
const LAST_VOWEL: u16 = 40;
/// A slip in the first letter, which people see.
const FIRST_LETTER: u16 = 5;

const ROWS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];
/// Letters that sound alike in one of the languages.
const ALIKE: [&str; 12] = ["sz", "sc", "cz", "ck", "kq", "cq", "iy", "vw", "bv", "gj", "dt", "mn"];

/// The cost of all slips between two words, if it is within what words of their length can bear and still be one word.
pub(super) fn slips(left: &str, right: &str) -> Option<u16> {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let bearable = bearable(left.len().min(right.len()))?;
    if left.len().abs_diff(right.len()) > 2 || left.iter().chain(&right).any(|c| !c.is_ascii_alphabetic()) {
        return None;
    }
    Some(distance(&left, &right)).filter(|cost| *cost <= bearable)
}

fn bearable(shorter: usize) -> Option<u16> {
    match shorter {
        0..=3 => None,
        4 => Some(DOUBLED),
        5..=6 => Some(SLIP),
        7..=8 => Some(SLIP.saturating_add(FIRST_LETTER)),
        _ => Some(SLIP.saturating_mul(2)),
    }
}

/// The optimal string alignment distance with these costs.
fn distance(left: &[char], right: &[char]) -> u16 {
    let width = right.len();
    let mut before: Vec<u16> = Vec::new();
    let mut above: Vec<u16> = std::iter::once(0)
        .chain(right.iter().enumerate().scan(0u16, |sum, (j, _)| {
            *sum = sum.saturating_add(gap(right, j));
            Some(*sum)
        }))
        .collect();
    for (i, letter) in left.iter().enumerate() {
        let mut row = Vec::with_capacity(above.len());
        row.push(above.first().copied().unwrap_or_default().saturating_add(gap(left, i)));
        for (j, other) in right.iter().enumerate() {
            let at = |row: &[u16], place: usize| row.get(place).copied().unwrap_or(u16::MAX);
            let next = j.saturating_add(1);
            let same = at(&above, j).saturating_add(substitution((left, i, *letter), (right, j, *other)));
            let missing = at(&above, next).saturating_add(gap(left, i));
            let extra = at(&row, j).saturating_add(gap(right, j));
            let mut cost = same.min(missing).min(extra);
            if let (Some(i_before), Some(j_before)) = (i.checked_sub(1), j.checked_sub(1)) {
                let swapped = left.get(i_before) == Some(other) && right.get(j_before) == Some(letter) && letter != other;
                if swapped {
                    let first = if i_before == 0 { FIRST_LETTER } else { 0 };
                    cost = cost.min(at(&before, j_before).saturating_add(SLIP).saturating_add(first));
                }
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut above, row);
    }
    above.get(width).copied().unwrap_or(u16::MAX)
}

/// What it costs that the letter at `place` stands in this word alone.
fn gap(word: &[char], place: usize) -> u16 {
    let letter = word.get(place);
    let doubled =
        place.checked_sub(1).is_some_and(|before| word.get(before) == letter) || word.get(place.saturating_add(1)) == letter;
    match (doubled, place) {
        (true, _) => DOUBLED,
        (false, 0) => SLIP.saturating_add(FIRST_LETTER),
        _ => SLIP,
    }
}

fn substitution((left, i, a): (&[char], usize, char), (right, j, b): (&[char], usize, char)) -> u16 {
    if a == b {
        return 0;
    }
    let is_last = |word: &[char], place: usize| place.saturating_add(1) == word.len();
    if is_last(left, i) && is_last(right, j) && is_vowel(a) && is_vowel(b) {
        return LAST_VOWEL;
    }
    let alike = ALIKE.iter().any(|pair| pair.contains(a) && pair.contains(b));
    let letter = match (alike || neighbours(a, b), is_vowel(a) && is_vowel(b)) {
        (true, _) => SLIP,
        (false, true) => OTHER_VOWEL,
        (false, false) => OTHER_LETTER,
    };
    letter.saturating_add(if i == 0 || j == 0 { FIRST_LETTER } else { 0 })
}

fn is_vowel(letter: char) -> bool {
    matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u')
}

/// Whether two letters lie side by side on a keyboard.
fn neighbours(a: char, b: char) -> bool {
    let place = |letter: char| ROWS.iter().enumerate().find_map(|(row, keys)| keys.find(letter).map(|column| (row, column)));
    let Some(((row, column), (other_row, other_column))) = place(a).zip(place(b)) else { return false };
    // A row lies half a key to the right of the one above it.
    match other_row.checked_sub(row) {
        Some(0) => column.abs_diff(other_column) == 1,
        Some(1) => other_column == column || other_column.saturating_add(1) == column,
        Some(_) => false,
        None => row.abs_diff(other_row) == 1 && (column == other_column || column.saturating_add(1) == other_column),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_pen_are_borne_and_other_words_are_not() {
        for (left, right) in [
            ("montalegre", "montalgre"),
            ("blackwood", "blakcwood"),
            ("enginering", "engineering"),
            ("wrenfield", "wrenfeild"),
            ("castellana", "castelana"),
            ("tecnifreza", "tecnifresa"),
            ("kestrel", "kesttrel"),
            ("pinhal", "pinhak"),
        ] {
            assert!(slips(left, right).is_some(), "{left} {right}");
        }
        for (left, right) in
            [("branco", "branca"), ("vale", "vila"), ("lima", "lisa"), ("nova", "nova2"), ("bertel", "hertel"), ("sol", "sal")]
        {
            assert_eq!(slips(left, right), None, "{left} {right}");
        }
    }

    #[test]
    fn a_distance_is_the_same_both_ways() {
        for (left, right) in [("ferreira", "ferrera"), ("abcdefg", "bacdefh"), ("lopes", "slopes")] {
            assert_eq!(slips(left, right), slips(right, left), "{left} {right}");
        }
    }

    #[test]
    fn neighbouring_keys_are_those_that_touch() {
        for (a, b) in [('a', 's'), ('q', 'a'), ('w', 'a'), ('s', 'z'), ('d', 'x'), ('u', 'i'), ('h', 'n')] {
            assert!(neighbours(a, b) && neighbours(b, a), "{a} {b}");
        }
        for (a, b) in [('a', 'l'), ('q', 's'), ('q', 'z'), ('a', '1')] {
            assert!(!neighbours(a, b) && !neighbours(b, a), "{a} {b}");
        }
    }
}
