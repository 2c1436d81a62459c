//! Files of one crate that import each other in a circle. A circle is read as one thing however many files it has, so
//! each that stays is named here with its reason, and a new one is a violation.

use super::assert_none;
use super::files::{self, TextFile};
use super::imports;
use std::collections::{BTreeMap, BTreeSet};

/// The most circles there may be, whatever their reasons.
const MAX_CIRCLES: usize = 8;

/// Crate, the files of one circle without `.rs` and `mod`, and why they are one.
const ALLOWED: &[(&str, &[&str], &str)] = &[
    (
        "engine",
        &["formats/pdf/join", "formats/pdf/listings", "formats/pdf/order", "formats/pdf/segments", "formats/pdf/table"],
        "a page's lines are put in order by what they are, and what they are is known by their order",
    ),
    ("engine", &["text/blocks", "text/emphasis"], "one type, the text of a block, over two files"),
    ("service", &["serve/connection", "serve/connections"], "a connection says to the list of all what it waits for"),
];

/// Every circle of the crates' sources: the crate, and the files that reach each other.
fn circles(files: &[TextFile]) -> Vec<(String, Vec<String>)> {
    let mut crates: BTreeMap<&str, Vec<&TextFile>> = BTreeMap::new();
    for file in files {
        if let Some((name, _)) = file.path.strip_prefix("crates/").and_then(|rest| rest.split_once("/src/")) {
            crates.entry(name).or_default().push(file);
        }
    }
    let mut found = Vec::new();
    for (name, files) in crates {
        let arrows = imports::arrows(&files);
        let reached: BTreeMap<&str, BTreeSet<&str>> =
            arrows.keys().map(|from| (from.as_str(), reach(&arrows, from))).collect();
        let mut seen = BTreeSet::new();
        for (from, to) in &reached {
            let circle: Vec<&str> = to.iter().copied().filter(|other| reached[other].contains(from)).collect();
            if !circle.is_empty() && seen.insert(circle.clone()) {
                found.push((name.to_owned(), circle.into_iter().map(str::to_owned).collect()));
            }
        }
    }
    found
}

/// Every file that `from` leads to, itself only if a way leads back.
fn reach<'a>(arrows: &'a BTreeMap<String, BTreeSet<String>>, from: &str) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut left: Vec<&str> = arrows[from].iter().map(String::as_str).collect();
    while let Some(file) = left.pop() {
        if reached.insert(file) {
            left.extend(arrows[file].iter().map(String::as_str));
        }
    }
    reached
}

fn violations(circles: &[(String, Vec<String>)], allowed: &[(&str, &[&str], &str)]) -> Vec<String> {
    let mut found = Vec::new();
    let is = |(name, files): &(String, Vec<String>), (of, which, _): &(&str, &[&str], &str)| {
        name == of && files.iter().eq(which.iter())
    };
    for circle in circles.iter().filter(|circle| !allowed.iter().any(|one| is(circle, one))) {
        found.push(format!("{} has a circle of imports: {}", circle.0, circle.1.join(", ")));
    }
    for one in allowed.iter().filter(|one| !circles.iter().any(|circle| is(circle, one))) {
        found.push(format!("{} has no circle {} any more; take it off the list", one.0, one.1.join(", ")));
    }
    if circles.len() > MAX_CIRCLES {
        found.push(format!("there are {} circles; at most {MAX_CIRCLES} are borne", circles.len()));
    }
    found
}

#[test]
fn no_circles_but_the_named_ones() {
    assert_none(violations(&circles(&files::rust()), ALLOWED));
}

#[test]
fn a_circle_is_seen_through_re_exports() {
    let files = [
        ("crates/a/src/lib.rs", "//! A.\nmod one;\nmod two;\nmod three;\npub use one::One;\n"),
        ("crates/a/src/one.rs", "//! One.\nuse crate::two::{self, Two};\npub struct One(Two);\n"),
        ("crates/a/src/two.rs", "//! Two.\nuse crate::{One, Other};\npub struct Two(Box<One>);\n"),
        (
            "crates/a/src/three.rs",
            "//! Three.\nfn three() { super::one::of(); }\n#[cfg(test)]\nmod tests { use crate::two; }\n",
        ),
    ];
    let found = circles(&files.map(|(path, text)| TextFile::new(path, text)));
    assert_eq!(found, [("a".to_owned(), vec!["one".to_owned(), "two".to_owned()])]);
    assert_eq!(violations(&found, &[]), ["a has a circle of imports: one, two"]);
    assert_none(violations(&found, &[("a", &["one", "two"], "one type")]));
    assert_eq!(violations(&[], &[("a", &["one", "two"], "one type")]).len(), 1);
}
