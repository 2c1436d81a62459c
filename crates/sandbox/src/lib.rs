//! A pool of confined child processes that run a function over file descriptors.
//!
//! The parent starts copies of its own program ([`child_main`] is what they run), hands each an input to read and an
//! output to write, and gets back an answer or the reason there is none ([`Ended`]). A child can open nothing, connect
//! to nothing, start nothing and signal nobody; it has bounded memory, time and output, and dies alone. The parent
//! believes nothing a child says beyond its having said it.
//!
//! What the crate does not do: look inside requests and answers. They are bytes.

mod call;
mod child;
mod confine;
mod ended;
mod pool;
mod process;
mod program;
mod protocol;
mod settings;
mod slot;
mod socket;
mod syscall;

pub use call::{Call, ProgressCallback};
pub use child::{child_main, child_requested};
pub use ended::Ended;
pub use pool::{Load, Pool};
pub use program::{Exited, Program, linked_files};
pub use protocol::{LandlockState, Layers, MAX_ANSWER, MAX_PROGRESS, MAX_REQUEST};
pub use settings::PoolSettings;
