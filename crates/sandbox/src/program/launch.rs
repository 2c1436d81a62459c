//! The copy of ourselves that becomes a program: every right goes first, in the order that works.

use super::Program;
use crate::confine::{self, FileRules};
use crate::protocol::LandlockState;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

/// How much a program gives way to whoever else wants the processor.
const NICE: i32 = 10;
/// What a shell says when a program cannot be run.
const CANNOT_RUN: i32 = 126;
/// Why a program is refused, in the words that `/health` shows.
const NO_FILE_WALL: &str =
    "this kernel or container has no Landlock, without which no other program is run on people's files";

/// What the parent says, as JSON in the second argument.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Launch {
    parent: i32,
    path: PathBuf,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    readable: Vec<PathBuf>,
    memory_bytes: u64,
    cpu_seconds: u64,
}

impl Launch {
    pub fn of(program: &Program) -> Self {
        Self {
            parent: std::process::id() as i32,
            path: program.path.clone(),
            arguments: program.arguments.clone(),
            environment: program.environment.clone(),
            readable: program.readable.clone(),
            memory_bytes: program.memory_bytes,
            cpu_seconds: (program.wall.as_secs() * 3 / 2).max(1),
        }
    }
}

/// Becomes the program, or says on standard error why not.
pub(crate) fn main() -> ! {
    let Err(error) = become_program();
    let said = format!("sandbox: {error}");
    // SAFETY: the pointer and length are those of one string; nothing of ours needs exit handlers.
    unsafe {
        libc::write(2, said.as_ptr().cast(), said.len());
        libc::_exit(CANNOT_RUN)
    }
}

fn become_program() -> io::Result<Infallible> {
    let launch: Launch = serde_json::from_str(&std::env::args().nth(2).unwrap_or_default())?;
    confine::die_with_parent(launch.parent)?;
    confine::close_from(3);
    std::env::set_current_dir("/")?;
    // Best effort both: they decide who goes first, not what may be done.
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
    // SAFETY: a plain call without pointers.
    unsafe { libc::setpriority(libc::PRIO_PROCESS as _, 0, NICE) };
    confine::limit_program(launch.memory_bytes, launch.cpu_seconds)?;
    confine::privileges()?;
    // Its list of system calls lets it open files, as a program without its libraries and data is none. Without the wall that says
    // which ones, a taken-over one could read every file we can.
    if confine::allow_files(&FileRules { program: &launch.path, readable: &launch.readable }) == LandlockState::None {
        return Err(io::Error::other(NO_FILE_WALL));
    }
    confine::allow_program_calls().map_err(io::Error::other)?;
    let mut command = Command::new(&launch.path);
    Err(command.args(&launch.arguments).env_clear().envs(launch.environment).exec())
}
