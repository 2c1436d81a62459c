//! The other side: Node with one of the sharps, installed from the lock file beside this program.

use crate::sets::Set;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers")
}

/// The command that measures one peer; `threads` 0 leaves it the number it takes by itself.
pub fn command(package: &str, threads: u32, runs: usize, file: &Path, outdir: &Path, set: &Set) -> Command {
    let mut command = Command::new("node");
    command.current_dir(folder()).arg("work.mjs").arg(package);
    command.arg(threads.to_string()).arg(runs.to_string()).arg(file).arg(outdir);
    for row in set.rows() {
        let format = row.format.mime().trim_start_matches("image/");
        command.arg(format!("{}:{}:{format}:{}", row.name, row.max_width, row.quality));
    }
    command
}

/// Makes a camera-sized JPEG of a smaller picture. The size is as seen.
pub fn tile(source: &Path, (width, height): (u32, u32), orientation: u8, out: &Path) -> Result<()> {
    let (size, orientation) = ([width, height].map(|side| side.to_string()), orientation.to_string());
    run(Command::new("node")
        .current_dir(folder())
        .args(["picture.mjs", "tile"])
        .arg(source)
        .args(size)
        .arg(orientation)
        .arg(out))
}

/// Width, height and RGB of a picture at its full size: upright, sRGB, on white.
pub fn pixels(file: &Path) -> Result<(usize, usize, Vec<u8>)> {
    let out = tempfile::NamedTempFile::new()?;
    run(Command::new("node").current_dir(folder()).args(["picture.mjs", "raw"]).arg(file).arg(out.path()))?;
    let mut bytes = std::fs::read(out.path())?;
    let number = |at: usize| bytes[at..at + 4].try_into().map(u32::from_le_bytes).map(|number| number as usize);
    let (width, height) = (number(0)?, number(4)?);
    bytes.drain(..8);
    Ok((width, height, bytes))
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output().context("node is missing")?;
    if !output.status.success() {
        bail!("{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}
