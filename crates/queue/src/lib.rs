//! A job table in Postgres and its runner.
