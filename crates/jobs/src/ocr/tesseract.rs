//! Tesseract, the command: one confined run for one page.

use super::tsv::{self, Read};
use model::{OcrLanguages, tesseract_arguments};
use sandbox::{Ended, Exited, Pool, Program};
use std::fs::File;
use std::path::PathBuf;
use std::time::Duration;

/// Longest time for one page; a dense one takes some seconds.
const WALL: Duration = Duration::from_secs(120);
/// Memory for one page, the program itself included. The largest picture we draw takes a third of it.
const MEMORY_BYTES: u64 = 640 << 20;
/// What a page full of words comes to is far less.
const OUTPUT_BYTES: usize = 16 << 20;

/// Where the command is and what it reads.
#[derive(Debug, Clone)]
pub struct Tesseract {
    pub(super) program: PathBuf,
    /// Its libraries and its data.
    pub(super) readable: Vec<PathBuf>,
    pub(super) environment: Vec<(String, String)>,
}

impl Tesseract {
    /// Recognises the page in a picture, opened read-only, which one of our readers drew.
    pub(super) async fn read(&self, pool: &Pool, languages: &OcrLanguages, picture: File) -> Result<Read, Ended> {
        let Exited { ended, .. } = pool.run_program(self.command(&tesseract_arguments(languages)), picture).await;
        match ended {
            Ended::Answer(output) => Ok(tsv::read(&String::from_utf8_lossy(&output))),
            other => Err(other),
        }
    }

    /// A run with these arguments.
    pub(super) fn command(&self, arguments: &[&str]) -> Program {
        Program {
            path: self.program.clone(),
            arguments: arguments.iter().map(|&argument| argument.to_owned()).collect(),
            environment: self.environment.clone(),
            readable: self.readable.clone(),
            memory_bytes: MEMORY_BYTES,
            wall: WALL,
            output_bytes: OUTPUT_BYTES,
        }
    }
}
