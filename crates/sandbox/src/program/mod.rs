//! Programs of the machine, such as a recogniser that exists as a command only: run confined, each for one input.
//!
//! The parent starts itself, and that copy takes rights from itself and then becomes the program ([`launch`]). The program
//! may read itself, its libraries and what it was given by name, may write nothing but its standard output, reaches no
//! network, starts no process or thread, and has bounded memory and time. Where the kernel cannot keep it from files it is not run.

mod launch;
mod linked;
mod run;

pub(crate) use launch::main;
pub use linked::linked_files;
pub(crate) use run::run;

use crate::Ended;
use std::path::PathBuf;
use std::time::Duration;

/// A program, what it is told, and what it may have.
#[derive(Debug, Clone)]
pub struct Program {
    /// Where it is.
    pub path: PathBuf,
    /// What it is told.
    pub arguments: Vec<String>,
    /// Its whole environment.
    pub environment: Vec<(String, String)>,
    /// What it may read beside itself: its libraries ([`linked_files`]), its data; of a folder all that is in it.
    pub readable: Vec<PathBuf>,
    /// Memory it may map (RLIMIT_AS), its code included.
    pub memory_bytes: u64,
    /// Longest time in all; half as much again in processor time is the backstop.
    pub wall: Duration,
    /// Bytes it may write to standard output; more is a failure.
    pub output_bytes: usize,
}

/// How a program ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exited {
    /// Its standard output as the answer when it exited with 0; [`Ended::Crashed`] with signal 0 when it exited with
    /// something else.
    pub ended: Ended,
    /// The beginning of what it wrote to standard error. It may quote its input: not for logs.
    pub stderr: String,
}
