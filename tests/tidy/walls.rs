//! The walls between crates: what may not be seen from where.

use super::assert_none;
use super::graph::{self, Graph};
use std::collections::{BTreeMap, BTreeSet};

const SERVICES: &[&str] = &["processor", "realtime", "web", "worker"];

/// What opens files that people send. A decoder is added here when `engine` gets it.
const DECODERS: &[&str] = &[
    "csv",
    "docx-rs",
    "flate2",
    "gif",
    "hayro",
    "hayro-ccitt",
    "hayro-interpret",
    "hayro-jpeg2000",
    "heic-decoder",
    "html5gum",
    "image",
    "image-webp",
    "kamadak-exif",
    "libwebp-sys",
    "lopdf",
    "lzma-rust2",
    "mail-parser",
    "moxcms",
    "mozjpeg-sys",
    "png",
    "quick-xml",
    "re_rav1d",
    "resvg",
    "ruzstd",
    "usvg",
    "weezl",
    "zip",
    "zune-jpeg",
];

/// Who uses a decoder's library to write alone: what is written comes from bytes that nobody opened.
const WRITERS: &[(&str, &str)] = &[("web", "zip")];

/// Crate, what it must not reach however indirectly, and why.
const OUT_OF_REACH: &[(&str, &[&str], &str)] = &[
    (
        "cli",
        &[
            "db",
            "engine",
            "jobs",
            "model",
            "processor",
            "queue",
            "realtime",
            "recogniser",
            "sandbox",
            "service",
            "sqlx",
            "storage",
            "tokio",
            "web",
            "worker",
        ],
        "it is one more client of the public API",
    ),
    ("db", &["axum", "engine", "reqwest"], "it only speaks SQL"),
    ("engine", &["axum", "hyper", "object_store", "reqwest", "sqlx", "tokio"], "it runs where nothing can be reached"),
    ("jobs", &["axum", "engine"], "it decodes nothing and serves nothing"),
    ("model", &["axum", "sqlx", "tokio", "tracing"], "it is plain data"),
    ("queue", &["axum", "engine", "reqwest"], "it moves jobs whatever they are about"),
    ("realtime", &["engine", "reqwest", "sandbox", "storage"], "it passes events on and opens nothing"),
    ("recogniser", &["axum", "engine", "hyper", "reqwest", "sqlx", "tokio"], "it runs where nothing can be reached"),
    ("sandbox", &["axum", "reqwest", "sqlx"], "it confines and does nothing else"),
    ("search", &["axum", "engine", "hyper", "reqwest", "sqlx", "tokio"], "it only computes"),
    ("storage", &["axum", "engine", "sqlx"], "it keeps bytes and knows no rows"),
    ("web", &["engine", "jobs", "sandbox", "storage"], "it never opens a file"),
    ("worker", &["engine"], "its jobs need no decoder"),
];

/// Crates without a product word: they name none of ours.
const WITHOUT_PRODUCT_WORDS: &[&str] = &["model", "queue", "sandbox", "service"];

/// A library, and the only crates of ours that may name it.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("axum", &["processor", "realtime", "service", "web", "worker"]),
    ("engine", &["processor"]),
    ("landlock", &["sandbox"]),
    ("recogniser", &["processor"]),
    ("rten", &["recogniser"]),
    ("seccompiler", &["sandbox"]),
    ("socketioxide", &["realtime"]),
];

fn violations(graph: &Graph) -> Vec<String> {
    let mut found = Vec::new();
    for (from, walls, why) in OUT_OF_REACH {
        let reached = graph.reach(from);
        found.extend(
            walls.iter().filter(|to| reached.contains(**to)).map(|to| format!("{from} reaches {to}, but {why}")),
        );
    }
    for from in WITHOUT_PRODUCT_WORDS {
        let ours = &graph.direct(from) & &graph.members;
        found.extend(ours.iter().map(|to| format!("{from} depends on {to}, but it knows no product word")));
    }
    for from in SERVICES {
        let reached = graph.reach(from);
        found.extend(
            SERVICES
                .iter()
                .filter(|to| reached.contains(**to))
                .map(|to| format!("the services {from} and {to} depend on each other")),
        );
    }
    for from in &graph.members {
        let direct = graph.direct(from);
        let misplaced =
            |(library, homes): &&(&str, &[&str])| direct.contains(*library) && !homes.contains(&from.as_str());
        found.extend(
            ONLY_IN
                .iter()
                .filter(misplaced)
                .map(|(library, homes)| format!("{from} depends on {library}, which only {homes:?} may")),
        );
        if from != "engine" && from != "system-tests" {
            found.extend(
                DECODERS
                    .iter()
                    .filter(|name| direct.contains(**name) && !WRITERS.contains(&(from.as_str(), **name)))
                    .map(|name| format!("{from} depends on the decoder {name}; only engine may")),
            );
        }
    }
    found
}

#[test]
fn nobody_looks_over_a_wall() {
    let graph = graph::ours();
    for name in OUT_OF_REACH.iter().map(|(name, ..)| name).chain(WITHOUT_PRODUCT_WORDS).chain(SERVICES) {
        assert!(graph.members.contains(*name), "the rules speak of {name}, which is no crate of ours");
    }
    for name in ["sqlx", "tokio"] {
        assert!(graph.reach("web").contains(name), "the graph is not whole: web does not even reach {name}");
    }
    assert!(graph.direct("engine").iter().any(|name| DECODERS.contains(&name.as_str())), "engine has no known decoder");
    assert_none(violations(&graph));
}

#[test]
fn looking_over_a_wall_is_seen() {
    let needs = [
        ("engine", "image"),
        ("image", "tokio"),
        ("web", "gif"),
        ("web", "worker"),
        ("queue", "db"),
        ("storage", "axum"),
    ];
    let mut graph =
        Graph { members: names(&["db", "engine", "queue", "storage", "web", "worker"]), needs: BTreeMap::new() };
    for (from, to) in needs {
        graph.needs.entry(from.into()).or_default().insert(to.into());
    }
    let found = violations(&graph);
    let expected = [
        "engine reaches tokio, but it runs where nothing can be reached",
        "storage reaches axum, but it keeps bytes and knows no rows",
        "queue depends on db, but it knows no product word",
        "the services web and worker depend on each other",
        "web depends on the decoder gif; only engine may",
    ];
    for line in expected {
        assert!(found.iter().any(|violation| violation == line), "{line:?} is not in {found:#?}");
    }
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}
