//! Files that are fetched by link.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What a job of the kind `import-link` carries. The link itself is not in it: it may have a secret in it, and jobs are shown to
/// administrators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportLink {
    /// The import, which has the link and whose it is.
    pub import_id: Uuid,
}
