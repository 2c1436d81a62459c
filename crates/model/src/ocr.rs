//! Who recognises text, in which languages, and of what pictures. Engine and languages are settings, and part of the key that
//! results are kept under.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Dots per inch of a page that is drawn to be read: letters of 10 points are then some 28 pixels high, as models of text were
/// taught.
pub const OCR_DPI: u32 = 200;

/// What Tesseract is told of its surroundings: more threads than one make a page ten times slower on a machine with few.
pub const TESSERACT_ENVIRONMENT: (&str, &str) = ("OMP_THREAD_LIMIT", "1");

/// What Tesseract is told to read a page on standard input as a table of words.
pub fn tesseract_arguments(languages: &OcrLanguages) -> [&str; 7] {
    // 1: the page may lie on its side; find out, then find blocks, lines and words by yourself.
    ["stdin", "stdout", "--psm", "1", "-l", languages.as_str(), "tsv"]
}

/// Who recognises text in pictures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OcrEngine {
    /// Tesseract: quick, and right on clean print.
    #[default]
    Tesseract,
    /// PP-OCR: slower, and right on photos, noise, Chinese and Japanese too.
    Accurate,
    /// Tesseract, and PP-OCR for pages that it is not sure of.
    Auto,
    /// An external service.
    External,
}

/// Languages a text is expected in, as Tesseract names them: `eng`, or several joined by `+`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OcrLanguages(String);

/// There is no such engine.
#[derive(Debug, PartialEq, Eq)]
pub struct UnknownOcrEngine;

/// That is no list of languages.
#[derive(Debug, PartialEq, Eq)]
pub struct UnknownOcrLanguages;

impl OcrEngine {
    /// Every engine, by name.
    pub const ALL: [Self; 4] = [Self::Accurate, Self::Auto, Self::External, Self::Tesseract];

    /// The word in settings, in the database and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tesseract => "tesseract",
            Self::Accurate => "accurate",
            Self::Auto => "auto",
            Self::External => "external",
        }
    }
}

impl FromStr for OcrEngine {
    type Err = UnknownOcrEngine;

    fn from_str(word: &str) -> Result<Self, UnknownOcrEngine> {
        Self::ALL.into_iter().find(|engine| engine.name() == word).ok_or(UnknownOcrEngine)
    }
}

impl OcrLanguages {
    /// As one word: `eng+deu`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// One by one.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.split('+')
    }
}

impl Default for OcrLanguages {
    fn default() -> Self {
        Self("eng".into())
    }
}

impl FromStr for OcrLanguages {
    type Err = UnknownOcrLanguages;

    /// Takes commas and spaces between languages too. The names become file names, so nothing else may be in them.
    fn from_str(text: &str) -> Result<Self, UnknownOcrLanguages> {
        let names: Vec<&str> = text.split(['+', ',', ' ']).filter(|name| !name.is_empty()).collect();
        let plain = |name: &&str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if names.is_empty() || !names.iter().all(plain) {
            return Err(UnknownOcrLanguages);
        }
        Ok(Self(names.join("+")))
    }
}

impl TryFrom<String> for OcrLanguages {
    type Error = UnknownOcrLanguages;

    fn try_from(text: String) -> Result<Self, UnknownOcrLanguages> {
        text.parse()
    }
}

impl From<OcrLanguages> for String {
    fn from(languages: OcrLanguages) -> Self {
        languages.0
    }
}

impl fmt::Display for UnknownOcrEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is tesseract, accurate, auto and external")
    }
}

impl fmt::Display for UnknownOcrLanguages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("languages are named as Tesseract does, such as eng or eng+deu")
    }
}

impl std::error::Error for UnknownOcrEngine {}

impl std::error::Error for UnknownOcrLanguages {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engines_are_known_by_their_names() {
        for engine in OcrEngine::ALL {
            assert_eq!(engine.name().parse(), Ok(engine));
            assert_eq!(serde_json::to_value(engine).unwrap(), engine.name());
        }
        assert_eq!("magic".parse::<OcrEngine>(), Err(UnknownOcrEngine));
    }

    #[test]
    fn languages_are_a_list_of_plain_names() {
        let parse = |text: &str| text.parse::<OcrLanguages>().map(|languages| languages.as_str().to_owned());
        assert_eq!(parse("eng").unwrap(), "eng");
        assert_eq!(parse("eng, chi_sim").unwrap(), "eng+chi_sim");
        assert_eq!(parse("deu+fra").unwrap(), "deu+fra");
        for wrong in ["", " + ", "../eng", "eng;deu"] {
            assert_eq!(parse(wrong), Err(UnknownOcrLanguages), "{wrong:?}");
        }
    }
}
