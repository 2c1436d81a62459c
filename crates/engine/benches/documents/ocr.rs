//! Pictures of one page whose text is known: how many characters are read wrong, and what that takes.

use crate::contender::{Contender, turns};
use crate::report::Report;
use crate::score::{error_rate, normal};
use crate::{costs, files, peers};
use anyhow::{Context, Result, bail, ensure};
use model::{Limits, PAGE_IMAGE, Request, Task};
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

/// Runs that count.
const RUNS: usize = 3;

/// The pictures, in `truth/ocr`, by their names in the report.
const PICTURES: &[(&str, &str)] =
    &[("clean", "clean.png"), ("noisy", "noisy.png"), ("100dpi", "low100dpi.png"), ("rotated", "rot90.png")];

/// Dots per inch of a page, as jobs have it drawn.
const DPI: u32 = 200;

const OURS: Contender = Contender { name: "ours", command, text: words };

/// Every picture of the corpus; there are none without one.
pub fn run(report: &mut Report) -> Result<()> {
    let Some(corpus) = files::corpus()? else { return Ok(()) };
    let folder = corpus.join("truth/ocr");
    let truth = normal(&fs::read_to_string(folder.join("page.txt"))?, false);
    let contenders: Vec<&Contender> = std::iter::once(&OURS).chain(peers::ocr()).collect();
    for (name, file) in PICTURES {
        println!("{file}");
        let readings = turns(&contenders, &folder.join(file), &files::work_folder()?.join("out"), RUNS)?;
        let rates: Vec<f64> =
            readings.iter().map(|reading| error_rate(&truth, &normal(&reading.text, false))).collect();
        let bench = format!("documents.ocr_cer_{name}");
        costs::add_numbers(report, &bench, "share", &contenders, &rates, f64::min)?;
        let names = ["cpu", "rss"].map(|what| format!("documents.{what}.ocr_{name}"));
        costs::add(report, [&names[0], &names[1]], &contenders, &readings)?;
    }
    Ok(())
}

fn command(file: &Path, out: &Path) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("child-ocr").args([file, out]);
    Ok(command)
}

/// The words of Tesseract's table; where a line ends is no matter here.
fn words(out: &Path, _: &str) -> Result<String> {
    let table = fs::read_to_string(out)?;
    let words = table.lines().skip(1).filter_map(|line| line.split('\t').nth(11));
    Ok(words.collect::<Vec<_>>().join(" "))
}

/// `FILE OUT`: the steps of an OCR job for one page: the engine draws it, Tesseract reads it.
pub fn child(args: &[String]) -> Result<()> {
    let [file, out] = args else { bail!("usage: child-ocr FILE OUT") };
    let request = Request { task: Task::Raster { page: 1, dpi: DPI }, extension: None, limits: Limits::default() };
    let picture = format!("{out}.pgm");
    let mut output = File::create(&picture)?;
    let report = engine::run(&request, &mut File::open(file)?, &mut output, &|_| ());
    ensure!(report.outcome.is_success(), "{file}: {:?}", report.outcome);
    ensure!(report.artifacts.iter().all(|part| part.name == PAGE_IMAGE), "more than a page was drawn");
    let mut tesseract = Command::new("tesseract");
    tesseract.args(["stdin", "stdout", "--psm", "1", "-l", "eng", "tsv"]).env("OMP_THREAD_LIMIT", "1");
    tesseract.stdin(File::open(&picture)?).stdout(File::create(out)?).stderr(Stdio::null());
    let status = tesseract.status().context("tesseract")?;
    ensure!(status.success(), "tesseract ended with {status}");
    Ok(())
}
