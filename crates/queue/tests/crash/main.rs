//! The queue when machines fail: worker processes that are killed and frozen, and a durable Postgres that is stopped under load. The
//! `verifier` reads what clients were told and what the tables say.
//!
//! `make test-crash` runs twenty rounds; `CRASH_ROUNDS` sets another number, `CRASH_SEED` repeats the moments of one round.

mod clients;
mod cluster;
mod doctored;
mod frozen;
mod logs;
mod restarts;
mod rounds;
mod verifier;
mod worker;
