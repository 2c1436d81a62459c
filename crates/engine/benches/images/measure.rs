//! One process for each file and each contender, one after another.

use crate::files::{self, File};
use crate::sets::Set;
use crate::{peers, score};
use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// Runs that count, after one that warms up.
const RUNS: usize = 3;

/// What one contender did to one file.
#[derive(Debug, Clone)]
pub struct Cost {
    /// Median CPU time of a run.
    pub cpu_ms: f64,
    /// Median time of a run.
    pub wall_ms: f64,
    /// The most memory of the process, in MB.
    pub peak_mb: f64,
    /// Bytes and score of every preset.
    pub made: BTreeMap<String, Made>,
}

/// One output.
#[derive(Debug, Clone)]
pub struct Made {
    /// Its length.
    pub bytes: u64,
    /// ssimulacra2 against the exact reduction.
    pub score: f64,
}

/// One file's results: ours, and each peer's with one thread and with as many as it takes by itself.
pub struct Row {
    /// The file.
    pub file: String,
    /// Ours.
    pub ours: Cost,
    /// By package and mode (`""` or `_default`).
    pub peers: BTreeMap<(&'static str, &'static str), Cost>,
}

#[derive(Deserialize)]
struct Runs {
    cpu_ms: Vec<f64>,
    wall_ms: Vec<f64>,
    peak_kib: u64,
}

/// Measures every file of a set.
pub fn set(set: &'static Set, files: &[File]) -> Result<Vec<Row>> {
    files.iter().filter(|file| (set.takes)(file)).map(|file| row(set, file)).collect()
}

fn row(set: &'static Set, file: &File) -> Result<Row> {
    let reference = score::Reference::of(file)?;
    let folder = tempfile::tempdir_in(files::work_folder()?)?;
    let out = folder.path();
    let ours = cost(&mut ours(set, &file.path, out)?, set, out, Some(&reference))?;
    let mut peers = BTreeMap::new();
    for &package in set.peers {
        let mut one = peers::command(package, 1, RUNS, &file.path, out, set);
        peers.insert((package, ""), cost(&mut one, set, out, Some(&reference))?);
        let mut default = peers::command(package, 0, RUNS, &file.path, out, set);
        peers.insert((package, "_default"), cost(&mut default, set, out, None)?);
    }
    let row = Row { file: file.name.clone(), ours, peers };
    row.print();
    Ok(row)
}

fn ours(set: &Set, file: &Path, out: &Path) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    // The setting by which an operator trades time for bytes.
    let smallest = |row: &model::Preset| {
        let format = row.format.mime().trim_start_matches("image/");
        format!("{} {}x{} {format} {} smallest;", row.name, row.max_width, row.max_height, row.quality)
    };
    let rows: String = if set.smallest { set.rows().map(smallest).collect() } else { String::new() };
    command.args(["ours", &rows, &RUNS.to_string()]).arg(file).arg(out);
    command.args(set.rows().map(|row| row.name));
    Ok(command)
}

fn cost(command: &mut Command, set: &Set, out: &Path, reference: Option<&score::Reference>) -> Result<Cost> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    if !output.status.success() {
        bail!("{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let runs: Runs = serde_json::from_slice(&output.stdout)?;
    let mut made = BTreeMap::new();
    for preset in set.presets {
        let file = out.join(preset);
        let bytes = std::fs::metadata(&file)?.len();
        let score = reference.map_or(Ok(0.0), |reference| reference.score(&file))?;
        made.insert((*preset).to_owned(), Made { bytes, score });
    }
    let peak_mb = runs.peak_kib as f64 / 1024.0;
    Ok(Cost { cpu_ms: median(runs.cpu_ms)?, wall_ms: median(runs.wall_ms)?, peak_mb, made })
}

fn median(mut values: Vec<f64>) -> Result<f64> {
    ensure!(!values.is_empty(), "nothing was measured");
    values.sort_by(f64::total_cmp);
    Ok(values[values.len() / 2])
}

impl Cost {
    /// Bytes of all its presets.
    pub fn bytes(&self) -> f64 {
        self.made.values().map(|made| made.bytes as f64).sum()
    }

    fn line(&self) -> String {
        let made: Vec<_> =
            self.made.iter().map(|(name, made)| format!("{name} {} B {:.2}", made.bytes, made.score)).collect();
        format!(
            "cpu {:7.1} ms  wall {:7.1} ms  peak {:5.1} MB  {}",
            self.cpu_ms,
            self.wall_ms,
            self.peak_mb,
            made.join("  ")
        )
    }
}

impl Row {
    fn print(&self) {
        println!("{}\n  {:22} {}", self.file, "ours", self.ours.line());
        for ((package, mode), cost) in &self.peers {
            println!("  {:22} {}", format!("{package}{mode}"), cost.line());
        }
    }
}
