//! The application: what happens to a content. The job kinds and how each is run, the text that is recognised here or outside,
//! the files that are made for whoever waits, and what keeps store, cache and tables in order.
#![forbid(unsafe_code)]

mod add_file;
mod check;
mod check_pages;
mod context;
mod cover;
mod derive;
mod engine_run;
mod exports;
pub mod external_ocr;
mod failure;
mod imports;
pub mod kinds;
mod machine;
mod mails;
mod maintenance;
pub mod ocr;
pub mod outbound;
mod page_artifacts;
mod part_bytes;
mod persist;
mod processor;
mod progress;
mod quick_readers;
mod read_only;
mod reread;
mod retry_policy;
mod search_text;
mod stored_text;
mod thresholds;
mod turns;

pub use add_file::{Added, Stored, add_file, needs_job};
pub use check::check;
pub use context::{Context, WorkerContext};
pub use exports::{ExportError, export_docx, export_pdf, page_image};
pub use imports::Imports;
pub use kinds::{Slots, register_processor_kinds, register_worker_kinds};
pub use machine::Machine;
pub use maintenance::{
    Again, BondError, CacheBudget, Cleaned, Indexed, Mismatch, Reconciled, Retained, Retention, ScrubPace, Scrubbed,
    SweepError, Swept, bond, cleanup_cache, index_texts, read_again, reconcile_contents, retain, scrub_next,
    sweep_storage, sweep_uploads, trim_cache,
};
pub use page_artifacts::make_page_artifact;
pub use processor::Processor;
pub use quick_readers::{QuickReaders, ordinary};
pub use thresholds::{Look, breaches_of_queue, evaluate};
pub use turns::{person_keys, person_limit};
