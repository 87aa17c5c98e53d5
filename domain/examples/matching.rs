//! How well names are matched: precision and recall on labelled pairs, and every pair that comes out wrong.
//!
//! `cargo run --release -p entente-domain --example matching [-- FILE…]`
//!
//! A file has a line a pair, `country;same|different;left;right`, under a heading. Without a file: the pairs that the words and
//! rules were made with (`tuning.csv`), and those that were written before them and kept apart (`held_out.csv`).

use std::{env, fs, path::Path, process::ExitCode};

use domain::{
    partner::Country,
    registration::matching::{CompanyName, NameMatch, Score, compare},
};

/// Two names, and whether they are one company's.
struct Pair {
    country: Country,
    same: bool,
    left: String,
    right: String,
}

impl Pair {
    fn read(line: &str) -> Option<Self> {
        let fields: Vec<&str> = line.split(';').map(str::trim).collect();
        let [country, verdict, left, right] = fields.as_slice() else { return None };
        let same = match *verdict {
            "same" => true,
            "different" => false,
            _ => return None,
        };
        Some(Self { country: Country::parse(country).ok()?, same, left: (*left).to_owned(), right: (*right).to_owned() })
    }

    fn compared(&self) -> NameMatch {
        compare(&CompanyName::read(self.country, &self.left), &CompanyName::read(self.country, &self.right))
    }

    /// Whether the index of names would bring the two together.
    fn meets(&self) -> bool {
        let stored = CompanyName::read(self.country, &self.left).stored_keys();
        !CompanyName::read(self.country, &self.right).sought_keys().is_disjoint(&stored)
    }
}

/// How many pairs came out how.
#[derive(Default)]
struct Tally {
    right: u32,
    missed: u32,
    wrong: u32,
    kept_apart: u32,
    unfound: u32,
}

impl Tally {
    fn count(pairs: &[Pair], show: bool) -> Self {
        let mut tally = Self::default();
        for pair in pairs {
            let found = pair.compared();
            let matches = found.score >= Score::POSSIBLE_MATCH;
            let (counter, what) = match (pair.same, matches) {
                (true, true) => (&mut tally.right, None),
                (true, false) => (&mut tally.missed, Some("missed")),
                (false, true) => (&mut tally.wrong, Some("wrong")),
                (false, false) => (&mut tally.kept_apart, None),
            };
            *counter = counter.saturating_add(1);
            if pair.same && matches && !pair.meets() {
                tally.unfound = tally.unfound.saturating_add(1);
                if show {
                    println!("  no key  {}  {} | {}", pair.country, pair.left, pair.right);
                }
            }
            if let Some(what) = what.filter(|_| show) {
                let reasons: Vec<&str> = found.reasons.iter().map(|reason| reason.code()).collect();
                let (score, reasons) = (found.score.permille(), reasons.join(","));
                println!("  {what:6} {score:>4}  {}  {} | {}  {reasons}", pair.country, pair.left, pair.right);
            }
        }
        tally
    }

    /// A share in thousandths, as a decimal fraction.
    fn share(part: u32, others: u32) -> String {
        let whole = part.saturating_add(others).max(1);
        let permille = u64::from(part).saturating_mul(1000).div_euclid(u64::from(whole));
        format!("{}.{:03}", permille.div_euclid(1000), permille.rem_euclid(1000))
    }
}

fn read(path: &Path) -> Result<Vec<Pair>, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let lines = text.lines().enumerate().skip(1).filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(at, line)| Pair::read(line).ok_or_else(|| format!("{}: line {}: no pair", path.display(), at + 1))).collect()
}

fn main() -> ExitCode {
    let named: Vec<String> = env::args().skip(1).collect();
    let quiet = named.iter().any(|argument| argument == "--quiet");
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/matching");
    let mut files: Vec<_> = named.iter().filter(|argument| *argument != "--quiet").map(Into::into).collect();
    if files.is_empty() {
        files = vec![own.join("tuning.csv"), own.join("held_out.csv")];
    }
    for file in files {
        let pairs = match read(&file) {
            Ok(pairs) => pairs,
            Err(reason) => {
                eprintln!("{reason}");
                return ExitCode::FAILURE;
            }
        };
        println!("{}: {} pairs", file.display(), pairs.len());
        let Tally { right, missed, wrong, kept_apart, unfound } = Tally::count(&pairs, !quiet);
        println!("  {right} matched rightly, {wrong} wrongly; {missed} missed; {kept_apart} rightly kept apart");
        println!("  precision {}  recall {}", Tally::share(right, wrong), Tally::share(right, missed));
        println!("  of those matched, {unfound} share no key of the index");
    }
    ExitCode::SUCCESS
}
