//! The one-time link that makes the first administrator.
