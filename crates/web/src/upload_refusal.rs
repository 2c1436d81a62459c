//! Why an upload in pieces is not gone on with. The statuses are those that tus has for them.

use axum::http::StatusCode;

/// What is wrong. Its code is for programs and never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadRefusal {
    /// The piece is not what its checksum says.
    Checksum,
    /// Its time is over, or its bytes are gone.
    Gone,
    /// Another request has it.
    Locked,
    /// The piece begins elsewhere than where the upload goes on.
    Offset,
    /// It is made of others, and takes no bytes itself.
    OfParts,
    /// The piece is not called one.
    Type,
    /// Another version of tus.
    Version,
}

impl UploadRefusal {
    /// The HTTP status; 460 is tus's own.
    pub fn status(self) -> StatusCode {
        match self {
            Self::Checksum => StatusCode::from_u16(460).unwrap_or(StatusCode::BAD_REQUEST),
            Self::Gone => StatusCode::GONE,
            Self::Locked => StatusCode::LOCKED,
            Self::Offset => StatusCode::CONFLICT,
            Self::OfParts => StatusCode::FORBIDDEN,
            Self::Type => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Version => StatusCode::PRECONDITION_FAILED,
        }
    }

    /// The stable word for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Checksum => "checksum-mismatch",
            Self::Gone => "upload-gone",
            Self::Locked => "upload-locked",
            Self::Offset => "offset-mismatch",
            Self::OfParts => "upload-of-parts",
            Self::Type => "not-a-piece",
            Self::Version => "unknown-version",
        }
    }

    /// A sentence for a person.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Checksum => "the piece is not what its checksum says; nothing of it was kept",
            Self::Gone => "this upload cannot be gone on with any more; begin it anew",
            Self::Locked => "another request goes on with this upload",
            Self::Offset => "the piece begins elsewhere than where the upload goes on; ask where that is",
            Self::OfParts => "an upload that is made of parts takes no bytes itself",
            Self::Type => "a piece of an upload has the type application/offset+octet-stream",
            Self::Version => "only version 1.0.0 of tus is spoken here",
        }
    }
}
