//! PDF: what it takes, how right it is where the text is known, and how much all agree where it is not.

use crate::agreement;
use crate::contender::{Contender, turns};
use crate::files::{self, Known};
use crate::report::Report;
use crate::score::{normal, similarity};
use crate::{book, costs, ours, peers};
use anyhow::{Result, ensure};

/// Runs that count.
const RUNS: usize = 5;

/// The book among a corpus's files with known text that is long enough to say what a page takes.
const LONG: &str = "geotopo";

/// All of it.
pub fn run(report: &mut Report) -> Result<()> {
    let contenders: Vec<&Contender> = std::iter::once(&ours::EXTRACT).chain(peers::pdf()).collect();
    long(report, &contenders, &book::pdf()?)?;
    agreement::measure_costs(report, &contenders, "samples", &files::samples()?)?;
    let Some(corpus) = files::corpus()? else { return Ok(()) };
    truth(report, &contenders, &files::known(&corpus.join("truth/pdf"))?)?;
    agreement::measure(report, &contenders, "corpus", &files::pdfs(&corpus.join("pdf"))?)
}

/// CPU time and memory for one long file, and how right its text is.
fn long(report: &mut Report, contenders: &[&Contender], file: &Known) -> Result<()> {
    println!("{}", file.path.display());
    let readings = turns(contenders, &file.path, &files::work_folder()?.join("out"), RUNS)?;
    let scores: Vec<f64> = readings.iter().map(|reading| score(file, &reading.text)).collect();
    for (contender, score) in contenders.iter().zip(&scores) {
        ensure!(*score > 0.5, "{} did not read {}: is it installed?", contender.name, file.path.display());
    }
    let name = &file.name;
    let pages = readings[0].text.matches('\u{c}').count() + 1;
    costs::add(report, [&format!("documents.cpu.{name}"), &format!("documents.rss.{name}")], contenders, &readings)?;
    let per_page: Vec<f64> =
        readings.iter().map(|reading| costs::started_cpu_ms(&reading.cost) / pages as f64).collect();
    costs::add_numbers(report, &format!("documents.cpu_per_page.{name}"), "ms", contenders, &per_page, f64::min)?;
    costs::add_numbers(report, &format!("documents.truth_pdf_{name}"), "similarity", contenders, &scores, f64::max)
}

fn truth(report: &mut Report, contenders: &[&Contender], known: &[Known]) -> Result<()> {
    println!("{} files with known text", known.len());
    let out = files::work_folder()?.join("out");
    let mut sums = vec![0.0; contenders.len()];
    for file in known {
        let mut scores = vec![];
        for contender in contenders {
            scores.push(score(file, &contender.read(&file.path, &out)?.text));
        }
        let line: Vec<String> =
            contenders.iter().zip(&scores).map(|(who, score)| format!("{} {score:.3}", who.name)).collect();
        println!("  {:20} {}", file.name, line.join("  "));
        sums.iter_mut().zip(&scores).for_each(|(sum, score)| *sum += score);
    }
    let means: Vec<f64> = sums.iter().map(|sum| sum / known.len() as f64).collect();
    costs::add_numbers(report, "documents.truth_pdf_mean", "similarity", contenders, &means, f64::max)?;
    match known.iter().find(|file| file.name == LONG) {
        Some(file) => long(report, contenders, file),
        None => Ok(()),
    }
}

fn score(file: &Known, text: &str) -> f64 {
    // Chinese, Japanese and Korean: where a line ends is no part of the text.
    let spaceless = ["zh", "ja", "ko"].iter().any(|language| file.name.starts_with(language));
    similarity(&normal(&file.text, spaceless), &normal(text, spaceless))
}
