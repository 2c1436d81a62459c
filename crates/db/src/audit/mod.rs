//! The audit log: who did what, and from where. Entries are added and read; only retention lets go of them.

mod read;
mod write;

pub use read::{After, Entry, Filter, list};
pub use write::{Actor, AuditCredential, NewEntry, Target, insert, insert_for_files};
