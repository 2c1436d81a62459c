//! What a crate's manifest names, its sources use. What is left over costs everybody's build.

use super::files::{TextFile, rust};
use super::graph::metadata;
use std::collections::BTreeSet;

/// The libraries (by the names that code has for them) that none of the files under `folder` mentions.
fn unused(folder: &str, libraries: &BTreeSet<String>, files: &[TextFile]) -> Vec<String> {
    let words: BTreeSet<&str> = files
        .iter()
        .filter(|file| file.path.starts_with(folder))
        .flat_map(|file| file.text.split(|c: char| !c.is_alphanumeric() && c != '_'))
        .collect();
    libraries
        .iter()
        .filter(|name| !words.contains(name.as_str()))
        .map(|name| format!("{folder} names {name} and does not use it"))
        .collect()
}

#[test]
fn every_dependency_is_used() {
    let (metadata, files) = (metadata(), rust());
    let resolve = metadata.resolve.as_ref().expect("cargo metadata resolves dependencies");
    let mut found = Vec::new();
    for member in &metadata.workspace_members {
        let node = resolve.nodes.iter().find(|node| node.id == *member).expect("every member is resolved");
        let libraries: BTreeSet<String> = node.deps.iter().map(|dep| dep.name.to_string()).collect();
        let folder = metadata[member].manifest_path.parent().expect("a manifest is in a folder");
        let folder = folder.strip_prefix(&metadata.workspace_root).expect("members are in the project");
        found.extend(unused(&format!("{folder}/"), &libraries, &files));
    }
    super::assert_none(found);
}

#[test]
fn a_dependency_that_is_not_used_is_seen() {
    let files = [TextFile::new("crates/a/src/lib.rs", "use zip::Archive;"), TextFile::new("crates/b/x.rs", "use csv;")];
    let libraries = ["csv", "zip"].map(str::to_owned).into();
    assert_eq!(unused("crates/a/", &libraries, &files), ["crates/a/ names csv and does not use it"]);
}
