//! Nothing we link binds what links it, and everything comes from crates.io. `make check` asks cargo-deny the same in
//! more detail; this needs nothing installed.

use super::assert_none;
use super::graph;

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// True when one of the offered licences is free of the GPL family.
fn is_permissive(expression: &str) -> bool {
    expression.replace('/', " OR ").split(" OR ").any(|choice| !choice.contains("GPL"))
}

#[test]
fn dependencies_are_free_to_use_and_from_crates_io() {
    let metadata = graph::metadata();
    let mut found = Vec::new();
    for package in metadata.packages.iter().filter(|package| package.source.is_some()) {
        let licence = package.license.as_deref().unwrap_or_default();
        if licence.is_empty() && package.license_file.is_none() {
            found.push(format!("{} has no licence", package.name));
        } else if !is_permissive(licence) {
            found.push(format!("{} is {licence}", package.name));
        }
        if package.source.as_ref().is_some_and(|source| source.repr != CRATES_IO) {
            found.push(format!("{} is not from crates.io", package.name));
        }
    }
    assert!(metadata.packages.len() > 100, "only {} packages were found", metadata.packages.len());
    assert_none(found);
}

#[test]
fn the_gpl_family_is_seen() {
    assert!(is_permissive("MIT OR Apache-2.0"));
    assert!(is_permissive("MIT/GPL-3.0"));
    assert!(!is_permissive("AGPL-3.0-only OR LGPL-2.1"));
}
