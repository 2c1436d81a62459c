//! One word for one idea: what GLOSSARY.md defines is in the code, and the words it has retired are not.

use super::assert_none;
use super::files::{self, TextFile};

/// So that the page stays one that is read.
const MAX_ROWS: usize = 40;

/// The words in the first column of the table that comes after `heading`.
fn words<'a>(page: &'a str, heading: &str) -> Vec<&'a str> {
    let section = page.split_once(heading).map(|(_, after)| after.split("\n## ").next().unwrap_or_default());
    let rows = section.unwrap_or_default().lines().filter_map(|line| line.strip_prefix("| `"));
    rows.filter_map(|row| row.split(" | ").next()).flat_map(|cell| cell.split('`')).filter(is_word).collect()
}

fn is_word(word: &&str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// The parts of a text that could be names.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_'))
}

fn violations(page: &str, code: &[TextFile]) -> Vec<String> {
    let mut found = Vec::new();
    let (used, retired) = (words(page, "# Glossary"), words(page, "## Retired words"));
    if used.is_empty() || retired.is_empty() {
        found.push("GLOSSARY.md has no words, or none that are retired".to_owned());
    }
    if used.len() > MAX_ROWS {
        found.push(format!("GLOSSARY.md has {} rows; nobody learns more than {MAX_ROWS}", used.len()));
    }
    for word in &used {
        let singular = word.to_lowercase();
        let is_said = |file: &TextFile| file.text.to_lowercase().contains(&singular);
        if !code.iter().filter(|file| !file.is_test()).any(is_said) {
            found.push(format!("nobody says `{word}` any more; take it out of GLOSSARY.md"));
        }
    }
    for file in code.iter().filter(|file| file.path != "tests/tidy/words.rs") {
        for word in retired.iter().filter(|word| names(&file.text).any(|name| name == **word)) {
            found.push(format!("{} says `{word}`, which GLOSSARY.md has retired", file.path));
        }
    }
    found
}

#[test]
fn the_glossary_is_kept() {
    assert_none(violations(&files::read("GLOSSARY.md").text, &files::rust()));
}

#[test]
fn words_that_are_gone_or_come_back_are_seen() {
    let page = "# Glossary\n| word |\n| `job` | work |\n| `lease` | time |\n\n## Retired words\n| `Gate`, `Lanes` | `Limit` |\n";
    let check = |text: &str| violations(page, &[TextFile::new("crates/a/src/a.rs", text)]);
    assert_none(check("//! Jobs, and how long a lease is. Gates are something else.\n"));
    assert_eq!(check("//! Jobs.\n"), ["nobody says `lease` any more; take it out of GLOSSARY.md"]);
    let back = check("//! The lease of a job.\nstruct Lanes;\n");
    assert_eq!(back, ["crates/a/src/a.rs says `Lanes`, which GLOSSARY.md has retired"]);
    assert!(!violations("# Glossary\n", &[]).is_empty());
}
