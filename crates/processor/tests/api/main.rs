//! The processor through its router, with a real database, a real store and, where a test asks for it, a real runner.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as loudly as tests")]

mod app;
mod avatars;
mod backpressure;
mod cache;
mod defects;
mod exports;
mod files;
mod health;
mod jobs;
mod lost_texts;
mod machine_faults;
mod maintenance;
mod optimize;
mod pages;
mod pictures;
mod queue;
mod reading;
mod reading_again;
mod recognition;
mod resumable;
mod scrub;
mod search_index;
mod statements;
mod sweep;
mod tenants;
mod uploads;
mod watched_folder;
mod words;
