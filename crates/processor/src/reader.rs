//! What a confined reader does: a request in, the engine's report out. Everything here runs in the child.

use model::{Outcome, Progress, Report, Request};
use std::fs::File;

/// Answers one request, the first after taking over the presets that the parent has. The parent wrote it, so a request that cannot be read is our own fault.
pub fn read(request: &[u8], input: &mut File, output: &mut File, note: &dyn Fn(&[u8])) -> Vec<u8> {
    if let Some(rows) = std::env::var("IMAGE_PRESETS").ok().and_then(|rows| rows.parse().ok()) {
        model::add_presets(rows);
    }
    let report = match serde_json::from_slice::<Request>(request) {
        Ok(request) => run(&request, input, output, note),
        Err(error) => internal(format!("the request: {error}")),
    };
    serde_json::to_vec(&report).unwrap_or_default()
}

fn run(request: &Request, input: &mut File, output: &mut File, note: &dyn Fn(&[u8])) -> Report {
    let progress = |progress: Progress| {
        if let Ok(progress) = serde_json::to_vec(&progress) {
            note(&progress);
        }
    };
    engine::run(request, input, output, &progress)
}

fn internal(detail: String) -> Report {
    Report::of(Outcome::Internal { detail })
}
