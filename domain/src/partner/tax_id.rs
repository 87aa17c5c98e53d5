//! Tax ids: normalised, so that two spellings of one number are equal (D17), and checked by their check digits (R13, R14).

use std::fmt;

use eu_vat::Vat;
use thiserror::Error;

use crate::partner::Country;

/// A country's number of a taxpayer, valid and normalised: upper-case, without separators, without the country's prefix.
///
/// A French company is known by its SIREN, whichever of SIREN, SIRET (one of its establishments) and VAT number was written:
/// the three name the same company, so they must be equal (D17). So are a Swedish company's register number and its VAT number,
/// a Hungarian tax number and its first eight digits, a Swiss UID or a Norwegian number with or without what says that it is
/// liable for VAT, and a British VAT number with or without its branch. Everywhere else the number is kept whole, a Brazilian
/// CNPJ with its establishment included: that is the number which the country's tax office knows the taxpayer by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaxId {
    country: Country,
    number: String,
}

/// Why a text is no tax id of a country.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidTaxId {
    /// A character that is neither a letter, a digit nor a separator.
    #[error("{character:?} does not belong into a tax id")]
    Character {
        /// The first such character.
        character: char,
    },
    /// The length or the arrangement of letters and digits is none that the country uses.
    #[error("not written like a tax id of {country}")]
    Format {
        /// The country.
        country: Country,
    },
    /// The check digits do not fit: a digit is wrong, or two are exchanged.
    #[error("the check digits of this tax id of {country} do not fit")]
    CheckDigits {
        /// The country.
        country: Country,
    },
}

impl InvalidTaxId {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Character { .. } => "tax_id_character",
            Self::Format { .. } => "tax_id_format",
            Self::CheckDigits { .. } => "tax_id_check_digits",
        }
    }

    /// The rule it breaks.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        "R13"
    }
}

impl TaxId {
    /// Reads a tax id of `country` as people write it: with spaces, dots, dashes, slashes and the country's prefix or without.
    ///
    /// # Errors
    /// [`InvalidTaxId`] when it is no tax id of that country. Where the country's check digits are not known here, only the
    /// length (4 to 20) is checked.
    pub fn parse(country: Country, text: &str) -> Result<Self, InvalidTaxId> {
        let written = compact(text)?;
        let number = match country.code() {
            "FR" => either(&written, "FR", country, french),
            "BR" => either(&written, "BR", country, brazilian),
            "GR" => either(&written, "EL", country, european).or_else(|first| {
                let national = written.strip_prefix("GR").ok_or(first)?;
                european(country, national)
            }),
            "SE" => either(&written, "SE", country, swedish),
            "HU" => either(&written, "HU", country, hungarian),
            code if eu_vat::Country::from_code(code).is_some() => either(&written, code, country, european),
            "CH" => other(country, "CH", &swiss(&written)),
            "NO" => other(country, "NO", written.strip_suffix(NORWEGIAN_VAT).unwrap_or(&written)),
            "GB" => other(country, "GB", &written).map(british),
            code => other(country, code, &written),
        }?;
        Ok(Self { country, number })
    }

    /// The country that issued it.
    #[must_use]
    pub const fn country(&self) -> Country {
        self.country
    }

    /// The normalised number, without the country.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.number
    }

    /// What two tax ids of one taxpayer have in common: `PT:501442600` (D17).
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}:{}", self.country, self.number)
    }

    /// Whether only natural persons have such a number: a Brazilian CPF.
    #[must_use]
    pub fn is_of_natural_person(&self) -> bool {
        self.country.code() == "BR" && self.number.len() == CPF_LENGTH
    }
}

/// The key, `PT:501442600`.
impl fmt::Display for TaxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.country, self.number)
    }
}

const CPF_LENGTH: usize = 11;
const CNPJ_LENGTH: usize = 14;

fn compact(text: &str) -> Result<String, InvalidTaxId> {
    let mut compact = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii_alphanumeric() {
            compact.push(character.to_ascii_uppercase());
        } else if !(character.is_whitespace() || matches!(character, '.' | '/' | '-' | '\u{2010}'..='\u{2015}')) {
            return Err(InvalidTaxId::Character { character });
        }
    }
    Ok(compact)
}

