//! What goes over the wire between the processor and its callers, web and worker: paths, bodies and codes, written and read by
//! the same types. PageSpace's clients know them too, so no name in them ever changes; fields are in the order of the alphabet, as
//! the JSON always had them.

mod code;
mod export;
mod maintenance;
mod optimize;
mod resumable;
mod search;
mod upload;

// All of each: what is public in a file here is for both ends of the wire.
pub use code::*;
pub use export::*;
pub use maintenance::*;
pub use optimize::*;
pub use resumable::*;
pub use search::*;
pub use upload::*;

use crate::ContentHash;

/// Where the original (`original`), an artifact or an export of a content is.
pub fn cache_path(hash: &ContentHash, name: &str) -> String {
    format!("/cache/{hash}/{name}")
}

/// Where a page of a content is, drawn as PNG. Pages are counted from 1.
pub fn page_image_path(hash: &ContentHash, page: u32) -> String {
    format!("/cache/{hash}/pages/{page}/image")
}

/// The name of what is known of the words on a page, which is counted from 1: JSON of [`PageWords`](crate::PageWords).
pub fn page_words_name(page: u32) -> String {
    format!("pages/{page}/words")
}

#[cfg(test)]
mod tests {
    use serde::Serialize;
    use serde::de::DeserializeOwned;
    use serde_json::Value;
    use std::fmt::Debug;

    /// Holds a body against the JSON that was written before there were types for it, letter by letter, and reads it back.
    #[track_caller]
    pub fn check<T: Serialize + DeserializeOwned + PartialEq + Debug>(body: &T, json: Value) {
        assert_eq!(serde_json::to_string(body).unwrap(), json.to_string());
        assert_eq!(&serde_json::from_value::<T>(json).unwrap(), body);
    }
}
