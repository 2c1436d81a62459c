//! The product's job kinds, one file each, and the list that registers them with a runner.
#![forbid(unsafe_code)]

mod bond;
mod cache_cleanup;
mod cache_room;
mod check;
mod cleanup;
mod context;
mod cover;
mod derive;
pub mod enqueue;
mod export;
pub mod external;
mod extract;
mod ingest;
pub mod ocr;
mod optimize;
mod payload;
mod processor;
mod progress;
mod read;
mod read_again;
mod reconcile;
mod register;
mod retention;
mod settle;
mod slots;
mod sweep;
mod verdict;

pub use bond::{BondError, Mismatch, bond};
pub use cache_room::{CacheRoom, trim_cache};
pub use cleanup::{Cleaned, cleanup_cache};
pub use context::Context;
pub use export::{ExportError, export_docx, page_image};
pub use processor::Processor;
pub use read_again::{Again, read_again};
pub use reconcile::{Reconciled, reconcile};
pub use register::{WorkerContext, processor_kinds, worker_kinds};
pub use retention::{Retained, Retention, retain};
pub use slots::Slots;
pub use sweep::{SweepError, Swept, sweep_storage};