/// Reads `written` without its prefix if it has one, else, or where that is no number, as it is: the letters of a prefix can
/// be the first letters of a number, too.
fn either(
    written: &str,
    prefix: &str,
    country: Country,
    read: impl Fn(Country, &str) -> Result<String, InvalidTaxId>,
) -> Result<String, InvalidTaxId> {
    match written.strip_prefix(prefix) {
        Some(national) => read(country, national).or_else(|refusal| read(country, written).map_err(|_| refusal)),
        None => read(country, written),
    }
}

fn european(country: Country, national: &str) -> Result<String, InvalidTaxId> {
    Vat::parse(&format!("{country}{national}")).map(|vat| vat.number().to_owned()).map_err(|error| match error {
        eu_vat::Error::BadChecksum => InvalidTaxId::CheckDigits { country },
        _ => InvalidTaxId::Format { country },
    })
}

fn french(country: Country, national: &str) -> Result<String, InvalidTaxId> {
    let digits = national.bytes().all(|b| b.is_ascii_digit());
    match national.len() {
        9 if digits => siren(country, national),
        14 if digits => {
            let company = siren(country, national.get(..9).unwrap_or_default())?;
            let sound = luhn(national) || (company == LA_POSTE && digit_sum(national).is_some_and(|sum| sum.is_multiple_of(5)));
            if sound { Ok(company) } else { Err(InvalidTaxId::CheckDigits { country }) }
        }
        11 => {
            let number = european(country, national)?;
            // Monaco's companies have French VAT numbers but no SIREN: the whole number is what they are known by.
            Ok(match number.get(2..) {
                Some(company) if !company.starts_with(NO_SIREN) => company.to_owned(),
                _ => number,
            })
        }
        _ => Err(InvalidTaxId::Format { country }),
    }
}

/// La Poste, whose establishments are more than Luhn leaves room for: their SIRET's digits add up to a multiple of five.
const LA_POSTE: &str = "356000000";
const NO_SIREN: &str = "000";

fn siren(country: Country, digits: &str) -> Result<String, InvalidTaxId> {
    if digits.starts_with(NO_SIREN) {
        return Err(InvalidTaxId::Format { country });
    }
    if luhn(digits) { Ok(digits.to_owned()) } else { Err(InvalidTaxId::CheckDigits { country }) }
}

fn luhn(digits: &str) -> bool {
    let weighted = digits.chars().rev().enumerate().map(|(place, digit)| {
        let digit = digit.to_digit(10)?;
        if place.is_multiple_of(2) {
            return Some(digit);
        }
        let double = digit.checked_mul(2)?;
        Some(double.checked_sub(9).filter(|_| double > 9).unwrap_or(double))
    });
    total(weighted).is_some_and(|sum| sum.is_multiple_of(10))
}

fn digit_sum(digits: &str) -> Option<u32> {
    total(digits.chars().map(|digit| digit.to_digit(10)))
}

fn total(mut digits: impl Iterator<Item = Option<u32>>) -> Option<u32> {
    digits.try_fold(0u32, |sum, digit| sum.checked_add(digit?))
}

fn brazilian(country: Country, national: &str) -> Result<String, InvalidTaxId> {
    let (head, check) = national.split_at_checked(national.len().saturating_sub(2)).unwrap_or_default();
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let sound = match national.len() {
        CPF_LENGTH if digits(head) && digits(check) => cpf_cnpj::cpf::validate(national),
        CNPJ_LENGTH if digits(check) => cpf_cnpj::cnpj::validate(national),
        _ => return Err(InvalidTaxId::Format { country }),
    };
    if sound { Ok(national.to_owned()) } else { Err(InvalidTaxId::CheckDigits { country }) }
}

/// A register number is the VAT number without its last two digits, which are always these.
fn swedish(country: Country, national: &str) -> Result<String, InvalidTaxId> {
    const ORGANISATION: &str = "01";
    if national.len() == 10 { european(country, &format!("{national}{ORGANISATION}")) } else { european(country, national) }
}

/// The company's eight digits; in a full tax number, one of how it is taxed and two of where follow.
fn hungarian(country: Country, national: &str) -> Result<String, InvalidTaxId> {
    let is_full = national.len() == 11 && national.bytes().all(|b| b.is_ascii_digit());
    european(country, national.get(..8).filter(|_| is_full).unwrap_or(national))
}

/// What a Swiss UID ends in where its company is liable for VAT or in the register, in the languages of the country.
const SWISS_VAT: [&str; 5] = ["MWST", "TVA", "IVA", "VAT", "HR"];
/// The same in Norway.
const NORWEGIAN_VAT: &str = "MVA";

