//! Sending files so that nothing has to be sent again, and nothing is there twice, whatever is killed when.

mod destination;
mod journal;
mod patience;
mod pieces;
mod progress;
mod sender;
mod source;
mod whole;

pub use destination::{Destination, Sent};
pub use journal::Journal;
pub use patience::Patience;
pub use progress::Progress;
pub use sender::send_all;
pub use source::{Source, collect};
