//! A slot of the pool: a thread that starts a child, talks to it, keeps its timeouts and replaces it.

use crate::call::Call;
use crate::ended::Ended;
use crate::process::{Process, readable};
use crate::protocol::{HEAD, Layers, MAX_ANSWER, MAX_PACKET, Tag, decode, encode};
use crate::settings::PoolSettings;
use crate::socket;
use std::collections::VecDeque;
use std::io::{self, PipeReader, Read};
use std::os::fd::AsFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, TryRecvError};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

/// Progress notes are handed on at most this often; the newest comes with the next one or is overtaken by the answer.
const PROGRESS_PAUSE: Duration = Duration::from_millis(50);
/// The longest an idle slot waits at once; only a bound for `poll`, as whatever happens wakes it.
const IDLE_WAIT: Duration = Duration::from_secs(3600);

/// A call on its way through a slot. The permits come back when the child is done with it and, if need be, dead.
pub struct QueuedCall {
    pub call: Call,
    pub answer: oneshot::Sender<Ended>,
    pub permits: Vec<OwnedSemaphorePermit>,
}

/// What the thread owns.
pub struct Slot {
    pub index: usize,
    pub settings: PoolSettings,
    pub calls: Receiver<QueuedCall>,
    /// A byte arrives when there is a call, when a caller has gone away, and when the pool closes.
    pub wake: PipeReader,
    pub idle: Arc<Mutex<VecDeque<usize>>>,
    pub layers: Arc<Mutex<Option<Layers>>>,
}

impl Slot {
    /// Runs until the pool is dropped.
    pub fn run(mut self) {
        let mut child = self.start().ok();
        while let Some(mut queued) = self.next(&mut child) {
            // A caller's callback may panic; the slot must not be lost with it.
            let performed = catch_unwind(AssertUnwindSafe(|| self.perform(child.take(), &mut queued)));
            let (ended, rest) = performed.unwrap_or_else(|_| (Ended::internal("a panic in the parent"), None));
            child = rest;
            // Everything is given back before the caller hears: its files are closed here, and the child is dead, so that
            // nobody can touch the output any more.
            let QueuedCall { answer, permits, call } = queued;
            drop(call);
            self.idle.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push_back(self.index);
            drop(permits);
            let _ = answer.send(ended);
            if child.is_none() {
                child = self.start().ok();
            }
        }
    }

    fn start(&self) -> io::Result<Process> {
        let started = Process::start(&self.settings);
        match started {
            Ok((process, layers)) => {
                *self.layers.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(layers);
                Ok(process)
            }
            Err(error) => {
                tracing::error!(%error, "a sandboxed child could not be started");
                Err(error)
            }
        }
    }

    /// Waits for the next call; `None` when the pool has closed. A child that dies or speaks unasked is let go.
    fn next(&mut self, child: &mut Option<Process>) -> Option<QueuedCall> {
        loop {
            match self.calls.try_recv() {
                Ok(queued) => return Some(queued),
                Err(TryRecvError::Disconnected) => return None,
                Err(TryRecvError::Empty) => {}
            }
            let until = Instant::now() + IDLE_WAIT;
            let wake = self.wake.as_fd();
            let ready = match &child {
                Some(process) => readable(&[wake, process.socket()], until).map(|[woken, spoke]| (woken, spoke)),
                None => readable(&[wake], until).map(|[woken]| (woken, false)),
            };
            // The kernel may be out of memory for a moment; there is no other way for this to fail.
            let (woken, spoke) = ready.unwrap_or_else(|_| {
                std::thread::sleep(Duration::from_millis(10));
                (false, false)
            });
            if spoke {
                tracing::warn!("an idle sandboxed child died or spoke unasked");
                *child = None;
            }
            if woken {
                self.drain_wake();
            }
        }
    }

    /// Takes the bytes that have arrived. Only called when there is one, so it does not wait.
    fn drain_wake(&mut self) {
        let mut bytes = [0; 64];
        let _ = self.wake.read(&mut bytes);
    }

    /// Runs one call. A child sees one call in its life: one that was taken over has nothing but the file that did it. What comes
    /// back is a child that has seen none.
    fn perform(&mut self, waiting: Option<Process>, queued: &mut QueuedCall) -> (Ended, Option<Process>) {
        if queued.answer.is_closed() {
            return (Ended::internal("cancelled before it began"), waiting);
        }
        if let Some(child) = waiting
            && let Some(ended) = self.perform_on(child, queued)
        {
            return (ended, None);
        }
        // There was none, or it died while it waited.
        match self.start() {
            Ok(child) => {
                let ended = self.perform_on(child, queued);
                (ended.unwrap_or_else(|| Ended::not_started("a new child died before it saw its call")), None)
            }
            Err(error) => (Ended::not_started(error.to_string()), None),
        }
    }

