//! The product's words as plain data: ids, formats, presets, tasks, outcomes, events, limits. No I/O lives here.

mod event;
mod hash;
mod job;
mod limits;
mod outcome;
mod preset;
mod status;
mod task;

pub use event::{CHANNEL, Event, EventKind};
pub use hash::{ContentHash, InvalidHash};
pub use job::{JobKind, Priority};
pub use limits::Limits;
pub use outcome::{Outcome, Reason, Warning};
pub use preset::{DEFAULT_PRESETS, ImageFormat, PRESETS, Preset};
pub use status::ContentStatus;
pub use task::{ArtifactPart, EXTRACTED_TEXT, Facts, MARKDOWN, PAGES, PageSpan, Progress, Report, Request, Task};
