//! How every program serves HTTP: one accept loop over hyper with clocks and bounds, so that clients that send slowly, or
//! nothing, or take their answers slowly, cost little and are gone soon.

mod body;
mod connection;
mod connections;
mod limits;
mod listen;
mod reader;

pub use body::{BodyDeadline, without_body_deadline};
pub use connections::client_network;
pub use limits::{ConnectionLimits, PerAddress, ReaderLimits, raise_open_files};
pub use listen::{serve, serve_on};
