//! The whole suite for one test: a fresh database, the real `migrate` and the real services on free ports, stopped and
//! dropped at the end. The binaries are those beside the test, in `target/<profile>/`; `make test` builds them first.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "these are helpers of tests, and fail as tests do")]

mod api;
mod cluster;
mod database;
mod postgres_home;
mod processor;
pub mod samples;
mod service;
mod suite;
mod wait;

pub use api::Api;
pub use cluster::{Cluster, Stop};
pub use postgres_home::{PostgresHome, is_root};
pub use processor::Processor;
pub use service::Service;
pub use suite::{Builder, Name, Suite, binary};
pub use wait::{PATIENCE, eventually};
