//! Our side of a measurement: the engine as the confined child runs it, from one file into another.

use anyhow::{Context, Result, bail};
use model::{EXTRACTED_TEXT, Limits, Report, Request, Task};
use std::fs::File;
use std::path::Path;
use std::process::Command;

use crate::contender::Contender;

/// Ours, for documents.
pub const EXTRACT: Contender = Contender { name: "ours", command, text };

fn command(file: &Path, out: &Path) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("child-ours").arg(file).arg(out);
    Ok(command)
}

/// The plain text among the artifacts that were written; none where the file was refused.
fn text(out: &Path, stdout: &str) -> Result<String> {
    let report: Report = serde_json::from_str(stdout)?;
    let Some(part) = report.artifacts.iter().find(|part| part.name == EXTRACTED_TEXT) else { return Ok(String::new()) };
    let bytes = std::fs::read(out)?;
    let bytes = bytes.get(part.offset as usize..).and_then(|rest| rest.get(..part.size_bytes as usize));
    Ok(String::from_utf8(bytes.context("the report names bytes that are not there")?.to_vec())?)
}

/// `FILE OUT`: one run of the engine; its report is printed.
pub fn child(args: &[String]) -> Result<()> {
    let [file, out] = args else { bail!("usage: child-ours FILE OUT") };
    let extension = Path::new(file).extension().map(|extension| extension.to_string_lossy().to_lowercase());
    let request = Request { task: Task::ExtractText, extension, limits: Limits::default() };
    let mut output = File::options().read(true).write(true).create(true).truncate(true).open(out)?;
    let report = engine::run(&request, &mut File::open(file)?, &mut output, &|_| ());
    println!("{}", serde_json::to_string(&report)?);
    Ok(())
}
