//! The languages the model of letters reads, as Tesseract names them. It is told none: it reads all of them at any time.

use model::OcrLanguages;

/// What is written with the letters the model knows: Latin ones with their marks, and ideographs and kana. It has no Hangul,
/// Cyrillic, Arabic, Hebrew or Indic letters, and none of Vietnamese's with two marks.
const KNOWN: &[&str] = &[
    "afr",
    "aze",
    "bos",
    "bre",
    "cat",
    "ceb",
    "ces",
    "chi_sim",
    "chi_sim_vert",
    "chi_tra",
    "chi_tra_vert",
    "cos",
    "cym",
    "dan",
    "deu",
    "eng",
    "enm",
    "epo",
    "est",
    "eus",
    "fao",
    "fil",
    "fin",
    "fra",
    "frm",
    "fry",
    "gla",
    "gle",
    "glg",
    "hat",
    "hrv",
    "hun",
    "ind",
    "isl",
    "ita",
    "ita_old",
    "jav",
    "jpn",
    "jpn_vert",
    "lat",
    "lav",
    "lit",
    "ltz",
    "mlt",
    "mri",
    "msa",
    "nld",
    "nor",
    "oci",
    "pol",
    "por",
    "que",
    "ron",
    "slk",
    "slv",
    "spa",
    "spa_old",
    "sqi",
    "srp_latn",
    "sun",
    "swa",
    "swe",
    "ton",
    "tur",
    "uzb",
];

/// The first of the languages that cannot be read.
pub fn unknown_language(languages: &OcrLanguages) -> Option<&str> {
    languages.iter().find(|name| !KNOWN.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_without_its_letters_is_named() {
        let unknown = |text: &str| unknown_language(&text.parse().unwrap()).map(str::to_owned);
        assert_eq!(unknown("eng+deu+chi_sim+jpn"), None);
        assert_eq!(unknown("eng+kor"), Some("kor".into()));
        assert!(KNOWN.is_sorted(), "a list that is read is in order");
    }
}
