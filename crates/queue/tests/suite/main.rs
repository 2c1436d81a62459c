//! The queue by its public face and a real Postgres.

mod cancelling;
mod counting;
mod enqueueing;
mod failing;
mod housekeeping;
mod leases;
mod running;
mod support;
