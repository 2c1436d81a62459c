#![doc = include_str!("../README.md")]

mod backoff;
mod change;
mod claim;
mod counts;
mod enqueue;
mod error;
mod finish;
mod handler;
mod id;
mod inspect;
#[cfg(test)]
mod interleavings;
mod job;
mod maintain;
mod queue;
mod runner;
mod text;
mod workers;

pub use change::{Changed, cancel, retry};
pub use counts::{KindCounts, counts, counts_of};
pub use enqueue::{Enqueued, NewJob, enqueue, enqueue_many};
pub use error::Error;
pub use handler::{Done, Failure, Handler};
pub use id::JobId;
pub use inspect::{AttemptError, Filter, JobRecord, Status, find, list};
pub use job::Job;
pub use maintain::{Maintained, maintain, retention};
pub use queue::Queue;
pub use runner::{Builder, Runner};
pub use workers::{Reaped, reap};
