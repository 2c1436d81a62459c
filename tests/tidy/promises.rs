//! Each test that `deploy/threat-model.md` names exists, and each promise there names one.

use super::assert_none;
use super::files::{self, TextFile};
use std::collections::BTreeSet;

/// The names of all functions that are tests, by the line above them that says so, or by a row `("name", name),` of a list of them
/// where whatever runs tests is our own.
fn tests(files: &[TextFile]) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    for file in files {
        let mut is_test = false;
        for line in file.text.lines().map(str::trim) {
            let row = line.strip_prefix("(\"").and_then(|row| row.strip_suffix("),")?.split_once("\", "));
            found.extend(row.filter(|(name, function)| name == function).map(|(name, _)| name));
            is_test |= line.starts_with("#[") && line.contains("test") && !line.starts_with("#[cfg");
            let Some((_, after)) = line.split_once("fn ").filter(|(before, _)| matches!(*before, "" | "async ")) else {
                continue;
            };
            found.extend(after.split_once('(').map(|(name, _)| name).filter(|_| is_test));
            is_test = false;
        }
    }
    found
}

/// The promises: rows of the tables whose second column is what they are held by.
fn promises(page: &str) -> Vec<(&str, &str)> {
    let mut found = vec![];
    let mut is_promise = false;
    for line in page.lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        match *cells {
            ["", "promise", "held by", ""] => is_promise = true,
            ["", "---", "---", ""] => {}
            ["", promise, tests, ""] if is_promise => found.push((promise, tests)),
            ["", ..] if line.starts_with('|') => {}
            _ => is_promise = false,
        }
    }
    found
}

fn violations(page: &str, files: &[TextFile]) -> Vec<String> {
    let (tests, promises) = (tests(files), promises(page));
    let mut found = vec![];
    for (promise, held_by) in promises {
        let names: Vec<&str> =
            held_by.split(", ").filter_map(|name| name.strip_prefix('`')?.strip_suffix('`')).collect();
        if names.is_empty() {
            found.push(format!("no test holds {promise:?}"));
        }
        let missing = names.iter().filter(|name| !tests.contains(**name));
        found.extend(missing.map(|name| format!("there is no test {name}, which is to hold {promise:?}")));
    }
    found
}

#[test]
fn each_promise_of_the_threat_model_has_its_test() {
    let page = files::read("deploy/threat-model.md").text;
    let count = promises(&page).len();
    assert!(count > 30, "only {count} promises were found");
    assert_none(violations(&page, &files::rust()));
}

#[test]
fn a_promise_without_a_test_is_seen() {
    let files = [TextFile::new("a.rs", "#[tokio::test]\n#[expect(x)]\nasync fn one_holds() {}\nfn helper() {}")];
    let page = "| promise | held by |\n| --- | --- |\n| a | `one_holds` |\n| b | nothing |\n| c | `one_holds`, `helper` |\n\n\
                | finding | why |\n| --- | --- |\n| d | e |\n";
    let found = violations(page, &files);
    assert_eq!(found, ["no test holds \"b\"", "there is no test helper, which is to hold \"c\""]);
}