    /// `None` when the child was dead before it saw the call, so that another may have it.
    fn perform_on(&mut self, mut child: Process, queued: &mut QueuedCall) -> Option<Ended> {
        hand_over(&mut child, &queued.call).ok()?;
        let ended = match self.converse(&child, queued) {
            Reply::Answer(answer) => Ended::Answer(answer),
            Reply::Fatal(ended) => ended,
            Reply::Eof => match child.death() {
                Some(death) => Ended::of(&death),
                None => Ended::internal("the child closed its socket"),
            },
            Reply::EofBeforeBegun => return None,
        };
        Some(ended)
    }

    /// Reads from the child until it has answered, failed, died, or a timeout has passed.
    fn converse(&mut self, child: &Process, queued: &mut QueuedCall) -> Reply {
        let wall = Instant::now() + self.settings.wall;
        let mut stall = Instant::now() + self.settings.stall;
        let mut begun = false;
        let mut last_note: Option<Instant> = None;
        let mut buffer = vec![0; MAX_PACKET];
        loop {
            let until = wall.min(stall);
            let Ok([woken, spoke]) = readable(&[self.wake.as_fd(), child.socket()], until) else {
                return Reply::Fatal(Ended::internal("polling failed"));
            };
            if woken {
                self.drain_wake();
            }
            if queued.answer.is_closed() {
                return Reply::Fatal(Ended::internal("cancelled"));
            }
            // The timeouts come first: a child that never stops talking does not hold them up.
            let now = Instant::now();
            if now >= wall || (now >= stall && !spoke) {
                return Reply::Fatal(Ended::Timeout);
            }
            if !spoke {
                continue;
            }
            let length = match socket::receive(child.socket(), &mut buffer) {
                Ok(0) if begun => return Reply::Eof,
                // Nothing, or the kernel's word that the request is still in the socket.
                Ok(0) => return Reply::EofBeforeBegun,
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return Reply::EofBeforeBegun,
                Err(error) => return Reply::Fatal(Ended::internal(format!("reading from the child: {error}"))),
                Ok(length) if length > HEAD + MAX_ANSWER => {
                    return Reply::Fatal(Ended::internal(format!("the child sent {length} bytes")));
                }
                Ok(length) => length,
            };
            match decode(&buffer[..length]) {
                Some((Tag::Begun, number, _)) if number == child.job && !begun => begun = true,
                Some((Tag::Progress, number, note)) if number == child.job => {
                    stall = now + self.settings.stall;
                    if last_note.is_none_or(|at| now >= at + PROGRESS_PAUSE) {
                        last_note = Some(now);
                        if let Some(on_progress) = &mut queued.call.on_progress {
                            on_progress(note);
                        }
                    }
                }
                Some((Tag::Answer, number, answer)) if number == child.job => {
                    let answer = answer.to_vec();
                    return match socket::receive(child.socket(), &mut buffer) {
                        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Reply::Answer(answer),
                        _ => Reply::Fatal(Ended::internal("the child said more after its answer")),
                    };
                }
                Some((Tag::Fault, number, why)) if number == child.job => {
                    return Reply::Fatal(Ended::internal(one_line(&why[..why.len().min(500)])));
                }
                _ => return Reply::Fatal(Ended::internal("the child broke the protocol")),
            }
        }
    }
}

/// What came from a child for a call.
enum Reply {
    /// The handler's answer.
    Answer(Vec<u8>),
    /// A fatal outcome: a timeout, a cancelled call, a broken protocol, a fault the child reports itself.
    Fatal(Ended),
    /// The socket ended after the child had begun.
    Eof,
    /// The socket ended before the child had begun, so that another child may have the call.
    EofBeforeBegun,
}

/// What a child says, as one line: it goes into logs, where a second line could pass for one of ours.
fn one_line(said: &[u8]) -> String {
    String::from_utf8_lossy(said).chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn hand_over(child: &mut Process, call: &Call) -> io::Result<()> {
    child.job += 1;
    let packet = encode(Tag::Request, child.job, &call.request);
    socket::send_files(child.socket(), &packet, &[call.input.as_fd(), call.output.as_fd()])
}
