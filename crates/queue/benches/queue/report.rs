//! The results: a line of JSON each for programs, a table at the end for people.

use crate::system::System;
use serde_json::json;
use std::fs::{File, OpenOptions, create_dir_all};
use std::io::Write;
use std::path::PathBuf;

pub struct Report {
    file: File,
    rows: Vec<[String; 5]>,
}

impl Report {
    pub fn open() -> Self {
        let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/bench/queue.jsonl");
        let path = std::env::var_os("RESULTS").map_or(PathBuf::from(default), PathBuf::from);
        create_dir_all(path.parent().expect("a file is in a folder")).unwrap();
        let file = OpenOptions::new().append(true).create(true).open(path).unwrap();
        Self { file, rows: Vec::new() }
    }

    /// A number of ours beside one it is measured by: a peer's, or another of ours.
    pub fn compare(&mut self, bench: &str, value: f64, unit: &str, peer: &str, peer_value: f64) {
        let ratio = Some(value / peer_value).filter(|ratio| ratio.is_finite());
        self.line(bench, value, unit, Some((peer, peer_value, ratio)));
    }

    /// A number of ours alone.
    pub fn value(&mut self, bench: &str, value: f64, unit: &str) {
        self.line(bench, value, unit, None);
    }

    /// `bench.vs_PEER` for each peer, or `bench` for ours when nobody else was measured.
    pub fn against(&mut self, bench: &str, unit: &str, values: &[(System, f64)]) {
        let (_, ours) = values[0];
        for (peer, value) in &values[1..] {
            self.compare(&format!("{bench}.vs_{}", peer.name()), ours, unit, peer.name(), *value);
        }
        if values.len() == 1 {
            self.value(bench, ours, unit);
        }
    }

    fn line(&mut self, bench: &str, value: f64, unit: &str, peer: Option<(&str, f64, Option<f64>)>) {
        let ratio = peer.and_then(|peer| peer.2);
        let line = json!({
            "bench": bench, "value": rounded(value), "unit": unit, "peer": peer.map(|peer| peer.0),
            "peer_value": peer.map(|peer| rounded(peer.1)), "ratio": ratio.map(rounded),
        });
        writeln!(self.file, "{line}").unwrap();
        let text = |number: Option<f64>| number.map_or(String::new(), |number| rounded(number).to_string());
        let name = peer.map_or("", |peer| peer.0);
        let row = [bench, &format!("{} {unit}", rounded(value)), name, &text(peer.map(|peer| peer.1)), &text(ratio)];
        say(&format!("  {}", row.join("  ").trim_end()));
        self.rows.push(row.map(str::to_owned));
    }

    /// All lines so far, on stderr.
    pub fn table(&self) {
        let heads = ["bench", "ours", "against", "its value", "ratio"].map(str::to_owned);
        let rows = || std::iter::once(&heads).chain(&self.rows);
        let widths: Vec<usize> =
            (0..heads.len()).map(|column| rows().map(|row| row[column].len()).max().unwrap_or(0)).collect();
        for row in rows() {
            let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}")).collect();
            say(cells.join("  ").trim_end());
        }
    }
}

/// A word to whoever watches.
pub fn say(text: &str) {
    eprintln!("{text}");
}

/// Four digits that count are more than any of this is good for.
fn rounded(number: f64) -> f64 {
    if number == 0.0 || !number.is_finite() {
        return 0.0;
    }
    let places = (3 - number.abs().log10().floor() as i32).clamp(0, 6);
    let scale = 10f64.powi(places);
    (number * scale).round() / scale
}
