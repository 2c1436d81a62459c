//! Files in pieces (tus 1.0.0): where, and the headers that both ends of the wire know.

/// POST begins an upload; below it, under its id, is each of them.
pub const TUS_PATH: &str = "/api/upload/tus";

/// The version of the protocol that is spoken here.
pub const TUS_VERSION: &str = "1.0.0";

/// The media type of a piece.
pub const TUS_MIME: &str = "application/offset+octet-stream";

/// The names of headers.
pub mod tus {
    /// The version that is spoken.
    pub const RESUMABLE: &str = "tus-resumable";
    /// The versions there are.
    pub const VERSION: &str = "tus-version";
    /// What else is spoken beside the core.
    pub const EXTENSION: &str = "tus-extension";
    /// The largest file, in bytes.
    pub const MAX_SIZE: &str = "tus-max-size";
    /// How a piece may be checked.
    pub const CHECKSUM_ALGORITHM: &str = "tus-checksum-algorithm";
    /// How many bytes are there, or where a piece begins.
    pub const OFFSET: &str = "upload-offset";
    /// How many bytes the file has.
    pub const LENGTH: &str = "upload-length";
    /// `1` as long as that is not known.
    pub const DEFER_LENGTH: &str = "upload-defer-length";
    /// What the sender says of the file.
    pub const METADATA: &str = "upload-metadata";
    /// Whether it is a part, or made of parts and which.
    pub const CONCAT: &str = "upload-concat";
    /// What a piece is, by an algorithm.
    pub const CHECKSUM: &str = "upload-checksum";
    /// Until when an upload can be gone on with.
    pub const EXPIRES: &str = "upload-expires";
    /// The method that is meant, of clients that can send no other than POST.
    pub const METHOD_OVERRIDE: &str = "x-http-method-override";
    /// Our person whose upload it is. Whoever says so has asked whether that person may; it is asked again when the file is added.
    pub const EDITOR_ID: &str = "x-editor-id";
    /// The drive of that person's upload.
    pub const DRIVE_ID: &str = "x-drive-id";
    /// The file that an upload has become.
    pub const FILE_ID: &str = "x-file-id";
}

/// Where an upload is.
pub fn tus_path(id: uuid::Uuid) -> String {
    format!("{TUS_PATH}/{id}")
}
