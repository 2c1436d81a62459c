//! One child process as its parent holds it: started without fork, always killed and reaped.

use crate::protocol::{CHILD_ARGUMENT, ChildSettings, Layers, MAX_PACKET, Tag, decode};
use crate::settings::PoolSettings;
use crate::socket;
use std::io::{self, PipeReader, Read};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Longest time a new child may take to confine itself. Two cores under full load need a moment.
const START: Duration = Duration::from_secs(10);
/// Longest time between the end of a child's socket and its death.
const DYING: Duration = Duration::from_secs(2);

/// A confined child, ready or at work.
pub struct Process {
    pid: i32,
    socket: OwnedFd,
    stderr: PipeReader,
    reaped: bool,
    /// The number of the job it is at, counted from 1.
    pub job: u32,
}

/// How a child died.
#[derive(Debug)]
pub struct Death {
    /// The signal, or 0 when it exited.
    pub signal: i32,
    /// The beginning of what it wrote to standard error. It may quote a file: for matching, not for logs.
    pub stderr: String,
}

impl Process {
    /// Starts a child and waits until it is confined. Call from a thread that outlives the child: the child is killed
    /// when the thread that started it ends.
    pub fn start(settings: &PoolSettings) -> io::Result<(Self, Layers)> {
        let (ours, theirs) = socket::pair()?;
        let (stderr, their_stderr) = io::pipe()?;
        let child_settings = ChildSettings {
            parent: std::process::id() as i32,
            memory_bytes: settings.memory_bytes,
            cpu_seconds: settings.cpu.as_secs().max(1),
            output_bytes: settings.output_bytes,
            nice: settings.nice,
        };
        // Nothing here may need code between fork and exec: std then uses posix_spawn, whose cost does not grow with
        // the parent's memory.
        let child = Command::new(&settings.program)
            .arg0("sandbox")
            .arg(CHILD_ARGUMENT)
            .arg(serde_json::to_string(&child_settings)?)
            .env_clear()
            .envs(settings.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::from(theirs))
            .stdout(Stdio::null())
            .stderr(Stdio::from(their_stderr))
            .spawn()?;
        let process = Self { pid: child.id() as i32, socket: ours, stderr, reaped: false, job: 0 };
        let layers = process.wait_until_ready()?;
        Ok((process, layers))
    }

    fn wait_until_ready(&self) -> io::Result<Layers> {
        let until = Instant::now() + START;
        while !readable(&[self.socket()], until)?[0] {
            if Instant::now() >= until {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "a new child did not get ready"));
            }
        }
        let mut buffer = vec![0; MAX_PACKET];
        let length = socket::receive(self.socket(), &mut buffer)?.min(MAX_PACKET);
        match decode(&buffer[..length]) {
            Some((Tag::Ready, 0, layers)) => Ok(serde_json::from_slice(layers)?),
            Some((Tag::Fault, 0, why)) => {
                Err(io::Error::other(format!("a child could not be confined: {}", String::from_utf8_lossy(why))))
            }
            _ => Err(io::Error::other("a new child did not say that it was ready")),
        }
    }

    /// The socket to it.
    pub fn socket(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }

    /// After its socket has ended: how it died, or `None` if it lives on and only closed the socket.
    pub fn death(mut self) -> Option<Death> {
        let until = Instant::now() + DYING;
        loop {
            if let Some(death) = self.reap(libc::WNOHANG) {
                return Some(death);
            }
            if Instant::now() >= until {
                return None;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn reap(&mut self, flags: i32) -> Option<Death> {
        let mut status = 0;
        // SAFETY: the pointer is to a local that outlives the call.
        if unsafe { libc::waitpid(self.pid, &mut status, flags) } != self.pid {
            return None;
        }
        self.reaped = true;
        let signal = if libc::WIFSIGNALED(status) { libc::WTERMSIG(status) } else { 0 };
        // The writing end died with it, so that reading ends.
        let mut stderr = vec![];
        let _ = self.stderr.by_ref().take(4096).read_to_end(&mut stderr);
        let stderr = String::from_utf8_lossy(&stderr).into_owned();
        Some(Death { signal, stderr })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if !self.reaped {
            // SAFETY: the process is ours and not reaped, so its number names nobody else.
            unsafe { libc::kill(self.pid, libc::SIGKILL) };
            // A signal may interrupt the wait.
            while self.reap(0).is_none() && io::Error::last_os_error().kind() == io::ErrorKind::Interrupted {}
        }
    }
}

/// Waits until one of the descriptors can be read or has ended, or the time is up, or a signal came: which ones.
pub fn readable<const N: usize>(descriptors: &[BorrowedFd<'_>; N], until: Instant) -> io::Result<[bool; N]> {
    let mut polled =
        descriptors.map(|descriptor| libc::pollfd { fd: descriptor.as_raw_fd(), events: libc::POLLIN, revents: 0 });
    let left = until.saturating_duration_since(Instant::now());
    // Rounded up, or the last millisecond would be spent in a busy loop.
    let timeout_ms = left.as_nanos().div_ceil(1_000_000).min(i32::MAX as u128) as i32;
    // SAFETY: the pointer and length are those of one array.
    if unsafe { libc::poll(polled.as_mut_ptr(), N as libc::nfds_t, timeout_ms) } < 0 {
        let error = io::Error::last_os_error();
        return if error.kind() == io::ErrorKind::Interrupted { Ok([false; N]) } else { Err(error) };
    }
    Ok(polled.map(|descriptor| descriptor.revents != 0))
}
