//! Events: what changed, so that somebody can look again.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The Postgres channel that says there are new events. Its payload is empty: NOTIFY carries no data.
pub const CHANNEL: &str = "events";

/// One event as it stands in the table and goes to clients.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// Its number. A client that comes back says the last one it saw.
    pub id: i64,
    /// What happened.
    pub kind: EventKind,
    /// The drive it happened in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drive_id: Option<String>,
    /// The file it happened to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_id: Option<String>,
    /// More about it; small, never file contents.
    pub data: Value,
}

/// What happened. The names are the API's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EventKind {
    /// A file was added to a drive.
    #[serde(rename = "file.created")]
    FileCreated,
    /// A file was renamed, moved, trashed or restored, or has new images.
    #[serde(rename = "file.updated")]
    FileUpdated,
    /// A file was deleted.
    #[serde(rename = "file.deleted")]
    FileDeleted,
    /// A file's content changed its status; `data.status` is the new one.
    #[serde(rename = "file.status")]
    FileStatus,
    /// A file's content is being worked on; `data` is a `Progress`. Not stored: the newest is enough.
    #[serde(rename = "file.progress")]
    FileProgress,
    /// Something of the suite is above its limit. For one administrator, `data.userId`, by the alert's `name`, `subject` and `message`.
    #[serde(rename = "alert.began")]
    AlertBegan,
    /// It no longer is; `data` as when it began.
    #[serde(rename = "alert.ended")]
    AlertEnded,
}

impl Event {
    /// The one person whom it concerns, where it is about no drive.
    pub fn user_id(&self) -> Option<&str> {
        match self.kind {
            EventKind::AlertBegan | EventKind::AlertEnded => self.data.get("userId")?.as_str(),
            _ => None,
        }
    }
}
