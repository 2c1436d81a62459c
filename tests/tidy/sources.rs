//! What every Rust file looks like.

use super::assert_none;
use super::files::{self, TextFile};

const LONGEST: usize = 400;
const LONGEST_MAIN: usize = 60;

/// Words that must not be in the code, and what to do instead. In pieces, so that this file is not its own violation.
const FORBIDDEN: &[(&str, &str)] = &[
    (concat!("todo", "!("), "finish it, or leave it out"),
    (concat!("unimplemented", "!("), "finish it, or leave it out"),
    (concat!("#[", "ignore"), "a test that does not run is no test"),
    (concat!("#[", "should_panic"), "say which error is expected"),
];

/// SQL is written in `db` and `queue`. The exceptions ask the database whether it is there, and how many connections it takes.
const SQL_ELSEWHERE: &[&str] = &["crates/service/src/database.rs", "crates/service/src/health.rs"];

fn violations(file: &TextFile) -> Vec<String> {
    let path = &file.path;
    let mut found = Vec::new();
    if !file.text.starts_with("//!") && !file.text.starts_with("#![doc = include_str!(\"../README.md\")]") {
        found.push(format!("{path} does not start with //! and what it is for"));
    }
    let lines = file.without_tests().lines().count();
    if !file.is_test() && lines > LONGEST {
        found.push(format!("{path} has {lines} lines; above {LONGEST} it is time to split it by noun"));
    }
    if path.ends_with("/main.rs") && !file.is_test() && lines > LONGEST_MAIN {
        found.push(format!("{path} has {lines} lines; a main only starts its library, in at most {LONGEST_MAIN}"));
    }
    found.extend(
        FORBIDDEN
            .iter()
            .filter(|(word, _)| file.text.contains(word))
            .map(|(word, instead)| format!("{path} has {word}…: {instead}")),
    );
    if !file.is_test() && writes_sql(file.without_tests()) && !may_write_sql(path) {
        found.push(format!("{path} writes SQL; only db and queue do"));
    }
    if !file.is_test()
        && begins_itself(file.without_tests())
        && !path.starts_with("crates/db/src/transaction")
        && !path.contains("/examples/")
    {
        found.push(format!(
            "{path} begins a transaction on a pool; db::begin does so that a dropped caller leaves none open"
        ));
    }
    found
}

fn begins_itself(code: &str) -> bool {
    ["pool.begin()", "database.begin()"].iter().any(|call| code.contains(call))
}

fn writes_sql(code: &str) -> bool {
    ["sqlx::query", "query_as::<", "query_scalar::<", "sqlx::raw_sql"].iter().any(|call| code.contains(call))
}

fn may_write_sql(path: &str) -> bool {
    path.starts_with("crates/db/") || path.starts_with("crates/queue/") || SQL_ELSEWHERE.contains(&path)
}

#[test]
fn every_file_is_in_order() {
    for path in SQL_ELSEWHERE {
        assert!(writes_sql(&files::read(path).text), "{path} writes no SQL any more; take it off the list");
    }
    assert_none(files::rust().iter().flat_map(violations).collect());
}

#[test]
fn disorder_is_seen() {
    let check = |path: &str, text: &str, sentence: &str| {
        let found = violations(&TextFile::new(path, text));
        assert!(found.iter().any(|violation| violation.contains(sentence)), "{sentence:?} is not in {found:?}");
    };
    check("crates/web/src/lib.rs", "mod a;\n", "does not start with //!");
    check("crates/web/src/a.rs", &format!("//! A.\n{}", "\n".repeat(LONGEST)), "time to split");
    check("crates/web/src/main.rs", &format!("//! A.\n{}", "\n".repeat(LONGEST_MAIN)), "only starts its library");
    check("crates/web/src/a.rs", concat!("//! A.\nfn a() { todo", "!() }\n"), "finish it");
    check("crates/web/src/a.rs", "//! A.\nfn a() { sqlx::query(\"select 1\") }\n", "writes SQL");
    check("crates/web/src/a.rs", "//! A.\nfn a() { state.database.begin() }\n", "begins a transaction");
}

#[test]
fn tests_may_be_long_and_speak_sql() {
    let text = format!("//! A.\n#[cfg(test)]\nmod tests {{\n sqlx::query(\"select 1\");{}}}\n", "\n".repeat(LONGEST));
    assert_none(violations(&TextFile::new("crates/web/src/a.rs", &text)));
    assert_none(violations(&TextFile::new("crates/web/tests/suite/a.rs", &text)));
}
