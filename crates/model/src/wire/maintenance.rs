//! What the worker asks of the processor once in a while.

use serde::{Deserialize, Serialize};

/// POST to it to have images removed that nobody reads. Answers with [`CacheCleaned`].
pub const CACHE_CLEANUP_PATH: &str = "/api/cache/cleanup";
/// POST to it to have what deletions and crashes left in the store moved to its trash. Answers with [`StorageSwept`].
pub const STORAGE_SWEEP_PATH: &str = "/api/storage/sweep";

/// What a clean-up of the cache removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CacheCleaned {
    /// Artifacts removed.
    pub deleted: u64,
    /// Their bytes.
    pub freed_bytes: u64,
    /// Always true.
    pub success: bool,
}

/// What a sweep of the store took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StorageSwept {
    /// Blobs without a content, moved to the trash.
    pub blobs: u64,
    /// Bytes removed with what had been in the trash for long enough.
    pub freed_bytes: u64,
    /// Always true.
    pub success: bool,
    /// Temporary files that crashes left behind, removed.
    pub temp_files: u64,
    /// Bytes of the blobs that were moved.
    pub trashed_bytes: u64,
    /// There were blobs to be moved, which stay until the backup that is being made is done.
    pub waits_for_backup: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::tests::check;
    use serde_json::json;

    #[test]
    fn maintenance_is_answered_as_ever() {
        check(
            &CacheCleaned { deleted: 1, freed_bytes: 2, success: true },
            json!({"success": true, "deleted": 1, "freedBytes": 2}),
        );
        check(
            &StorageSwept {
                blobs: 1,
                freed_bytes: 2,
                success: true,
                temp_files: 3,
                trashed_bytes: 4,
                waits_for_backup: false,
            },
            json!({"success": true, "tempFiles": 3, "blobs": 1, "trashedBytes": 4, "freedBytes": 2, "waitsForBackup": false}),
        );
    }
}
