//! How a client takes what it is answered. Whoever takes next to nothing is closed: its answer is held for it in memory.
//!
//! What the kernel takes says little: it takes megabytes at once, and between two of its steps half a minute passes when the
//! client is a slow phone. So what counts is what the client has acknowledged, which the kernel is asked for once a second
//! while it takes nothing more.

use super::limits::ReaderLimits;
use crate::credit::Credit;
use socket2::SockRef;
use std::io;
use std::os::fd::AsRawFd;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};

/// How often a client that is waited for is looked at.
const TICK: Duration = Duration::from_secs(1);
/// What an answer whose length nobody knows holds: what the connection writes at once, and the piece behind it.
const STREAM_BYTES: usize = 128 << 10;
/// What an answer holds at the most. What is larger and whole lies in the program itself, once for all.
const WHOLE_BYTES: usize = 256 << 10;
const NOT_BLOCKED: u64 = u64::MAX;

/// What the table of connections knows of a reader. Only its own socket changes it.
#[derive(Debug)]
pub(super) struct Reader {
    /// Since when it has taken nothing, on the table's clock.
    silent_since_ms: AtomicU64,
    /// What the answer under way holds.
    answer_bytes: AtomicUsize,
    /// The same while it is waited for.
    held_bytes: AtomicUsize,
}

impl Reader {
    pub(super) fn new() -> Self {
        Self { silent_since_ms: NOT_BLOCKED.into(), answer_bytes: 0.into(), held_bytes: 0.into() }
    }

    /// An answer begins, of so many bytes where they are all there.
    pub(super) fn is_answered_with(&self, bytes: Option<u64>) {
        let bytes = bytes.map_or(STREAM_BYTES, |bytes| bytes.min(WHOLE_BYTES as u64) as usize);
        self.answer_bytes.store(bytes, Ordering::Relaxed);
    }

    /// It is waited for from now on. Says how many bytes are held for it.
    pub(super) fn blocks(&self, now_ms: u64) -> usize {
        let bytes = self.answer_bytes.load(Ordering::Relaxed);
        self.held_bytes.store(bytes, Ordering::Relaxed);
        self.has_taken(now_ms);
        bytes
    }

    /// It is waited for, and has taken something.
    pub(super) fn has_taken(&self, now_ms: u64) {
        self.silent_since_ms.store(now_ms, Ordering::Relaxed);
    }

    /// It is not waited for any more. Says how many bytes were held for it.
    pub(super) fn goes_on(&self) -> usize {
        self.silent_since_ms.store(NOT_BLOCKED, Ordering::Relaxed);
        self.held_bytes.swap(0, Ordering::Relaxed)
    }

    /// The end of an answer waits for it.
    pub(super) fn is_blocked(&self) -> bool {
        self.silent_since_ms.load(Ordering::Relaxed) != NOT_BLOCKED
    }

    /// How long it has taken nothing of what waits for it.
    pub(super) fn silent_ms(&self, now_ms: u64) -> u64 {
        match self.silent_since_ms.load(Ordering::Relaxed) {
            NOT_BLOCKED => 0,
            since_ms => now_ms.saturating_sub(since_ms),
        }
    }
}

/// What a socket knows of its reader.
#[derive(Debug)]
pub(super) struct Outflow {
    credit: Credit,
    /// What the kernel has taken in all.
    taken_bytes: u64,
    looked_at: Option<Instant>,
    clock: Option<Pin<Box<Sleep>>>,
}

impl Outflow {
    /// Of a new connection, of whose answers the kernel keeps little that is not on its way yet, where they are strangers'.
    pub(super) fn begin(stream: &TcpStream, limits: &ReaderLimits) -> io::Result<Self> {
        if let Some(bytes) = limits.unsent_bytes {
            SockRef::from(stream).set_tcp_notsent_lowat(bytes)?;
        }
        Ok(Self {
            credit: Credit::new(limits.first_silence, limits.longest_silence),
            taken_bytes: 0,
            looked_at: None,
            clock: None,
        })
    }

    /// The kernel has taken bytes. True when it was waited for.
    pub(super) fn takes(&mut self, bytes: usize) -> bool {
        self.taken_bytes += bytes as u64;
        let Some(looked_at) = self.looked_at.take() else { return false };
        self.credit.spend(looked_at.elapsed());
        true
    }

    /// The kernel takes nothing. True when it did until now.
    pub(super) fn blocks(&mut self) -> bool {
        if self.looked_at.is_some() {
            return false;
        }
        let now = Instant::now();
        self.looked_at = Some(now);
        match &mut self.clock {
            None => self.clock = Some(Box::pin(sleep_until(now + TICK))),
            Some(clock) if clock.is_elapsed() => clock.as_mut().reset(now + TICK),
            Some(_) => {}
        }
        true
    }

    /// Waits for the next look at who is waited for. Says whether it has taken something by then; an error when its time is over.
    pub(super) fn poll_look(&mut self, stream: &TcpStream, context: &mut Context<'_>) -> Poll<io::Result<bool>> {
        let (Some(clock), Some(looked_at)) = (&mut self.clock, &mut self.looked_at) else { return Poll::Pending };
        ready!(clock.as_mut().poll(context));
        let now = Instant::now();
        clock.as_mut().reset(now + TICK);
        self.credit.spend(now.duration_since(*looked_at));
        *looked_at = now;
        let has_taken = self.credit.earn(self.taken_bytes.saturating_sub(unacknowledged_bytes(stream)?));
        let late = || io::Error::new(io::ErrorKind::TimedOut, "the client takes too little of its answer");
        Poll::Ready(if self.credit.is_over() { Err(late()) } else { Ok(has_taken) })
    }
}

/// What the kernel has taken and the other side has not acknowledged.
#[expect(unsafe_code, reason = "no library that we have asks the kernel for it")]
fn unacknowledged_bytes(stream: &TcpStream) -> io::Result<u64> {
    let mut bytes: libc::c_int = 0;
    // SAFETY: the descriptor is open while the stream is borrowed, and of a socket this writes one int (SIOCOUTQ, tcp(7)).
    let result = unsafe { libc::ioctl(stream.as_raw_fd(), libc::TIOCOUTQ, &raw mut bytes) };
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(u64::try_from(bytes).unwrap_or(0)) }
}

/// Closing a socket leaves what it has not sent to the kernel, which would offer it for minutes. This gives it up at once.
pub(super) fn forget_unsent(stream: &TcpStream) {
    if let Err(error) = SockRef::from(stream).set_linger(Some(Duration::ZERO)) {
        tracing::debug!(%error, "the rest of an answer stays with the kernel");
    }
}
