//! One child's place in the pool: a thread that starts the child, talks to it, keeps the clocks and replaces it.

use crate::confine::Layers;
use crate::ended::Ended;
use crate::pool::Call;
use crate::process::{Process, readable};
use crate::protocol::{HEAD, MAX_ANSWER, MAX_PACKET, Tag, decode, encode};
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
const NOTES_APART: Duration = Duration::from_millis(50);
/// A job longer than this was not small, whatever its caller thought.
const SMALL: Duration = Duration::from_millis(250);
/// The longest a slot waits without looking round.
const LONG: Duration = Duration::from_secs(3600);

/// A call on its way through a slot. The permits come back when the child is done with and, if need be, dead.
pub struct Job {
    pub call: Call,
    pub answer: oneshot::Sender<Ended>,
    pub permits: [OwnedSemaphorePermit; 2],
}

/// What the thread owns.
pub struct Slot {
    pub index: usize,
    pub settings: PoolSettings,
    pub jobs: Receiver<Job>,
    /// A byte arrives when there is a job, when a caller has gone away, and when the pool closes.
    pub wake: PipeReader,
    pub idle: Arc<Mutex<VecDeque<usize>>>,
    pub layers: Arc<Mutex<Option<Layers>>>,
}

impl Slot {
    /// Runs until the pool is dropped.
    pub fn run(mut self) {
        let mut child = self.start().ok();
        while let Some(mut job) = self.next(&mut child) {
            // A caller's callback may panic; the slot must not be lost with it.
            let performed = catch_unwind(AssertUnwindSafe(|| self.perform(child.take(), &mut job)));
            let (ended, rest) = performed.unwrap_or_else(|_| (Ended::internal("a panic in the parent"), None));
            child = rest;
            // Everything is given back before the caller hears: its files are closed here, and a child that is not
            // kept is dead, so that nobody can touch the output any more.
            let Job { answer, permits, call } = job;
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

    /// Waits for the next job; `None` when the pool has closed. A child that dies or speaks unasked is let go.
    fn next(&mut self, child: &mut Option<Process>) -> Option<Job> {
        loop {
            match self.jobs.try_recv() {
                Ok(job) => return Some(job),
                Err(TryRecvError::Disconnected) => return None,
                Err(TryRecvError::Empty) => {}
            }
            let until = Instant::now() + LONG;
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

    /// Runs one job. The child comes back if it may be used again.
    fn perform(&mut self, waiting: Option<Process>, job: &mut Job) -> (Ended, Option<Process>) {
        if job.answer.is_closed() {
            return (Ended::internal("cancelled before it began"), waiting);
        }
        if let Some(child) = waiting
            && let Some(performed) = self.perform_on(child, job)
        {
            return performed;
        }
        // There was none, or it died while it waited.
        match self.start() {
            Ok(child) => {
                let performed = self.perform_on(child, job);
                performed.unwrap_or_else(|| (Ended::internal("a new child died before it saw its job"), None))
            }
            Err(error) => (Ended::internal(error.to_string()), None),
        }
    }

    /// `None` when the child was dead before it saw the job, so that another may have it.
    fn perform_on(&mut self, mut child: Process, job: &mut Job) -> Option<(Ended, Option<Process>)> {
        hand_over(&mut child, &job.call).ok()?;
        let began = Instant::now();
        let ended = match self.converse(&child, job) {
            Said::Answer(answer) => {
                let keep = job.call.reuse_child && began.elapsed() < SMALL && self.may_stay(&child);
                return Some((Ended::Answer(answer), keep.then_some(child)));
            }
            Said::Last(ended) => ended,
            Said::Nothing => match child.death() {
                Some(death) => Ended::of(&death),
                None => Ended::internal("the child closed its socket"),
            },
            Said::NeverBegun => return None,
        };
        Some((ended, None))
    }

    fn may_stay(&self, child: &Process) -> bool {
        child.job < self.settings.warm_jobs && child.resident_bytes() <= self.settings.warm_bytes
    }

    /// Listens to the child until it has answered, failed, died, or a clock has run out.
    fn converse(&mut self, child: &Process, job: &mut Job) -> Said {
        let wall = Instant::now() + self.settings.wall;
        let mut stall = Instant::now() + self.settings.stall;
        let mut begun = false;
        let mut noted: Option<Instant> = None;
        let mut buffer = vec![0; MAX_PACKET];
        loop {
            let until = wall.min(stall);
            let Ok([woken, spoke]) = readable(&[self.wake.as_fd(), child.socket()], until) else {
                return Said::Last(Ended::internal("polling failed"));
            };
            if woken {
                self.drain_wake();
            }
            if job.answer.is_closed() {
                return Said::Last(Ended::internal("cancelled"));
            }
            // The clocks come first: a child that never stops talking does not hold them up.
            let now = Instant::now();
            if now >= wall || (now >= stall && !spoke) {
                return Said::Last(Ended::Timeout);
            }
            if !spoke {
                continue;
            }
            let length = match socket::receive(child.socket(), &mut buffer) {
                Ok(0) if begun => return Said::Nothing,
                // Nothing, or the kernel's word that the request is still in the socket.
                Ok(0) => return Said::NeverBegun,
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return Said::NeverBegun,
                Err(error) => return Said::Last(Ended::internal(format!("reading from the child: {error}"))),
                Ok(length) if length > HEAD + MAX_ANSWER => {
                    return Said::Last(Ended::internal(format!("the child sent {length} bytes")));
                }
                Ok(length) => length,
            };
            match decode(&buffer[..length]) {
                Some((Tag::Begun, number, _)) if number == child.job && !begun => begun = true,
                Some((Tag::Progress, number, note)) if number == child.job => {
                    stall = now + self.settings.stall;
                    if noted.is_none_or(|at| now >= at + NOTES_APART) {
                        noted = Some(now);
                        if let Some(on_progress) = &mut job.call.on_progress {
                            on_progress(note);
                        }
                    }
                }
                Some((Tag::Answer, number, answer)) if number == child.job => {
                    let answer = answer.to_vec();
                    return match socket::receive(child.socket(), &mut buffer) {
                        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Said::Answer(answer),
                        _ => Said::Last(Ended::internal("the child said more after its answer")),
                    };
                }
                Some((Tag::Fault, number, why)) if number == child.job => {
                    return Said::Last(Ended::internal(String::from_utf8_lossy(&why[..why.len().min(500)])));
                }
                _ => return Said::Last(Ended::internal("the child broke the protocol")),
            }
        }
    }
}

/// What a child made of its job.
enum Said {
    Answer(Vec<u8>),
    Last(Ended),
    /// Its socket ended.
    Nothing,
    /// Its socket ended before it had begun.
    NeverBegun,
}

fn hand_over(child: &mut Process, call: &Call) -> io::Result<()> {
    child.job += 1;
    let packet = encode(Tag::Request, child.job, &call.request);
    socket::send_files(child.socket(), &packet, &[call.input.as_fd(), call.output.as_fd()])
}
