//! The lines other programs read: one JSON object each, in `target/bench/documents.jsonl`.

use crate::files;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::fs::File;
use std::io::Write;

/// The file of results; a line that is measured again replaces the one before.
pub struct Report {
    lines: Vec<Value>,
    path: std::path::PathBuf,
}

impl Report {
    /// What is there already.
    pub fn open() -> Result<Self> {
        let path = files::work_folder()?.with_extension("jsonl");
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let lines = text.lines().map(serde_json::from_str).collect::<Result<_, _>>().context("the last results")?;
        Ok(Self { lines, path })
    }

    /// Adds one number of ours, and a peer's where there is one; writes the file.
    pub fn add(&mut self, bench: &str, unit: &str, value: f64, peer: Option<(&str, f64)>) -> Result<()> {
        let (peer, peer_value) = peer.unzip();
        // Not a number where a peer has none, or nothing, to be measured by: null.
        let ratio = peer_value.filter(|peer| *peer != 0.0).map(|peer| value / peer);
        let line = json!({"bench": bench, "value": value, "unit": unit, "peer": peer, "peer_value": peer_value, "ratio": ratio});
        println!("{line}");
        self.lines.retain(|known| known["bench"] != line["bench"]);
        self.lines.push(line);
        let mut file = File::create(&self.path)?;
        self.lines.iter().try_for_each(|line| writeln!(file, "{line}"))?;
        Ok(())
    }
}
