//! The walls of ARCHITECTURE.md as tests: who may depend on whom, what a source file looks like, which settings there
//! are, what the images and the compose file must not use. Each rule is also shown something that breaks it.

#[path = "tidy/circles.rs"]
mod circles;
#[path = "tidy/containers.rs"]
mod containers;
#[path = "tidy/dependencies.rs"]
mod dependencies;
#[path = "tidy/files.rs"]
mod files;
#[path = "tidy/graph.rs"]
mod graph;
#[path = "tidy/imports.rs"]
mod imports;
#[path = "tidy/licences.rs"]
mod licences;
#[path = "tidy/promises.rs"]
mod promises;
#[path = "tidy/settings.rs"]
mod settings;
#[path = "tidy/sources.rs"]
mod sources;
#[path = "tidy/walls.rs"]
mod walls;
#[path = "tidy/words.rs"]
mod words;

/// Fails with every violation at once, so that one run shows all there is to mend.
#[track_caller]
fn assert_none(violations: Vec<String>) {
    assert!(violations.is_empty(), "\n  {}\n", violations.join("\n  "));
}
