//! What a child takes from itself before it reads a stranger's bytes, in the order that works: each step may need what
//! the next one forbids.

mod crash;
mod descriptors;
mod landlock;
mod limits;
mod seccomp;

pub use descriptors::{SOCKET, close_from};
pub use landlock::{FileRules, allow_files};
pub use limits::apply_to_program as limit_program;
pub use seccomp::apply_to_program as allow_program_calls;

use crate::protocol::{ChildSettings, Layers};
use crate::syscall::check;
use std::io;

/// Confines this process for good and says what was reached. An error means that it must not work.
pub fn enter(settings: &ChildSettings) -> io::Result<Layers> {
    die_with_parent(settings.parent)?;
    descriptors::keep_only_socket()?;
    // Nobody else's folder is kept busy by us, and relative paths mean nothing.
    std::env::set_current_dir("/")?;
    // Both need /proc, so before anything is denied.
    let killed_first = std::fs::write("/proc/self/oom_score_adj", "1000").is_ok();
    crash::leave_last_word(settings.memory_bytes)?;
    limits::apply(settings)?;
    privileges()?;
    let landlock = landlock::apply();
    seccomp::apply().map_err(io::Error::other)?;
    Ok(Layers { seccomp: true, landlock, limits: true, killed_first })
}

/// The kernel kills us when the thread that started us ends. It may have ended before we asked: then we have another
/// parent by now.
pub fn die_with_parent(parent: i32) -> io::Result<()> {
    // SAFETY: plain calls without pointers.
    unsafe {
        check(libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL))?;
        if libc::getppid() != parent {
            return Err(io::Error::other("the parent is gone"));
        }
    }
    Ok(())
}

/// No program we start could gain rights, and no process of the same user may look into our memory.
pub fn privileges() -> io::Result<()> {
    // SAFETY: plain calls without pointers.
    unsafe {
        check(libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))?;
        check(libc::prctl(libc::PR_SET_DUMPABLE, 0, 0, 0, 0))?;
    }
    Ok(())
}
