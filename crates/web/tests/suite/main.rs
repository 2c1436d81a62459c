//! The service at its boundary: requests in, answers out, over a real Postgres and a processor of our own.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as loudly as tests")]

mod accounts;
mod audit;
mod bulk;
mod contents;
mod drives;
mod failures;
mod fake_processor;
mod file_pages;
mod files;
mod imports;
mod invitations;
mod jobs;
mod known;
mod lists;
mod openapi;
mod pages;
mod people;
mod person_limits;
mod proxy;
mod readings;
mod resumable;
mod search;
mod security;
mod sign_in;
mod similar;
mod system;
mod test_app;
mod tokens;
mod uploads;
mod zip;
