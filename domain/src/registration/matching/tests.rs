//! The rules of matching names, one by one, and the figures on labelled pairs (D17).

use super::{CompanyName, NameMatch, NameReason, Score, compare};
use crate::partner::Country;

fn name(country: &str, text: &str) -> CompanyName {
    CompanyName::read(Country::parse(country).unwrap(), text)
}

fn compared(country: &str, left: &str, right: &str) -> NameMatch {
    compare(&name(country, left), &name(country, right))
}

fn is_possible(country: &str, left: &str, right: &str) -> bool {
    compared(country, left, right).score >= Score::POSSIBLE_MATCH
}

#[test]
fn d17_legal_forms_of_each_country_are_no_part_of_a_name() {
    for (country, forms) in [
        ("PT", &["Lda", "L.da", "Lda.", "Limitada", "Unipessoal Lda", "Unipessoal, Lda.", "S.A.", "SA", "SGPS, S.A.", "CRL"][..]),
        ("ES", &["S.L.", "SL", "S. L.", "S.L.U.", "SLU", "S.A.", "S.A.U.", "S.Coop.", "Sociedad Limitada", "C.B."]),
        ("BR", &["Ltda", "Ltda.", "LTDA ME", "Ltda - EPP", "EIRELI", "EIRELI - ME", "ME", "EPP", "S/A", "S.A."]),
        ("FR", &["SARL", "S.A.R.L.", "SAS", "SASU", "EURL", "SA", "SCI", "SNC", "Société Anonyme"]),
        ("IT", &["S.r.l.", "SRL", "S.p.A.", "SpA", "S.n.c.", "S.a.s.", "S.r.l.s.", "Srl unipersonale"]),
        (
            "DE",
            &[
                "GmbH",
                "G.m.b.H.",
                "GmbH & Co. KG",
                "GmbH & Co KG",
                "AG",
                "KG",
                "OHG",
                "e.K.",
                "e. K.",
                "UG (haftungsbeschränkt)",
                "GbR",
                "eG",
            ],
        ),
        ("NL", &["B.V.", "BV", "N.V.", "VOF", "V.O.F.", "C.V."]),
        ("GB", &["Ltd", "Ltd.", "Limited", "PLC", "P.L.C.", "LLP", "CIC"]),
        ("US", &["Inc", "Inc.", ", Inc.", "Incorporated", "Corp.", "Corporation", "LLC", "L.L.C.", "LP", "P.C."]),
        ("BE", &["BVBA", "SPRL", "NV", "SRL"]),
        ("CH", &["AG", "SA", "GmbH", "Sàrl", "Sagl"]),
        ("PL", &["Sp. z o.o.", "S.A."]),
        ("DK", &["A/S", "ApS"]),
        ("SE", &["AB"]),
        ("FI", &["Oy", "Oyj"]),
        ("IE", &["DAC", "Ltd"]),
    ] {
        for form in forms {
            let found = compared(country, "Zanolari Brulé", &format!("Zanolari Brulé {form}"));
            assert_eq!(found.reasons, [NameReason::SameWords, NameReason::SameAfterLegalForm], "{country} {form}");
            assert_eq!(found.score.permille(), 1000, "{country} {form}");
        }
    }
}

#[test]
fn d17_a_word_that_is_the_name_stays_though_it_is_a_legal_form_too() {
    assert_eq!(name("GB", "The Limited").normalised(), "limited");
    assert_eq!(name("PT", "SA").normalised(), "sa");
    assert_eq!(name("PT", "Pereira de Sá, Lda").normalised(), "pereira sa");
    assert_eq!(name("US", "SAS Institute Inc.").normalised(), "sas institute");
    assert_eq!(name("GB", "Bliss Spa Ltd").normalised(), "bliss spa");
    assert!(!is_possible("PT", "Pereira de Sá, Lda", "Pereira, Lda"));
}

#[test]
fn d17_each_way_to_write_a_name_otherwise_has_its_reason() {
    use NameReason::{
        Abbreviation, GenericWords, JoinedWords, SameAfterLegalForm, SameName, SameWords, TokenOrder, Transliteration,
        TypingError, WordForm,
    };
    for (country, left, right, reasons) in [
        ("PT", "Zanolari Lda", "ZANOLARI, LDA.", &[SameName][..]),
        ("PT", "Tecelã Brulé", "Tecela Brule", &[SameWords]),
        ("PT", "Zanolari Lda", "Zanolari SA", &[SameWords, SameAfterLegalForm]),
        ("PT", "Frutas Zanolari", "Zanolari Frutas", &[TokenOrder]),
        ("ES", "Frutas Zanolari", "Frutas Zanolrai", &[TypingError]),
        ("PT", "Frutas do Mar", "Frutas do Mra", &[TypingError]),
        ("DE", "Käserei Hölzl", "Kaeserei Hoelzl", &[Transliteration]),
        ("BR", "Ж Zanolari Ельцин", "Zh Zanolari Eltsin", &[SameWords, Transliteration]),
        ("GB", "Zanolari Bros", "Zanolari Brothers", &[WordForm]),
        ("GB", "J. Zanolari", "James Zanolari", &[Abbreviation]),
        ("US", "International Business Machines", "IBM", &[Abbreviation]),
        ("IT", "Info Zanolari", "Infozanolari", &[JoinedWords]),
        ("FR", "Groupe Zanolari", "Zanolari", &[GenericWords]),
        ("NL", "Zanolari & Zonen", "Zanolari en Zonen", &[SameWords]),
        ("PT", "Zanolari Portugal", "Zanolari", &[GenericWords]),
    ] {
        let found = compared(country, left, right);
        assert_eq!(found.reasons, reasons, "{left} | {right}");
        assert!(found.score >= Score::POSSIBLE_MATCH, "{left} | {right}: {found:?}");
    }
}

