//! The others: programs of Debian, and libraries of Node and Python in small scripts beside this program, which
//! `deploy/native/bench.sh` installs. None is linked into anything of ours.

use crate::contender::{Contender, whole_file};
use crate::files;
use anyhow::Result;
use std::path::{Path, PathBuf};
use std::process::Command;

const PDF: &[Contender] = &[
    Contender { name: "pdftotext", command: pdftotext, text: whole_file },
    Contender { name: "pdfium", command: pdfium, text: whole_file },
    Contender { name: "mutool", command: mutool, text: whole_file },
    Contender { name: "pdfjs", command: pdfjs, text: whole_file },
];

const DOCX: &[Contender] = &[
    Contender { name: "mammoth", command: mammoth, text: whole_file },
    Contender { name: "docx_rs", command: docx_rs, text: whole_file },
    Contender { name: "pandoc", command: pandoc, text: whole_file },
];

const OCR: &[Contender] = &[Contender { name: "tesseractjs", command: tesseract_js, text: whole_file }];

/// Those that read PDF.
pub fn pdf() -> &'static [Contender] {
    if wanted() { PDF } else { &[] }
}

/// Those that read Word documents.
pub fn docx() -> &'static [Contender] {
    if wanted() { DOCX } else { &[] }
}

/// Those that read pictures.
pub fn ocr() -> &'static [Contender] {
    if wanted() { OCR } else { &[] }
}

fn wanted() -> bool {
    std::env::var_os("BENCH_PEERS").is_none_or(|wanted| wanted != "0")
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/document-peers")
}

fn pdftotext(file: &Path, out: &Path) -> Result<Command> {
    let mut command = Command::new("pdftotext");
    command.args([file, out]);
    Ok(command)
}

fn mutool(file: &Path, out: &Path) -> Result<Command> {
    let mut command = Command::new("mutool");
    command.args(["draw", "-q", "-F", "txt", "-o"]).args([out, file]);
    Ok(command)
}

fn pdfium(file: &Path, out: &Path) -> Result<Command> {
    let mut command = Command::new("python3");
    command.env("PYTHONPATH", files::work_folder()?.with_file_name("python"));
    command.arg(folder().join("pdfium.py")).args([file, out]);
    Ok(command)
}

fn pdfjs(file: &Path, out: &Path) -> Result<Command> {
    Ok(node("pdfjs.mjs", file, out))
}

fn mammoth(file: &Path, out: &Path) -> Result<Command> {
    Ok(node("mammoth.mjs", file, out))
}

fn tesseract_js(file: &Path, out: &Path) -> Result<Command> {
    Ok(node("tesseract.mjs", file, out))
}

fn node(script: &str, file: &Path, out: &Path) -> Command {
    let mut command = Command::new("node");
    command.arg(folder().join(script)).args([file, out]);
    command
}

fn docx_rs(file: &Path, out: &Path) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("child-docx-rs").args([file, out]);
    Ok(command)
}

fn pandoc(file: &Path, out: &Path) -> Result<Command> {
    let mut command = Command::new("pandoc");
    command.args(["--from=docx", "--to=plain", "--wrap=none", "--output"]).args([out, file]);
    Ok(command)
}
