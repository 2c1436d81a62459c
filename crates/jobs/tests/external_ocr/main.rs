//! Text recognition by an external service, against a server that speaks its language and misbehaves on demand.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as loudly as tests")]

mod answers;
mod lost;
mod pages;
mod server;
