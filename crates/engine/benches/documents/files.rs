//! What is read: our own samples, and the files of a corpus where there is one.

use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};

/// A file whose text is known.
pub struct Known {
    /// Its name in the report.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
}

/// The folder that `BENCH_CORPUS` names.
pub fn corpus() -> Result<Option<PathBuf>> {
    let Some(folder) = std::env::var_os("BENCH_CORPUS") else { return Ok(None) };
    // A benchmark runs in its crate's folder; a person names the folder from where `make` was run.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = root.join(folder);
    ensure!(folder.join("truth").is_dir(), "{} has no folder `truth`", folder.display());
    Ok(Some(folder.canonicalize()?))
}

/// The files of a folder that have a text beside them, but for those that want a password.
pub fn known(folder: &Path) -> Result<Vec<Known>> {
    let with_text = |path: PathBuf| {
        let name = path.file_stem()?.to_string_lossy().into_owned();
        let text = fs::read(path.with_extension("txt")).ok()?;
        let text = String::from_utf8_lossy(&text).into_owned();
        (!name.starts_with("pw_")).then_some(Known { name, path, text })
    };
    let known: Vec<Known> = pdfs(folder)?.into_iter().filter_map(with_text).collect();
    ensure!(!known.is_empty(), "no text is known of the files in {}", folder.display());
    Ok(known)
}

/// The PDF files of a folder, by name.
pub fn pdfs(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("pdf")));
    paths.sort();
    ensure!(!paths.is_empty(), "there is no PDF in {}", folder.display());
    Ok(paths)
}

/// The project's own samples.
pub fn samples() -> Result<Vec<PathBuf>> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests");
    Ok([pdfs(&tests.join("samples/pdf"))?, pdfs(&tests.join("compose/samples"))?].concat())
}

/// Where what is made for a run, and what comes of it, is kept.
pub fn work_folder() -> Result<PathBuf> {
    // A benchmark is built below the target folder.
    let program = std::env::current_exe()?;
    let target = program.ancestors().find(|folder| folder.join("release").is_dir()).context("no target folder")?;
    let folder = target.join("bench/documents");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}
