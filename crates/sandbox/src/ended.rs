//! How a job ended, and how to tell from the way a child died.

use crate::process::Death;
use crate::protocol::MEMORY_USED_UP;

/// How a job ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// The handler answered; nothing in it has been checked but its length.
    Answer(Vec<u8>),
    /// A clock ran out: no progress, too long in all, or too much processor time.
    Timeout,
    /// An allocation was refused, or the kernel ran out of memory and chose this child.
    Memory,
    /// The child died of this signal, or with 0 left by itself without an answer.
    Crashed {
        /// The signal's number.
        signal: i32,
    },
    /// No child could be started, or it died before it saw the call: the machine has no process or memory for one.
    NotStarted {
        /// What happened.
        detail: String,
    },
    /// Our own fault: the handler panicked, the protocol was broken.
    Internal {
        /// What happened.
        detail: String,
    },
}

impl Ended {
    pub(crate) fn internal(detail: impl Into<String>) -> Self {
        Self::Internal { detail: detail.into() }
    }

    pub(crate) fn not_started(detail: impl Into<String>) -> Self {
        Self::NotStarted { detail: detail.into() }
    }

    /// What a death without an answer means.
    ///
    /// Rust says on standard error that an allocation was refused, and aborts. Where a C library or the stack ran out,
    /// the child's crash handler says so. A SIGKILL here is not ours, so it is the kernel's: out of memory. A child
    /// could say the same without need; that gains it nothing.
    pub(crate) fn of(death: &Death) -> Self {
        let refused = death.stderr.contains("memory allocation of ") && death.stderr.contains(" bytes failed");
        match death.signal {
            libc::SIGKILL => Self::Memory,
            libc::SIGXCPU => Self::Timeout,
            libc::SIGABRT | libc::SIGBUS | libc::SIGSEGV if refused || death.stderr.contains(MEMORY_USED_UP) => {
                Self::Memory
            }
            signal => Self::Crashed { signal },
        }
    }
}
