//! Which package needs which, from `cargo metadata`.

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};
use std::collections::{BTreeMap, BTreeSet};

/// Names of packages, by the names of those that need them at run time (dev and build dependencies left out).
pub struct Graph {
    pub members: BTreeSet<String>,
    pub needs: BTreeMap<String, BTreeSet<String>>,
}

impl Graph {
    /// Everything `package` needs, directly or not.
    pub fn reach(&self, package: &str) -> BTreeSet<String> {
        let mut reached = BTreeSet::new();
        let mut left = vec![package.to_owned()];
        while let Some(next) = left.pop() {
            for need in self.direct(&next) {
                if reached.insert(need.clone()) {
                    left.push(need);
                }
            }
        }
        reached
    }

    /// What `package` names in its own manifest.
    pub fn direct(&self, package: &str) -> BTreeSet<String> {
        self.needs.get(package).cloned().unwrap_or_default()
    }
}

/// The project's own graph.
pub fn ours() -> Graph {
    let metadata = metadata();
    let name = |id| metadata[id].name.to_string();
    let resolve = metadata.resolve.as_ref().expect("cargo metadata resolves dependencies");
    let mut needs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for node in &resolve.nodes {
        let normal =
            |dep: &&cargo_metadata::NodeDep| dep.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal);
        needs.entry(name(&node.id)).or_default().extend(node.deps.iter().filter(normal).map(|dep| name(&dep.pkg)));
    }
    Graph { members: metadata.workspace_members.iter().map(name).collect(), needs }
}

/// For the platform we run on: what other platforms need is not there in an offline build.
pub fn metadata() -> Metadata {
    let platform = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    MetadataCommand::new()
        .manifest_path(super::files::root().join("Cargo.toml"))
        .other_options(["--locked".to_owned(), "--filter-platform".to_owned(), platform])
        .exec()
        .expect("cargo metadata works in the project")
}