fn swiss(written: &str) -> String {
    let bare = SWISS_VAT.iter().find_map(|ending| written.strip_suffix(ending)).unwrap_or(written);
    if bare.len() == 9 && bare.bytes().all(|b| b.is_ascii_digit()) { format!("CHE{bare}") } else { bare.to_owned() }
}

/// The nine digits of a company; three of a branch may follow.
fn british(number: String) -> String {
    let is_of_branch = number.len() == 12 && number.bytes().all(|b| b.is_ascii_digit());
    match number.get(..9) {
        Some(company) if is_of_branch => company.to_owned(),
        _ => number,
    }
}

/// A number of a country without known check digits. Two letters before a digit are the country's prefix; before another
/// letter they belong to the number, as in Switzerland's `CHE116281710`.
fn other(country: Country, code: &str, written: &str) -> Result<String, InvalidTaxId> {
    let national = written
        .strip_prefix(code)
        .filter(|national| national.starts_with(|first: char| first.is_ascii_digit()))
        .filter(|national| national.len() >= SHORTEST)
        .unwrap_or(written);
    if (SHORTEST..=LONGEST).contains(&national.len()) { Ok(national.to_owned()) } else { Err(InvalidTaxId::Format { country }) }
}

const SHORTEST: usize = 4;
const LONGEST: usize = 20;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(country: &str, text: &str) -> Result<String, &'static str> {
        TaxId::parse(Country::parse(country).unwrap(), text).map(|id| id.key()).map_err(|refusal| refusal.code())
    }

    // Validity of every number below: python-stdnum 2.2.
    #[test]
    fn spellings_of_one_tax_id_have_one_key() {
        let spellings = [
            ("PT", "501442600", "PT:501442600"),
            ("PT", "PT 501 442 600", "PT:501442600"),
            ("PT", "pt501.442.600", "PT:501442600"),
            ("PT", "501\u{a0}442\u{2011}600", "PT:501442600"),
            ("BR", "390.533.447-05", "BR:39053344705"),
            ("BR", "11.222.333/0001-81", "BR:11222333000181"),
            ("BR", "BR11222333000181", "BR:11222333000181"),
            ("BR", "12.abc.345/01de-35", "BR:12ABC34501DE35"),
            ("FR", "732 829 320", "FR:732829320"),
            ("FR", "732 829 320 00074", "FR:732829320"),
            ("FR", "FR 44 732829320", "FR:732829320"),
            ("FR", "404833048", "FR:404833048"),
            ("FR", "83404833048", "FR:404833048"),
            ("FR", "FR83404833048", "FR:404833048"),
            ("FR", "404 833 048 00022", "FR:404833048"),
            ("FR", "K7399859412", "FR:399859412"),
            ("FR", "FR53000004605", "FR:53000004605"),
            ("FR", "35600000049837", "FR:356000000"),
            ("FR", "35600000000048", "FR:356000000"),
            ("DE", "de 136 695 976", "DE:136695976"),
            ("ES", "54362315-K", "ES:54362315K"),
            ("ES", "ESB58378431", "ES:B58378431"),
            ("GR", "EL 094259216", "GR:094259216"),
            ("GR", "GR094259216", "GR:094259216"),
            ("GR", "94259216", "GR:094259216"),
            ("BE", "BE 403.019.261", "BE:0403019261"),
            ("AT", "ATU13585627", "AT:U13585627"),
            ("IT", "00743110157", "IT:00743110157"),
            ("CH", "CHE-116.281.710", "CH:CHE116281710"),
            ("CH", "CHE-116.281.710 MWST", "CH:CHE116281710"),
            ("CH", "CHE-116.281.710 TVA", "CH:CHE116281710"),
            ("CH", "116.281.710", "CH:CHE116281710"),
            ("NO", "NO 995 525 828 MVA", "NO:995525828"),
            ("NO", "995 525 828", "NO:995525828"),
            ("SE", "SE123456789701", "SE:123456789701"),
            ("SE", "123456-7897", "SE:123456789701"),
            ("HU", "HU12892312", "HU:12892312"),
            ("HU", "12892312-2-42", "HU:12892312"),
            ("NL", "NL 0044.95.445.B01", "NL:004495445B01"),
            ("PL", "PL 856-734-62-15", "PL:8567346215"),
            ("US", "12-3456789", "US:123456789"),
            ("US", "US 123456789", "US:123456789"),
            ("GB", "GB 980 7806 84", "GB:980780684"),
            ("GB", "980 7806 84 001", "GB:980780684"),
            ("AO", "5417058389", "AO:5417058389"),
        ];
        for (country, text, expected) in spellings {
            let found = read(country, text).unwrap_or_else(str::to_owned);
            assert_eq!(found, expected, "{country} {text:?}");
        }
    }

    #[test]
    fn a_wrong_check_digit_is_refused() {
        let numbers = [
            ("PT", "501442601"),
            ("PT", "510442600"),
            ("BR", "39053344706"),
            ("BR", "23100299900"),
            ("BR", "11111111111"),
            ("BR", "11222333000182"),
            ("BR", "12ABC34501DE99"),
            ("FR", "552008444"),
            ("FR", "73282932000075"),
            ("FR", "35600000049838"),
            ("FR", "84404833048"),
            ("DE", "136695978"),
        ];
        for (country, text) in numbers {
            assert_eq!(read(country, text), Err("tax_id_check_digits"), "{country} {text}");
        }
    }

    #[test]
    fn a_siret_needs_its_companys_and_its_own_check_digit() {
        // The fourteen digits of this one fit by themselves, its first nine do not.
        assert!(luhn("73282932100072"));
        assert_eq!(read("FR", "73282932100072"), Err("tax_id_check_digits"));
    }

    #[test]
    fn what_is_not_written_like_the_countrys_number_is_refused() {
        let numbers = [
            ("PT", ""),
            ("PT", "50144260"),
            ("PT", "5014426000"),
            ("PT", "ES501442600"),
            ("PT", "50144260A"),
            ("BR", "3905334470"),
            ("BR", "3905334470A"),
            ("BR", "112223330001AB"),
            ("FR", "73282932"),
            ("FR", "000000000"),
            ("FR", "00000000000000"),
            ("FR", "7328293200007A"),
            ("US", "123"),
            ("US", "123456789012345678901"),
        ];
        for (country, text) in numbers {
            assert_eq!(read(country, text), Err("tax_id_format"), "{country} {text}");
        }
        assert_eq!(read("US", "1234"), Ok("US:1234".to_owned()));
        assert_eq!(read("US", "12345678901234567890"), Ok("US:12345678901234567890".to_owned()));
    }

    #[test]
    fn a_character_that_is_no_separator_is_refused() {
        for text in ["501_442_600", "501,442,600", "501442600*", "\u{ff15}01442600", "501442600\u{e9}"] {
            assert_eq!(read("PT", text), Err("tax_id_character"), "{text}");
        }
    }

    proptest! {
        #[test]
        fn normalising_a_tax_id_twice_changes_nothing(
            country in "PT|FR|BR|DE|ES|GR|BE|NL|CH|GB|US|IE|RO",
            text in "([A-Z]{2})?[ ./-]?[A-Z0-9]{0,3}[0-9]{3,14}[A-Z0-9]{0,2}",
        ) {
            let country = Country::parse(&country).unwrap();
            if let Ok(id) = TaxId::parse(country, &text) {
                prop_assert_eq!(TaxId::parse(country, id.number()), Ok(id));
            }
        }

        #[test]
        fn a_sirens_three_spellings_are_one_company(body in 1_000_000u32..99_999_999, branch in 1u32..9_999) {
            let with_check = |body: &str| (0..10).map(|c| format!("{body}{c}")).find(|number| luhn(number)).unwrap();
            let siren = with_check(&format!("{body:08}"));
            prop_assume!(!siren.starts_with("000"));
            let siret = with_check(&format!("{siren}{branch:04}"));
            let vat = format!("FR{:02}{siren}", format!("{siren}12").parse::<u64>().unwrap() % 97);
            prop_assert_eq!(read("FR", &siret), Ok(format!("FR:{siren}")));
            prop_assert_eq!(read("FR", &vat), Ok(format!("FR:{siren}")));
        }

        #[test]
        fn no_text_makes_tax_id_reading_fail_otherwise_than_by_refusal(code in 0usize..249, text in "\\PC{0,24}|[A-Z0-9]{0,24}") {
            let country = rust_iso3166::ALL.get(code).map_or("PT", |country| country.alpha2);
            let _ = read(country, &text);
        }
    }
}
