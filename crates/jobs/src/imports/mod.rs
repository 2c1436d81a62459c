//! Files that are fetched by link: from outside into the processor as they come, never a whole one in memory.

mod incoming;
mod name;
mod send;

pub(crate) use incoming::Counted;
pub(crate) use send::{ImportError, fetch};

use crate::outbound::Outbound;

/// How files are fetched. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Imports {
    /// Who is asked.
    pub outbound: Outbound,
    /// The largest file, in bytes.
    pub limit_bytes: u64,
}
