//! The parent's side of a program: start it, read its output, and end it at a timeout or a bound. Blocking.

use super::launch::Launch;
use super::{Exited, Program};
use crate::Ended;
use crate::process::readable;
use crate::protocol::PROGRAM_ARGUMENT;
use std::fs::File;
use std::io::{self, PipeReader, Read};
use std::os::fd::AsFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// What is kept of standard error.
const MAX_STDERR_BYTES: usize = 4096;
/// Between two looks at a program that has closed its output and lives on.
const LOOK: Duration = Duration::from_millis(2);

/// Runs the program on `input`, through a copy of `own` (this program). `stop` ends it when its other end is closed. To be
/// called on a thread that lives on until this returns: the program dies with the thread that started it.
pub(crate) fn run(own: &Path, program: &Program, input: File, stop: &PipeReader) -> Exited {
    let until = Instant::now() + program.wall;
    match start(own, program, input) {
        Ok((mut running, stdout, stderr)) => {
            let output = read_output(program, &stdout, &stderr, stop, until);
            let ended = match output.ended {
                Some(ended) => ended,
                None => match wait(&mut running, until) {
                    Some(status) => ended(status, output.stdout, &output.stderr),
                    None => Ended::Timeout,
                },
            };
            let _ = running.kill();
            let _ = running.wait();
            Exited { ended, stderr: output.stderr }
        }
        Err(error) => {
            Exited { ended: Ended::not_started(format!("starting a program: {error}")), stderr: String::new() }
        }
    }
}

fn start(own: &Path, program: &Program, input: File) -> io::Result<(Child, PipeReader, PipeReader)> {
    let (output, their_output) = io::pipe()?;
    let (errors, their_errors) = io::pipe()?;
    // As for children: nothing between fork and exec, so that std uses posix_spawn.
    let child = Command::new(own)
        .arg0("sandbox")
        .arg(PROGRAM_ARGUMENT)
        .arg(serde_json::to_string(&Launch::of(program))?)
        .env_clear()
        .stdin(Stdio::from(input))
        .stdout(Stdio::from(their_output))
        .stderr(Stdio::from(their_errors))
        .spawn()?;
    Ok((child, output, errors))
}

/// What a program wrote, and how it ended where that is known already.
struct Output {
    stdout: Vec<u8>,
    stderr: String,
    ended: Option<Ended>,
}

fn read_output(
    program: &Program,
    output: &PipeReader,
    errors: &PipeReader,
    stop: &PipeReader,
    until: Instant,
) -> Output {
    let (mut stdout, mut stderr) = (vec![], vec![]);
    // Standard error may be inherited by nobody, so both end with the program.
    let (mut output_open, mut errors_open) = (true, true);
    let ended = loop {
        if !output_open && !errors_open {
            break None;
        }
        if Instant::now() >= until {
            break Some(Ended::Timeout);
        }
        // What has ended is always readable, so it is not asked about again.
        let first = if output_open { output.as_fd() } else { errors.as_fd() };
        let second = if errors_open { errors.as_fd() } else { output.as_fd() };
        let Ok([one, two, stopped]) = readable(&[first, second, stop.as_fd()], until) else {
            break Some(Ended::internal("polling failed"));
        };
        if stopped {
            break Some(Ended::internal("cancelled"));
        }
        if one && output_open {
            output_open = take(output, &mut stdout);
        }
        if two && errors_open {
            errors_open = take(errors, &mut stderr);
            stderr.truncate(MAX_STDERR_BYTES);
        }
        if stdout.len() > program.output_bytes {
            break Some(Ended::internal(format!("a program wrote more than {} bytes", program.output_bytes)));
        }
    };
    Output { stdout, stderr: String::from_utf8_lossy(&stderr).into_owned(), ended }
}

/// Reads what is there; false at the end.
fn take(mut from: &PipeReader, into: &mut Vec<u8>) -> bool {
    let mut buffer = [0; 16 << 10];
    match from.read(&mut buffer) {
        Ok(0) => false,
        Ok(length) => {
            into.extend_from_slice(&buffer[..length]);
            true
        }
        Err(error) => error.kind() == io::ErrorKind::Interrupted,
    }
}

fn wait(running: &mut Child, until: Instant) -> Option<ExitStatus> {
    loop {
        match running.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if Instant::now() < until => std::thread::sleep(LOOK),
            _ => return None,
        }
    }
}

/// C++ says `bad_alloc` when memory was refused, Rust names the allocation, C libraries say it in many ways. A SIGKILL is not ours
/// here, so it is the kernel's: out of memory.
fn ended(status: ExitStatus, stdout: Vec<u8>, stderr: &str) -> Ended {
    let refused = [
        "bad_alloc",
        "annot allocate memory",
        "malloc fail",
        "memory exhausted",
        "out of memory",
        "memory allocation of ",
    ];
    match status.signal() {
        None if status.success() => Ended::Answer(stdout),
        Some(libc::SIGXCPU) => Ended::Timeout,
        Some(libc::SIGKILL) => Ended::Memory,
        _ if refused.iter().any(|words| stderr.contains(words)) => Ended::Memory,
        signal => Ended::Crashed { signal: signal.unwrap_or(0) },
    }
}
