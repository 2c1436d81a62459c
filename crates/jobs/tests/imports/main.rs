//! Files by link, against servers, a look-up and a processor of our own: what is asked, and what is not.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as loudly as tests")]

mod guards;
mod jobs;
mod server;
