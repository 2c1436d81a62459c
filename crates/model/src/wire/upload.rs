//! Files on their way in.

use crate::ContentHash;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use uuid::Uuid;

/// POST a form with one file and its [`field`]s to it. Answers with [`Uploaded`].
pub const UPLOAD_PATH: &str = "/api/upload/single";

/// How long an upload may take, however steadily it comes. What is asked before one is asked again after it; a day later it is not
/// worth the bytes.
pub const LONGEST_UPLOAD: Duration = Duration::from_secs(24 * 3600);

/// How long fetching a file by link may take. Whoever sends more slowly keeps a place that others wait for.
pub const LONGEST_IMPORT: Duration = Duration::from_secs(3600);

/// A header of whoever passes a form on as it comes: how many bytes were announced to them, so that there is room for all of it
/// before the first.
pub const ANNOUNCED_BYTES: &str = "x-announced-bytes";

/// The names of an upload form's fields.
pub mod field {
    /// The drive the file goes to.
    pub const DRIVE_ID: &str = "driveId";
    /// Our person who sends it. Whoever says so asked whether that person may, before the upload; it is asked again when the
    /// file is added.
    pub const EDITOR_ID: &str = "editorId";
    /// The file itself.
    pub const FILE: &str = "file";
    /// What the person of `editorId` calls the upload. Sent again within a day it is answered as it was.
    pub const IDEMPOTENCY_KEY: &str = "idempotencyKey";
    /// The import by link that it is, which becomes one file however often it is sent.
    pub const IMPORT_ID: &str = "importId";
    /// Another name than the file's own.
    pub const NAME: &str = "name";
    /// PageSpace's page that the file is.
    pub const PAGE_ID: &str = "pageId";
    /// How many bytes were sent, said after them by whoever passes a file on.
    pub const SIZE_BYTES: &str = "sizeBytes";
    /// Who sends it.
    pub const USER_ID: &str = "userId";
}

/// A file that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredFile {
    /// What it has in it.
    pub content_hash: ContentHash,
    /// The bytes were known.
    pub deduplicated: bool,
    /// The new file.
    pub file_id: Uuid,
    /// The numbers of the jobs that read it.
    pub job_ids: Vec<String>,
    /// Which jobs those are.
    pub jobs: StoredJobs,
    /// How many bytes.
    pub size: u64,
}

/// The jobs that read a file, by kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredJobs {
    /// Its content is to be read.
    pub ingest: bool,
}

/// The answer to an upload of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uploaded {
    /// What became of it.
    #[serde(flatten)]
    pub file: StoredFile,
    /// Always true.
    pub success: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::tests::check;
    use serde_json::json;

    #[test]
    fn uploads_are_answered_as_ever() {
        let (content_hash, file_id) = (ContentHash::from_digest([7; 32]), Uuid::nil());
        let jobs = StoredJobs { ingest: true };
        let file = StoredFile { content_hash, deduplicated: false, file_id, job_ids: vec!["7".into()], jobs, size: 5 };
        let json = json!({
            "success": true, "contentHash": file.content_hash, "deduplicated": false, "size": 5, "fileId": file_id,
            "jobs": {"ingest": true}, "jobIds": ["7"],
        });
        check(&Uploaded { file, success: true }, json);
    }
}
