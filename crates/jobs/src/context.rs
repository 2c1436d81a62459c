//! What the handlers of the processor's job kinds work with.

use crate::cache_room::CacheRoom;
use crate::ocr::Ocr;
use db::announcer::Announcer;
use model::Limits;
use queue::Queue;
use sandbox::Pool;
use sqlx::PgPool;
use storage::Store;

/// Cheap to clone: everything inside is shared.
#[derive(Clone)]
pub struct Context {
    /// Product tables and the job table.
    pub pool: PgPool,
    /// Blobs and artifacts.
    pub store: Store,
    /// How much the image cache may still take.
    pub cache_room: CacheRoom,
    /// Where follow-up jobs go.
    pub queue: Queue,
    /// Tells listeners of new events.
    pub announcer: Announcer,
    /// The confined readers.
    pub sandbox: Pool,
    /// How text is recognised; nothing when it is off.
    pub ocr: Option<Ocr>,
    /// The bounds every reader keeps.
    pub limits: Limits,
}
