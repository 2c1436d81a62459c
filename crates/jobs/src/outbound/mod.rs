//! Requests to addresses that people name: to public ones, and to networks that the one who runs this has said.
//!
//! A name is looked up once for each request, what it stands for is checked, and the connection goes to exactly that: a name that means
//! something else a moment later is not asked again. Every redirect begins anew, and they are counted. No cookie, no credential and no
//! proxy is ever used.

mod address;
mod client;
mod error;
mod networks;
mod pinned;

pub use client::{Answer, Lookup, Outbound};
pub use error::OutboundError;
pub use networks::Networks;

pub(crate) use error::causes;
