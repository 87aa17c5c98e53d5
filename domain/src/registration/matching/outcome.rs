//! What a comparison of two names says.

use crate::code::coded;

/// How alike two names are, in thousandths: 1000 is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score(u16);

impl Score {
    /// The score of one and the same name, in thousandths.
    pub const WHOLE: u16 = 1000;
    /// From here on two names are a possible match, unless the network says otherwise (D17).
    pub const POSSIBLE_MATCH: Self = Self(800);

    /// A score of so many thousandths; more than [`Score::WHOLE`] is that.
    #[must_use]
    pub const fn of(permille: u16) -> Self {
        Self(if permille > Self::WHOLE { Self::WHOLE } else { permille })
    }

    /// The thousandths.
    #[must_use]
    pub const fn permille(self) -> u16 {
        self.0
    }
}

/// What two names have in common although they are not written alike. Empty where something tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameReason {
    /// The same letters.
    SameName,
    /// The same words, written otherwise in case, accents or punctuation.
    SameWords,
    /// Another legal form, or none.
    SameAfterLegalForm,
    /// Another order.
    TokenOrder,
    /// Slips of the pen.
    TypingError,
    /// Another spelling of the same sound, another alphabet.
    Transliteration,
    /// Words cut short, or initials.
    Abbreviation,
    /// Words joined or split.
    JoinedWords,
    /// Another number, gender or language of a word.
    WordForm,
    /// Words that many companies bear stand in one of the names only.
    GenericWords,
    /// The names are alike, but not of one country.
    OtherCountry,
}

coded! {
    NameReason {
        SameName => "same_name",
        SameWords => "same_words",
        SameAfterLegalForm => "same_after_legal_form",
        TokenOrder => "token_order",
        TypingError => "typing_error",
        Transliteration => "transliteration",
        Abbreviation => "abbreviation",
        JoinedWords => "joined_words",
        WordForm => "word_form",
        GenericWords => "generic_words",
        OtherCountry => "other_country",
    }
}

/// How alike two names are, and in what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameMatch {
    /// How alike.
    pub score: Score,
    /// In what: the reasons why they are taken for one name, none where something tells them apart.
    pub reasons: Vec<NameReason>,
}
