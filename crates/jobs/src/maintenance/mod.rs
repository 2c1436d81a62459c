//! What keeps the store, the cache and the tables in order, whatever crashes and people leave in them.

mod bond;
mod cache;
pub(crate) mod cache_budget;
mod index_texts;
mod read_again;
mod reconcile_contents;
pub(crate) mod retention;
mod scrub;
mod sweep;

pub use bond::{BondError, Mismatch, bond};
pub use cache::{Cleaned, cleanup_cache, trim_cache};
pub use cache_budget::CacheBudget;
pub use index_texts::{Indexed, index_texts};
pub use read_again::{Again, read_again};
pub use reconcile_contents::{Reconciled, reconcile_contents};
pub use retention::{Retained, Retention, retain};
pub use scrub::{ScrubPace, Scrubbed, scrub_next};
pub use sweep::{SweepError, Swept, sweep_storage, sweep_uploads};
