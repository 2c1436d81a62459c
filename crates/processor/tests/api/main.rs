//! The processor through its router, with a real database, a real store and, where a test asks for it, a real runner.

mod app;
mod avatars;
mod cache;
mod defects;
mod health;
mod jobs;
mod maintenance;
mod optimize;
mod reading;
mod uploads;
