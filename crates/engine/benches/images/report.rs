//! The lines other programs read: one JSON object each, in `target/bench/images.jsonl`.

use crate::files;
use crate::measure::{Cost, Row};
use crate::sets::Set;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::fs::File;
use std::io::Write;

/// The file of results; a set that is measured again replaces its lines.
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

    /// Adds a set's lines and writes the file.
    pub fn add(&mut self, set: &Set, rows: &[Row]) -> Result<()> {
        let mut fresh = vec![];
        for &package in set.peers {
            let short = if package == "sharp033" { "sharp033" } else { "sharp_newest" };
            for mode in ["", "_default"] {
                let name = |what: &str| format!("images.{what}.{}.vs_{short}{mode}", set.name);
                let pairs: Vec<_> = rows.iter().map(|row| (&row.ours, &row.peers[&(package, mode)])).collect();
                let mean = |of: fn(&Cost) -> f64, unit: &str, what: &str| {
                    let ours = geometric(pairs.iter().map(|(ours, _)| of(ours)));
                    let theirs = geometric(pairs.iter().map(|(_, theirs)| of(theirs)));
                    line(name(what), unit, package, ours, theirs)
                };
                fresh.push(mean(|cost| cost.cpu_ms, "ms", "cpu"));
                fresh.push(mean(|cost| cost.wall_ms, "ms", "wall"));
                fresh.push(mean(|cost| cost.peak_mb, "MB", "rss"));
                if mode.is_empty() {
                    fresh.push(mean(Cost::bytes, "B", "bytes"));
                    fresh.push(worst_bytes(name("bytes_worst"), package, &pairs));
                    fresh.push(worst_score(name("ssimulacra2_delta_min"), package, &pairs));
                }
            }
        }
        if set.peers.is_empty() {
            let cpu = geometric(rows.iter().map(|row| row.ours.cpu_ms));
            let value = json!({"bench": format!("images.cpu.{}", set.name), "value": cpu, "unit": "ms",
                "peer": null, "peer_value": null, "ratio": null});
            fresh.push(value);
        }
        if set.name == "upload_set" {
            let pairs: Vec<_> = rows.iter().map(|row| (&row.ours, &row.peers[&("sharp033", "")])).collect();
            fresh.push(worst_score("images.ssimulacra2_delta_min".into(), "sharp033", &pairs));
        }
        for line in &fresh {
            println!("{line}");
        }
        self.lines.retain(|line| !fresh.iter().any(|fresh| fresh["bench"] == line["bench"]));
        self.lines.extend(fresh);
        let mut file = File::create(&self.path)?;
        self.lines.iter().try_for_each(|line| writeln!(file, "{line}"))?;
        Ok(())
    }
}

fn line(bench: String, unit: &str, peer: &str, value: f64, peer_value: f64) -> Value {
    json!({"bench": bench, "value": value, "unit": unit, "peer": peer, "peer_value": peer_value, "ratio": value / peer_value})
}

/// Of all outputs, the one that is longest beside the peer's.
fn worst_bytes(bench: String, peer: &str, pairs: &[(&Cost, &Cost)]) -> Value {
    let all = pairs.iter().map(|(ours, theirs)| (ours.bytes(), theirs.bytes()));
    let (ours, theirs) = all.max_by(|a, b| (a.0 / a.1).total_cmp(&(b.0 / b.1))).unwrap_or((0.0, 1.0));
    line(bench, "B", peer, ours, theirs)
}

/// Of all outputs, the one that scores least beside the peer's: `value` is the difference.
fn worst_score(bench: String, peer: &str, pairs: &[(&Cost, &Cost)]) -> Value {
    let scores = |cost: &Cost| cost.made.values().map(|made| made.score).collect::<Vec<_>>();
    let all = pairs.iter().flat_map(|(ours, theirs)| scores(ours).into_iter().zip(scores(theirs)));
    let (ours, theirs) = all.min_by(|a, b| (a.0 - a.1).total_cmp(&(b.0 - b.1))).unwrap_or((0.0, 0.0));
    json!({"bench": bench, "value": ours - theirs, "unit": "points", "peer": peer, "peer_value": theirs, "ratio": ours / theirs})
}

fn geometric(values: impl Iterator<Item = f64>) -> f64 {
    let logs: Vec<f64> = values.map(f64::ln).collect();
    (logs.iter().sum::<f64>() / logs.len() as f64).exp()
}
