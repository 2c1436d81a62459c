//! PP-OCR's models, run by a process of our own program: one confined run for one page. The program itself is not known here;
//! whoever has it says how it is called.

use super::tsv::{self, Read};
use sandbox::{Ended, Exited, Pool, Program, linked_files};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Longest time for one page; a dense one takes some ten seconds.
const WALL: Duration = Duration::from_secs(180);
/// Memory for one page, the program and its models included; the largest page takes half of it.
const MEMORY_BYTES: u64 = 768 << 20;
/// What a page full of words comes to is far less.
const OUTPUT_BYTES: usize = 16 << 20;
/// The runtime of the models would start threads, and none may be.
const ONE_THREAD: (&str, &str) = ("RTEN_NUM_THREADS", "1");

/// How our program is called to recognise text.
#[derive(Debug, Clone)]
pub struct OwnProgram {
    /// Where it is.
    pub path: PathBuf,
    /// The argument, before the models' folder, that has it look whether it could.
    pub check: &'static str,
    /// The argument, before the models' folder, that has it read a page.
    pub read: &'static str,
    /// What its own words begin with. They say nothing of the page, so that they may be shown.
    pub message_prefix: &'static str,
}

/// Models that are there, and the program that uses them.
#[derive(Debug, Clone)]
pub struct Accurate {
    program: OwnProgram,
    models: PathBuf,
    /// The program's libraries and the models.
    readable: Vec<PathBuf>,
}

/// Has our program, confined as it will be, look whether the folder has its models and whether they work.
pub async fn find_models(pool: &Pool, program: OwnProgram, models: &Path) -> Result<Accurate, String> {
    let asked = program.path.clone();
    let linked = tokio::task::spawn_blocking(move || linked_files(&asked)).await;
    let linked = linked.map_err(|error| error.to_string())?;
    let mut readable = linked.map_err(|error| format!("{}: {error}", program.path.display()))?;
    // As it is seen from inside: behind links, from the root.
    let models = std::path::absolute(models).map_err(|error| format!("{}: {error}", models.display()))?;
    readable.push(models.clone());
    let found = Accurate { program, models, readable };
    let nothing = File::open("/dev/null").map_err(|error| format!("/dev/null: {error}"))?;
    match pool.run_program(found.command(found.program.check), nothing).await {
        Exited { ended: Ended::Answer(_), .. } => Ok(found),
        exited => {
            let why = found.program.own_words(&exited).unwrap_or_else(|| {
                let said = exited.stderr.lines().next().unwrap_or_default();
                format!("{:?} {said}", exited.ended)
            });
            Err(format!(
                "The models of OCR_ENGINE=accurate cannot be used: {why}. `make ocr-models` puts them into OCR_MODELS; OCR_ENGINE=tesseract does without."
            ))
        }
    }
}

impl Accurate {
    /// Recognises the page in a picture, opened read-only, which one of our readers drew.
    pub(super) async fn read(&self, pool: &Pool, picture: File) -> Result<Read, Ended> {
        let exited = pool.run_program(self.command(self.program.read), picture).await;
        match (self.program.own_words(&exited), exited.ended) {
            (_, Ended::Answer(output)) => Ok(tsv::read(&String::from_utf8_lossy(&output))),
            // Models that were there at the start and are not now: nothing the page has done.
            (Some(why), Ended::Crashed { signal: 0 }) => Err(Ended::Internal { detail: why }),
            (_, other) => Err(other),
        }
    }

    fn command(&self, argument: &str) -> Program {
        Program {
            path: self.program.path.clone(),
            arguments: vec![argument.to_owned(), self.models.display().to_string()],
            environment: vec![(ONE_THREAD.0.into(), ONE_THREAD.1.into())],
            readable: self.readable.clone(),
            memory_bytes: MEMORY_BYTES,
            wall: WALL,
            output_bytes: OUTPUT_BYTES,
        }
    }
}

impl OwnProgram {
    /// Why the program did not do what it should, when it said so itself.
    fn own_words(&self, exited: &Exited) -> Option<String> {
        Some(exited.stderr.lines().next()?.strip_prefix(self.message_prefix)?.to_owned())
    }
}
