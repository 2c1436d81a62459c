//! `make bench-documents`: text out of files, ours against the others', same files, same run.
//!
//! Every measurement is a process of its own that reads one file and writes its text: the CPU time of it and of its
//! children, and the most memory any of them held. Arguments choose parts (`pdf`, `docx`, `ocr`). `BENCH_CORPUS` names
//! a folder with files whose text is known (`truth/`) and others to agree on (`pdf/`); without it there are our own
//! samples and a book made for the purpose. `BENCH_PEERS=0` measures ours alone.

#![expect(clippy::print_stdout, reason = "a benchmark's output")]

mod agreement;
mod book;
mod contender;
mod costs;
mod docx;
mod docx_rs;
mod files;
mod measure;
mod ocr;
mod ocr_steps;
mod ours;
mod pdf;
mod peers;
mod report;
mod score;

use anyhow::{Result, bail};
use report::Report;

/// Measures one kind of file.
type Part = fn(&mut Report) -> Result<()>;

/// What is measured, in this order.
const PARTS: &[(&str, Part)] = &[("pdf", pdf::run), ("docx", docx::run), ("ocr", ocr::run)];

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    match args.first().map(String::as_str) {
        Some("child-measure") => measure::child(&args[1..]),
        Some("child-ours") => ours::child(&args[1..]),
        Some("child-accurate") => ocr_steps::accurate(&args[1..]),
        Some("child-recognise") => ocr_steps::recognise(&args[1..]),
        Some("child-tesseract") => ocr_steps::tesseract(&args[1..]),
        Some("child-docx-rs") => docx_rs::child(&args[1..]),
        _ => {
            if let Some(unknown) = args.iter().find(|arg| PARTS.iter().all(|(name, _)| name != arg)) {
                bail!("there is no part {unknown}");
            }
            let mut report = Report::open()?;
            let chosen = PARTS.iter().filter(|(name, _)| args.is_empty() || args.iter().any(|arg| arg == name));
            chosen.into_iter().try_for_each(|(_, run)| run(&mut report))
        }
    }
}
