//! Pictures of one page whose text is known: how many characters are read wrong, and what that takes, by each of our engines.

use crate::contender::{Contender, turns};
use crate::report::Report;
use crate::score::{error_rate, normal};
use crate::{costs, files, peers};
use anyhow::Result;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Runs that count.
const RUNS: usize = 3;

/// The pictures, in `truth/ocr`, by their names in the report.
const PICTURES: &[(&str, &str)] =
    &[("clean", "clean.png"), ("noisy", "noisy.png"), ("100dpi", "low100dpi.png"), ("rotated", "rot90.png")];

/// The engine that is there unless another is set.
const OURS: Contender = Contender { name: "ours", command: tesseract, text: words };
/// `OCR_ENGINE=accurate`.
const ACCURATE: Contender = Contender { name: "accurate", command: accurate, text: words };

/// Every picture of the corpus; there are none without one.
pub fn run(report: &mut Report) -> Result<()> {
    let Some(corpus) = files::corpus()? else { return Ok(()) };
    let folder = corpus.join("truth/ocr");
    let truth = normal(&fs::read_to_string(folder.join("page.txt"))?, false);
    let mut contenders: Vec<&Contender> = std::iter::once(&OURS).chain(peers::ocr()).chain([&ACCURATE]).collect();
    for (name, file) in PICTURES {
        println!("{file}");
        let mut readings = turns(&contenders, &folder.join(file), &files::work_folder()?.join("out"), RUNS)?;
        // Each of our engines against the peers, not against each other.
        let last = contenders.len() - 1;
        for prefix in ["ocr", "ocr_accurate"] {
            let (measured, readings_of) = (&contenders[..last], &readings[..last]);
            let rates: Vec<f64> =
                readings_of.iter().map(|reading| error_rate(&truth, &normal(&reading.text, false))).collect();
            let bench = format!("documents.{prefix}_cer_{name}");
            costs::add_numbers(report, &bench, "share", measured, &rates, f64::min)?;
            let names = ["cpu", "rss"].map(|what| format!("documents.{what}.{prefix}_{name}"));
            costs::add(report, [&names[0], &names[1]], measured, readings_of)?;
            // The other one's turn; after the second, both are where they were.
            contenders.swap(0, last);
            readings.swap(0, last);
        }
    }
    Ok(())
}

fn tesseract(file: &Path, out: &Path) -> Result<Command> {
    child("child-tesseract", file, out)
}

fn accurate(file: &Path, out: &Path) -> Result<Command> {
    child("child-accurate", file, out)
}

fn child(step: &str, file: &Path, out: &Path) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(step).args([file, out]);
    Ok(command)
}

/// The words of a table; where a line ends is no matter here.
fn words(out: &Path, _: &str) -> Result<String> {
    let table = fs::read_to_string(out)?;
    let words = table.lines().skip(1).filter_map(|line| line.split('\t').nth(11));
    Ok(words.collect::<Vec<_>>().join(" "))
}
