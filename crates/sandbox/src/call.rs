//! What a caller asks of a child.

use std::fs::File;

/// Called with the handler's progress notes, on the slot's thread: it must not wait for anything.
pub type ProgressCallback = Box<dyn FnMut(&[u8]) + Send>;

/// One request to a child, and what it comes with.
pub struct Call {
    /// The request, at most [`MAX_REQUEST`](crate::MAX_REQUEST) bytes.
    pub request: Vec<u8>,
    /// What to read, opened read-only.
    pub input: File,
    /// Where to write.
    pub output: File,
    /// What the call is thought to need at its peak; decides who runs beside it.
    pub memory_hint_bytes: u64,
    /// Whether it may take the last free child. Calls that may not leave one for those that may, unless there is only one.
    pub may_take_last: bool,
    /// Hears of progress.
    pub on_progress: Option<ProgressCallback>,
}
