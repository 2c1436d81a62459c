#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod backoff;
mod batch;
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
mod limits;
mod maintain;
mod notify;
mod orphaned;
mod pause;
mod pressure;
mod queue;
mod recent;
mod replay;
mod runner;
mod schedule;
mod segment;
mod sql;
mod text;
mod waiters;
mod workers;

pub use change::{Changed, cancel, retry};
pub use counts::{KindCounts, counts, counts_of};
pub use enqueue::{Enqueued, NewJob, enqueue, enqueue_many};
pub use error::Error;
pub use handler::{Done, Failure, Handler};
pub use id::JobId;
pub use inspect::{
    AttemptError, Filter, JobRecord, Progress, Status, Visibility, find, find_all, find_visible, is_in_flight, list,
    list_visible,
};
pub use job::{Job, JobFields};
pub use limits::{Limit, Rate};
pub use maintain::{Maintained, maintain, retention};
pub use orphaned::orphaned;
pub use pause::{Paused, pause, paused, resume};
pub use pressure::{pending, pending_under};
pub use queue::Queue;
pub use recent::{Recent, recent};
pub use replay::{DeadGroup, DeadLetters, dead_letters, replay};
pub use runner::{Builder, KindOptions, Runner};
pub use schedule::{Missed, Schedule, declare_schedule, remove_schedule, tick};
pub use workers::{Reaped, reap};
