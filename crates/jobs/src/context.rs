//! What the handlers of the job kinds work with.

use crate::external_ocr::ExternalOcr;
use crate::imports::Imports;
use crate::machine::Machine;
use crate::maintenance::cache_budget::CacheBudget;
use crate::maintenance::retention::Retention;
use crate::ocr::Ocr;
use crate::processor::Processor;
use crate::quick_readers::QuickReaders;
use db::announcer::Announcer;
use model::Limits;
use queue::Queue;
use sandbox::Pool;
use sqlx::PgPool;
use storage::Store;

/// What the processor's kinds work with. Cheap to clone: everything inside is shared.
#[derive(Clone)]
pub struct Context {
    /// Product tables and the job table.
    pub pool: PgPool,
    /// Blobs and artifacts.
    pub store: Store,
    /// How much the image cache may still take.
    pub cache_budget: CacheBudget,
    /// Where follow-up jobs go.
    pub queue: Queue,
    /// Tells listeners of new events.
    pub announcer: Announcer,
    /// The confined readers.
    pub sandbox: Pool,
    /// Those that small files are tried on first.
    pub quick_readers: QuickReaders,
    /// How text is recognised; nothing when it is off.
    pub ocr: Option<Ocr>,
    /// What is attached to a mail becomes files beside it.
    pub unpacks_mails: bool,
    /// New files read at once, by which the turns of people are measured.
    pub ingest_slots: usize,
    /// How the machine is.
    pub machine: Machine,
    /// The bounds every reader keeps.
    pub limits: Limits,
}

/// What the worker's kinds work with. Cheap to clone, too.
#[derive(Clone)]
pub struct WorkerContext {
    /// Product tables and the job table.
    pub pool: PgPool,
    /// Who owns the files.
    pub processor: Processor,
    /// How long things are kept.
    pub retention: Retention,
    /// How the machine is.
    pub machine: Machine,
    /// What recognises text outside.
    pub external_ocr: ExternalOcr,
    /// How files are fetched by link.
    pub imports: Imports,
}
