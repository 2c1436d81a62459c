//! A job table in Postgres and its runner.

mod change;
mod counts;
mod enqueue;
mod error;
mod finish;
mod handler;
mod id;
mod inspect;
mod job;
mod queue;
mod text;

pub use change::{Changed, cancel, retry};
pub use counts::{KindCounts, counts, counts_of};
pub use enqueue::{Enqueued, NewJob, enqueue, enqueue_many};
pub use error::Error;
pub use handler::{Done, Failure, Handler};
pub use id::JobId;
pub use inspect::{AttemptError, Filter, JobRecord, Status, find, list};
pub use job::Job;
pub use queue::Queue;
