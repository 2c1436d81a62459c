//! Word: what a million words take.

use crate::contender::{Contender, turns};
use crate::files;
use crate::report::Report;
use crate::{book, costs, ours, peers};
use anyhow::{Result, ensure};

/// Runs that count.
const RUNS: usize = 5;

/// The corpus's document of a million words, or one made for the run.
pub fn run(report: &mut Report) -> Result<()> {
    let file = match files::corpus()? {
        Some(corpus) => corpus.join("truth/docx/large2000.docx"),
        None => book::docx()?,
    };
    println!("{}", file.display());
    let contenders: Vec<&Contender> = std::iter::once(&ours::EXTRACT).chain(peers::docx()).collect();
    let readings = turns(&contenders, &file, &files::work_folder()?.join("out"), RUNS)?;
    for (contender, reading) in contenders.iter().zip(&readings) {
        let words = reading.text.split_whitespace().count();
        ensure!(words > 900_000, "{} found {words} words: is it installed?", contender.name);
    }
    costs::add(report, ["documents.docx_1m_words_cpu_ms", "documents.docx_1m_words_rss_mb"], &contenders, &readings)
}
