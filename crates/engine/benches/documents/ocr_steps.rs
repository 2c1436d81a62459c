//! The steps of an OCR job for one page: the engine draws it, and a process of its own reads it.

use anyhow::{Context, Result, bail, ensure};
use model::{
    Limits, OCR_DPI, OcrLanguages, PAGE_PGM, PageFormat, Request, TESSERACT_ENVIRONMENT, Task, tesseract_arguments,
};
use recogniser::{Models, Picture, read_page, table};
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

/// `FILE OUT`: with Tesseract.
pub fn tesseract(args: &[String]) -> Result<()> {
    let [file, out] = args else { bail!("usage: child-tesseract FILE OUT") };
    let mut command = Command::new("tesseract");
    let (name, value) = TESSERACT_ENVIRONMENT;
    command.args(tesseract_arguments(&OcrLanguages::default())).env(name, value);
    read(&mut command, &draw(file, out)?, out)
}

/// `FILE OUT`: with the models in `OCR_MODELS`.
pub fn accurate(args: &[String]) -> Result<()> {
    let [file, out] = args else { bail!("usage: child-accurate FILE OUT") };
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("child-recognise").env("RTEN_NUM_THREADS", "1");
    read(&mut command, &draw(file, out)?, out)
}

/// A picture on standard input, its words on standard output, as the processor's own process does it.
pub fn recognise(_: &[String]) -> Result<()> {
    let models = std::env::var_os("OCR_MODELS").context("OCR_MODELS names no folder; `make ocr-models` makes one")?;
    let mut pgm = vec![];
    std::io::Read::read_to_end(&mut std::io::stdin(), &mut pgm)?;
    let words = read_page(&Models::load(Path::new(&models))?, &Picture::read(&pgm)?)?;
    Ok(std::io::Write::write_all(&mut std::io::stdout(), table(&words).as_bytes())?)
}

fn draw(file: &str, out: &str) -> Result<File> {
    let request = Request {
        task: Task::RenderPage { page: 1, dpi: OCR_DPI, format: PageFormat::Pgm },
        extension: None,
        limits: Limits::default(),
    };
    let picture = format!("{out}.pgm");
    let report = engine::run(&request, &mut File::open(file)?, &mut File::create(&picture)?, &|_| ());
    ensure!(report.outcome.is_success(), "{file}: {:?}", report.outcome);
    ensure!(report.artifacts.iter().all(|part| part.name == PAGE_PGM), "more than a page was drawn");
    let drawn = File::open(&picture)?;
    fs::remove_file(&picture)?;
    Ok(drawn)
}

fn read(command: &mut Command, picture: &File, out: &str) -> Result<()> {
    command.stdin(picture.try_clone()?).stdout(File::create(out)?).stderr(Stdio::null());
    let status = command.status().with_context(|| format!("{command:?}"))?;
    ensure!(status.success(), "{command:?} ended with {status}");
    Ok(())
}
