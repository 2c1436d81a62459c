//! Languages whose words are found in their other forms, too.

use rust_stemmers::{Algorithm, Stemmer};

/// One of the languages whose words have stems here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Language {
    /// ISO 639-1: two letters.
    code: &'static str,
    script: Script,
    algorithm: Algorithm,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Arabic,
    Cyrillic,
    Greek,
    Latin,
    Tamil,
}

/// Fewest letters of a word that has another form.
const SHORTEST: usize = 3;

/// All of them, by code; with the codes of ISO 639-2 that text recognition knows them by.
static LANGUAGES: [(&str, Language); 18] = [
    row("ara", "ar", Script::Arabic, Algorithm::Arabic),
    row("dan", "da", Script::Latin, Algorithm::Danish),
    row("deu", "de", Script::Latin, Algorithm::German),
    row("ell", "el", Script::Greek, Algorithm::Greek),
    row("eng", "en", Script::Latin, Algorithm::English),
    row("spa", "es", Script::Latin, Algorithm::Spanish),
    row("fin", "fi", Script::Latin, Algorithm::Finnish),
    row("fra", "fr", Script::Latin, Algorithm::French),
    row("hun", "hu", Script::Latin, Algorithm::Hungarian),
    row("ita", "it", Script::Latin, Algorithm::Italian),
    row("nld", "nl", Script::Latin, Algorithm::Dutch),
    row("nor", "no", Script::Latin, Algorithm::Norwegian),
    row("por", "pt", Script::Latin, Algorithm::Portuguese),
    row("ron", "ro", Script::Latin, Algorithm::Romanian),
    row("rus", "ru", Script::Cyrillic, Algorithm::Russian),
    row("swe", "sv", Script::Latin, Algorithm::Swedish),
    row("tam", "ta", Script::Tamil, Algorithm::Tamil),
    row("tur", "tr", Script::Latin, Algorithm::Turkish),
];

const fn row(
    recognised: &'static str,
    code: &'static str,
    script: Script,
    algorithm: Algorithm,
) -> (&'static str, Language) {
    (recognised, Language { code, script, algorithm })
}

impl Language {
    /// The language of a BCP 47 tag, of which the first part counts (`de-AT`), if its words have stems here.
    pub fn tagged(tag: &str) -> Option<Self> {
        let code = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        let code = if matches!(code.as_str(), "nb" | "nn") { "no" } else { &code };
        LANGUAGES.iter().find(|(_, language)| language.code == code).map(|(_, language)| *language)
    }

    /// The language that text recognition was told to expect, if that was one alone: `deu`, not `deu+eng`.
    pub fn recognised(name: &str) -> Option<Self> {
        LANGUAGES.iter().find(|(recognised, _)| *recognised == name).map(|(_, language)| *language)
    }

    /// Two letters of ISO 639-1.
    pub fn code(self) -> &'static str {
        self.code
    }

    /// All languages.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        LANGUAGES.iter().map(|(_, language)| *language)
    }

    /// The stem of a folded word; nothing for what is no word of this language's script.
    pub(crate) fn stem(self, folded: &str) -> Option<String> {
        let letters = folded.chars().count();
        if letters < SHORTEST || !folded.chars().all(|c| self.script.has(c)) {
            return None;
        }
        let stem = Stemmer::create(self.algorithm).stem(folded).into_owned();
        (!stem.is_empty()).then_some(stem)
    }
}

impl Script {
    fn has(self, c: char) -> bool {
        match self {
            Self::Latin => c.is_ascii_lowercase(),
            Self::Arabic => matches!(c as u32, 0x0621..=0x064a | 0x066e..=0x06d3),
            Self::Cyrillic => matches!(c as u32, 0x0430..=0x045f),
            Self::Greek => matches!(c as u32, 0x03b1..=0x03c9),
            Self::Tamil => matches!(c as u32, 0x0b80..=0x0bff),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold;
    use proptest::prelude::*;

    #[test]
    fn forms_of_a_word_have_one_stem() {
        let same = [
            ("en", "invoices", "invoice"),
            ("en", "running", "run"),
            ("de", "Häuser", "Haus"),
            ("fr", "données", "donnée"),
            ("ru", "документы", "документ"),
            ("es", "facturas", "factura"),
        ];
        for (tag, one, other) in same {
            let language = Language::tagged(tag).unwrap();
            assert_eq!(language.stem(&fold(one)), language.stem(&fold(other)), "{one}, {other}");
        }
        let english = Language::tagged("en-GB").unwrap();
        assert_eq!((english.stem("42nd"), english.stem("документы"), english.stem("an")), (None, None, None));
    }

    #[test]
    fn languages_are_known_by_their_tags() {
        assert_eq!(Language::tagged("de-AT").map(Language::code), Some("de"));
        assert_eq!(Language::tagged("nb").map(Language::code), Some("no"));
        assert_eq!(Language::recognised("deu").map(Language::code), Some("de"));
        assert_eq!((Language::tagged("zh"), Language::recognised("deu+eng"), Language::tagged("")), (None, None, None));
    }

    proptest! {
        /// Words come from files of strangers.
        #[test]
        fn no_word_is_too_much_for_a_stemmer(word in "[a-z]{0,20}|[а-я]{0,20}|[α-ω]{0,20}|[ا-ي]{0,20}|[அ-ஹ]{0,20}|\\PC{0,20}") {
            for language in Language::all() {
                language.stem(&fold(&word));
            }
        }
    }
}