#[test]
fn d17_what_tells_two_companies_apart_keeps_their_names_apart() {
    for (country, left, right) in [
        ("PT", "Silva & Filhos, Lda", "Silva & Irmãos, Lda"),
        ("PT", "Silva & Filhos, Lda", "Silva, Lda"),
        ("PT", "Zanolari Norte, Lda", "Zanolari Sul, Lda"),
        ("PT", "Zanolari Norte, Lda", "Zanolari, Lda"),
        ("PT", "Zanolari 2", "Zanolari 3"),
        ("PT", "Zanolari II", "Zanolari III"),
        ("PT", "Zanolari 2", "Zanolari"),
        ("PT", "Zanolari Angola", "Zanolari"),
        ("ES", "Panadería Ruiz", "Ferretería Ruiz"),
        ("ES", "Panadería Ruiz", "Ruiz, S.L."),
        ("FR", "Zanolari Transports", "Zanolari Construction"),
        ("IT", "Officine Rossi", "Officine Russo"),
        ("DE", "Meyer Bau", "Meier Bau"),
        ("GB", "Thompson Ltd", "Thomson Ltd"),
        ("US", "A & B Welding", "A & C Welding"),
        ("BR", "Padaria Branco", "Padaria Branca"),
    ] {
        let found = compared(country, left, right);
        assert!(found.score < Score::POSSIBLE_MATCH, "{left} | {right}: {found:?}");
        assert!(found.reasons.is_empty(), "{left} | {right}: {found:?}");
    }
}

#[test]
fn d17_the_same_name_in_another_country_is_no_possible_match() {
    let found = compare(&name("PT", "Zanolari Lda"), &name("ES", "Zanolari Lda"));
    assert!(found.score < Score::POSSIBLE_MATCH);
    assert!(found.reasons.contains(&NameReason::OtherCountry));
}

#[test]
fn a_text_without_a_letter_has_a_reading_that_matches_nothing() {
    for text in ["", "...", "&", "\u{200b}", "---"] {
        assert_eq!(name("PT", text).normalised(), "");
        assert!(!is_possible("PT", text, text), "{text:?}");
    }
}

proptest::proptest! {
    #[test]
    fn a_comparison_says_the_same_both_ways(left in "[A-Za-zçãé&. ]{0,24}", right in "[A-Za-zçãé&. ]{0,24}") {
        proptest::prop_assert_eq!(compared("PT", &left, &right), compared("PT", &right, &left));
    }

    #[test]
    fn any_text_is_read_without_failing_and_a_name_is_like_itself(text in "\\PC{0,40}") {
        let name = name("BR", &text);
        if !name.normalised().is_empty() {
            proptest::prop_assert_eq!(compare(&name, &name).score.permille(), 1000);
            proptest::prop_assert!(!name.sought_keys().is_disjoint(&name.stored_keys()));
        }
    }
}

/// Labelled pairs: how many should match and do, should not and do, should and do not; and do but share no key.
fn tally(pairs: &str) -> (u32, u32, u32, u32) {
    let (mut right, mut wrong, mut missed, mut unfound) = (0, 0, 0, 0);
    for line in pairs.lines().skip(1) {
        let [country, verdict, left, rest] = line.splitn(4, ';').collect::<Vec<_>>().try_into().unwrap();
        match (verdict == "same", is_possible(country, left, rest)) {
            (true, true) => right += 1,
            (false, true) => wrong += 1,
            (true, false) => missed += 1,
            (false, false) => {}
        }
        let meet = !name(country, left).stored_keys().is_disjoint(&name(country, rest).sought_keys());
        unfound += u32::from(verdict == "same" && is_possible(country, left, rest) && !meet);
    }
    (right, wrong, missed, unfound)
}

#[test]
fn d17_labelled_pairs_match_with_a_precision_of_98_and_a_recall_of_95_in_a_hundred() {
    for pairs in [include_str!("../../../examples/matching/tuning.csv"), include_str!("../../../examples/matching/held_out.csv")]
    {
        let (right, wrong, missed, unfound) = tally(pairs);
        assert!(right > 90);
        assert!(right * 100 >= (right + wrong) * 98, "precision: {right} right, {wrong} wrong");
        assert!(right * 100 >= (right + missed) * 95, "recall: {right} found, {missed} missed");
        assert!(unfound * 100 <= right, "the index misses {unfound} of {right}");
    }
}
