//! The worker: runs the jobs that need no decoder, and puts the recurring ones into the queue.

pub mod secrets;
