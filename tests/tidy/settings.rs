//! Every setting the code reads is in `.env.example`, with a sentence, and the other way round; compose passes them on.

use super::assert_none;
use super::files::{self, TextFile};
use std::collections::BTreeSet;

/// Read by the shell: the native start and the compose file.
const READ_BY_SCRIPTS: &[&str] = &[
    "BACKUP_DIR",
    "BACKUP_KEEP",
    "BACKUP_SCHEDULE",
    "CA_BUNDLE",
    "DATA_DIR",
    "OCR_PACKAGES",
    "POSTGRES_IMAGE",
    "POSTGRES_MEMORY",
    "POSTGRES_PORT",
    "PROCESSOR_MEMORY",
    "PROCESSOR_PORT",
    "REALTIME_MEMORY",
    "REALTIME_PORT",
    "WEB_BIND",
    "WEB_MEMORY",
    "WEB_PORT",
    "WORKER_MEMORY",
    "WORKER_PORT",
];

/// Only for the native start; compose neither needs nor takes them.
const NATIVE_ONLY: &[&str] = &["DATA_DIR", "POSTGRES_PORT", "SETUP_LINK_FILE", "WORKER_PORT"];

/// The methods of `service::Settings` that read one.
const READERS: &[&str] = &[".optional(", ".parse(", ".flag(", ".secret(", ".optional_secret("];

/// Files in which every upper-case text is the name of a setting: the `config.rs` of each program, and the table of job kinds,
/// which names the setting of each kind's slots.
const ALL_NAMES: &[&str] = &["/config.rs", "/job_kind.rs"];

/// The names of settings in code: every upper-case text in one of [`ALL_NAMES`], and elsewhere what is given to a reader.
fn read_by_code(files: &[TextFile]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in files.iter().filter(|file| !file.is_test()) {
        let code: String = file.without_tests().lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        let anywhere = ALL_NAMES.iter().any(|name| file.path.ends_with(name));
        for (at, _) in code.match_indices('"') {
            let name: String = code[at + 1..]
                .chars()
                .take_while(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || *c == '_')
                .collect();
            let whole = code[at + 1 + name.len()..].starts_with('"');
            if whole
                && name.len() > 2
                && (anywhere || READERS.iter().any(|reader| without_type(&code[..at]).ends_with(reader)))
            {
                names.insert(name);
            }
        }
    }
    names
}

/// `.parse::<u16>(` without its type.
fn without_type(before: &str) -> String {
    match (before.ends_with(">("), before.rfind("::<")) {
        (true, Some(at)) => format!("{}(", &before[..at]),
        _ => before.to_owned(),
    }
}

/// Names in `.env.example`, set or commented out, each with whether a sentence stands above it.
fn documented(example: &TextFile) -> Vec<(String, bool)> {
    let mut explained = false;
    let mut names = Vec::new();
    for line in example.text.lines() {
        let bare = line.trim_start_matches('#').trim_start();
        match bare.split_once('=') {
            Some((name, _))
                if !name.is_empty()
                    && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_') =>
            {
                names.push((name.to_owned(), explained));
            }
            _ => explained = line.starts_with("# ") && !line.starts_with("# ---"),
        }
    }
    names
}

fn violations(code: &BTreeSet<String>, example: &TextFile, compose: &TextFile) -> Vec<String> {
    let documented = documented(example);
    let known: BTreeSet<String> = documented.iter().map(|(name, _)| name.clone()).collect();
    let read: BTreeSet<String> =
        code.iter().cloned().chain(READ_BY_SCRIPTS.iter().map(|name| (*name).to_owned())).collect();
    let mut found = Vec::new();
    found.extend(read.difference(&known).map(|name| format!("{name} is read but not in .env.example")));
    found.extend(known.difference(&read).map(|name| format!("{name} is in .env.example but nothing reads it")));
    found.extend(
        documented
            .iter()
            .filter(|(_, explained)| !explained)
            .map(|(name, _)| format!("{name} has no sentence above it in .env.example")),
    );
    let passed =
        |name: &str| compose.text.contains(&format!("${{{name}:-")) || compose.text.contains(&format!("  {name}: "));
    found.extend(
        known
            .iter()
            .filter(|name| !NATIVE_ONLY.contains(&name.as_str()) && !passed(name))
            .map(|name| format!("docker-compose.yml neither sets {name} nor passes it on")),
    );
    found
}

#[test]
fn settings_are_documented_and_passed_on() {
    let code = read_by_code(&files::rust());
    assert!(
        code.contains("PORT") && code.contains("LOG_LEVEL") && code.contains("PUBLIC_URL"),
        "the code's settings were not found: {code:?}"
    );
    assert_none(violations(&code, &files::read(".env.example"), &files::read("docker-compose.yml")));
}

#[test]
fn a_forgotten_setting_is_seen() {
    let config = TextFile::new("crates/web/src/config.rs", "port: settings.parse(\"NEW_PORT\", 1)?, url(\"NEW_URL\")");
    let run =
        TextFile::new("crates/web/src/run.rs", "settings.parse::<u16>(\"NEW_TYPED\", 1); header(\"NOT_A_SETTING\")");
    let code = read_by_code(&[config, run]);
    assert_eq!(code.iter().map(String::as_str).collect::<Vec<_>>(), ["NEW_PORT", "NEW_TYPED", "NEW_URL"]);
    let example = TextFile::new(".env.example", "# Where it is.\n#NEW_URL=\n\nNEW_PORT=1\n# Nobody asks.\nOLD=1\n");
    let found = violations(&code, &example, &TextFile::new("docker-compose.yml", "      NEW_URL: x\n"));
    for sentence in [
        "NEW_TYPED is read but not in .env.example",
        "OLD is in .env.example but nothing reads it",
        "NEW_PORT has no sentence above it in .env.example",
        "docker-compose.yml neither sets NEW_PORT nor passes it on",
    ] {
        assert!(found.iter().any(|violation| violation == sentence), "{sentence:?} is not in {found:#?}");
    }
}
