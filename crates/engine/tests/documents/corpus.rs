//! A walk over the shared corpus, where there is one: no file may make the engine panic, and of each file whose text is known
//! in part, that part is found.

use crate::support::{Made, extract};
use model::EXTRACTED_TEXT;
use std::fs;
use std::path::Path;
use unicode_normalization::UnicodeNormalization;

/// Folders of documents.
const FOLDERS: [&str; 8] = ["csv", "docx", "json", "office-other", "pdf", "pptx", "text", "xlsx"];

/// Files that do not have the text that the corpus's manifest expects, and why. A file that comes to have it is to be taken out.
const MISSES: &[(&str, &str)] = &[
    ("docx/docling__tablecell.docx", "the phrase goes over a table that stands between its words"),
    ("docx/tika__testWORD_various.docx", "the phrase goes over a table that stands between its words"),
    ("office-other/tika__testWordPerfect_42.doc", "WordPerfect is no format of ours"),
    (
        "pdf/docling__skipped_1page.pdf",
        "the phrase has two lines in the order in which they are drawn, which is not theirs on the page",
    ),
    (
        "pdf/pdfminer.six__jo.pdf",
        "the phrase has columns of upright Japanese from the left; they are read from the right",
    ),
    ("xlsx/calamine__issues.xlsx", "the phrase is Python's `False`; the sheet shows FALSE"),
];

#[test]
fn every_document_of_the_corpus_has_the_text_it_is_known_for() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let Ok(manifest) = fs::read_to_string(corpus.join("MANIFEST.tsv")) else { return };
    let (mut files, mut found, mut missed) = (0, 0, vec![]);
    for line in manifest.lines().skip(1) {
        let (path, expected) = (line.split('\t').next().unwrap(), line.rsplit('\t').next().unwrap());
        if !FOLDERS.contains(&path.split('/').next().unwrap()) {
            continue;
        }
        let bytes = fs::read(corpus.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension).to_lowercase();
        let made = extract(&bytes, &extension);
        assert_ne!(made.report.outcome.code(), "internal", "{path}");
        files += 1;
        if let Some(phrase) = expected.strip_prefix("ok-text") {
            match has(&made, phrase.trim_start_matches(':')) {
                true => found += 1,
                false => missed.push(path),
            }
        }
    }
    assert!(files > 300, "only {files} files were read");
    missed.sort_unstable();
    assert_eq!(missed, MISSES.iter().map(|(path, _)| *path).collect::<Vec<_>>(), "of {found} found");
}

/// True when the words of the phrase are in the text one after another.
fn has(made: &Made, phrase: &str) -> bool {
    let is_text = made.report.artifacts.iter().any(|part| part.name == EXTRACTED_TEXT);
    is_text && words(&made.plain).contains(&words(phrase))
}

/// Letters and digits, with one space between words. Letters are those of the alphabet: the corpus has Arabic in the forms that
/// letters take beside others.
fn words(text: &str) -> String {
    let text: String = text.nfkc().collect();
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}
