//! The queue by its public face and a real Postgres.

mod batches;
mod cancelling;
mod controls;
mod counting;
mod enqueueing;
mod failing;
mod housekeeping;
mod leases;
mod limits;
mod moving_over;
mod priorities;
mod running;
mod schedules;
mod segments;
mod support;
mod telling;
mod waiting;
