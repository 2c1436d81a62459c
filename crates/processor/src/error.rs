//! How a request fails: a right status, a stable code, and a sentence. Causes go to the log.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::wire::{self, Code, Refusal};
use service::FormError;

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("This route needs the service token.")]
    Unauthorized,
    #[error("There is no such route.")]
    NoRoute,
    #[error("This route does not know that method.")]
    WrongMethod,
    #[error("{0}")]
    BadRequest(String),
    #[error("A form has at most {} bytes before and between its parts.", service::HEAD_BYTES)]
    LongHead,
    #[error("{0:?} is no content hash: 64 lower-case hexadecimal digits.")]
    BadHash(String),
    #[error("There is no preset {0:?}.")]
    UnknownPreset(String),
    #[error("There is no such content.")]
    ContentNotFound,
    #[error("There is no such artifact; it may have to be made first.")]
    ArtifactNotFound,
    #[error("There is no file of this page.")]
    PageNotFound,
    #[error("There is no such page.")]
    NoSuchPage,
    #[error("There is no such drive.")]
    DriveNotFound,
    #[error("Only editors and owners add files to this drive.")]
    NotAnEditor,
    #[error("That idempotency key belongs to another upload.")]
    KeyReused,
    #[error("There is no such job.")]
    JobNotFound,
    #[error("There is no such kind of job.")]
    KindNotFound,
    #[error("There is no such avatar.")]
    AvatarNotFound,
    #[error("{0}")]
    Conflict(String),
    #[error("The file is larger than {limit_bytes} bytes.")]
    TooLarge { limit_bytes: u64 },
    #[error("The upload stalled.")]
    TooSlow,
    #[error("An avatar is a JPEG, PNG, GIF or WebP picture.")]
    NotAPicture,
    #[error("The range is outside the file.")]
    BadRange { size_bytes: u64 },
    #[error("{message}")]
    Unprocessable { code: String, message: String },
    #[error("A clean-up ran moments ago.")]
    TooSoon { retry_after_s: u64 },
    #[error("Too many jobs are waiting; try again later.")]
    QueueFull { retry_after_s: u64 },
    #[error("Too many of this person's jobs are waiting; try again when some are done.")]
    PersonQueueFull { retry_after_s: u64 },
    #[error("Too many files are being sent at once; try again in a moment.")]
    TooManyUploads { retry_after_s: u64 },
    #[error("So much was begun for this person and not ended that no more is taken; end or finish an upload first.")]
    TooManyUnfinished,
    #[error("There is no such upload.")]
    UploadNotFound,
    #[error("This upload cannot be gone on with any more; begin it anew.")]
    UploadGone,
    #[error("Another request goes on with this upload.")]
    UploadLocked,
    #[error("An upload that is made of parts takes no bytes itself.")]
    UploadOfParts,
    #[error("The piece begins at another byte than number {offset_bytes}, where the upload goes on.")]
    OffsetMismatch { offset_bytes: u64 },
    #[error("The piece is not what its checksum says; nothing of it was kept.")]
    ChecksumMismatch,
    #[error("A piece of an upload has the type {}.", wire::TUS_MIME)]
    NotAPiece,
    #[error("Only version {} of tus is spoken here.", wire::TUS_VERSION)]
    UnknownVersion,
    #[error("It is still being made; ask again.")]
    NotYet,
    #[error("The text was lost and is being read again; ask again in a moment.")]
    BeingReadAgain,
    #[error("{0}")]
    TextLost(String),
    #[error("The store is full.")]
    NoSpace,
    #[error("Nothing was swept: {0}.")]
    NotBonded(jobs::Mismatch),
    #[error("Nothing was swept: {message}.")]
    TooManyOrphans { message: String },
    #[error("The database does not answer; try again in a moment.")]
    Unavailable,
    #[error("The store is away; try again in a moment.")]
    StoreAway,
    #[error("Something went wrong on our side.")]
    Internal,
}

impl Error {
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::BadRequest(message.into())
    }

    /// No more jobs are taken, so that the same may be sent again later.
    pub(crate) fn is_queue_full(&self) -> bool {
        matches!(self, Self::QueueFull { .. } | Self::PersonQueueFull { .. })
    }

    fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.code().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn code(&self) -> Code {
        match self {
            Self::Unauthorized => Code::Unauthorized,
            Self::NoRoute => Code::RouteNotFound,
            Self::WrongMethod => Code::MethodNotAllowed,
            Self::BadRequest(_) | Self::LongHead => Code::BadRequest,
            Self::BadHash(_) => Code::BadHash,
            Self::UnknownPreset(_) => Code::UnknownPreset,
            Self::ContentNotFound => Code::ContentNotFound,
            Self::ArtifactNotFound => Code::ArtifactNotFound,
            Self::PageNotFound => Code::PageNotFound,
            Self::NoSuchPage => Code::NoSuchPage,
            Self::DriveNotFound => Code::DriveNotFound,
            Self::NotAnEditor => Code::NotAnEditor,
            Self::KeyReused => Code::KeyReused,
            Self::JobNotFound => Code::JobNotFound,
            Self::KindNotFound => Code::KindNotFound,
            Self::AvatarNotFound => Code::AvatarNotFound,
            Self::Conflict(_) => Code::Conflict,
            Self::TooLarge { .. } => Code::TooLarge,
            Self::TooSlow => Code::TooSlow,
            Self::NotAPicture => Code::NotAPicture,
            Self::BadRange { .. } => Code::BadRange,
            Self::Unprocessable { code, .. } => Code::Outcome(code.clone()),
            Self::TooSoon { .. } => Code::TooSoon,
            Self::QueueFull { .. } => Code::QueueFull,
            Self::PersonQueueFull { .. } => Code::PersonQueueFull,
            Self::TooManyUploads { .. } => Code::TooManyUploads,
            Self::TooManyUnfinished => Code::TooManyUnfinished,
            Self::UploadNotFound => Code::UploadNotFound,
            Self::UploadGone => Code::UploadGone,
            Self::UploadLocked => Code::UploadLocked,
            Self::UploadOfParts => Code::UploadOfParts,
            Self::OffsetMismatch { .. } => Code::OffsetMismatch,
            Self::ChecksumMismatch => Code::ChecksumMismatch,
            Self::NotAPiece => Code::NotAPiece,
            Self::UnknownVersion => Code::UnknownVersion,
            Self::NotYet => Code::NotYet,
            Self::BeingReadAgain => Code::BeingReadAgain,
            Self::TextLost(_) => Code::TextLost,
            Self::NoSpace => Code::NoSpace,
            Self::NotBonded(_) => Code::NotBonded,
            Self::TooManyOrphans { .. } => Code::TooManyOrphans,
            Self::Unavailable | Self::StoreAway => Code::Unavailable,
            Self::Internal => Code::Internal,
        }
    }

    pub(crate) fn refusal(&self) -> Refusal {
        let status = self.status().canonical_reason().unwrap_or("Error");
        let mut refusal = Refusal::new(&self.code(), status, self.to_string());
        match self {
            Self::UnknownPreset(_) => {
                refusal.valid_presets = Some(model::Preset::all().map(|preset| preset.name.to_owned()).collect());
            }
            Self::TooLarge { limit_bytes } => refusal.limit_bytes = Some(*limit_bytes),
            _ => {}
        }
        refusal
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = (self.status(), Json(self.refusal())).into_response();
        let headers = response.headers_mut();
        match &self {
            Self::Unauthorized => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Self::BadRange { size_bytes } => {
                if let Ok(value) = HeaderValue::try_from(format!("bytes */{size_bytes}")) {
                    headers.insert(header::CONTENT_RANGE, value);
                }
            }
            Self::TooSoon { retry_after_s }
            | Self::QueueFull { retry_after_s }
            | Self::PersonQueueFull { retry_after_s }
            | Self::TooManyUploads { retry_after_s } => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(*retry_after_s));
            }
            Self::LongHead => {
                headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            Self::NotYet | Self::StoreAway | Self::Unavailable => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(5u64));
            }
            // Most texts are read in a moment.
            Self::BeingReadAgain => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(2u64));
            }
            _ => {}
        }
        response
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        tracing::error!(%error, "the database failed a request");
        if db::is_away(&error) { Self::Unavailable } else { Self::Internal }
    }
}

impl From<queue::Error> for Error {
    fn from(error: queue::Error) -> Self {
        if let queue::Error::Database(error) = error {
            return error.into();
        }
        tracing::error!(%error, "the queue failed a request");
        Self::Internal
    }
}

impl From<jobs::SweepError> for Error {
    fn from(error: jobs::SweepError) -> Self {
        let refusal = match error {
            jobs::SweepError::Bond(jobs::BondError::Mismatch(mismatch)) => Self::NotBonded(mismatch),
            jobs::SweepError::TooMany { .. } => Self::TooManyOrphans { message: error.to_string() },
            error => {
                tracing::error!("the sweep of the store failed: {:#}", anyhow::Error::from(error));
                return Self::Internal;
            }
        };
        tracing::error!("{refusal}");
        refusal
    }
}

/// Callers that know what was not found say so themselves; here it is the store's own folders that are missing.
impl From<storage::Error> for Error {
    fn from(error: storage::Error) -> Self {
        match error {
            storage::Error::TooLarge { limit_bytes } => Self::TooLarge { limit_bytes },
            storage::Error::NoSpace => {
                tracing::error!("the store is full");
                Self::NoSpace
            }
            storage::Error::Away => {
                tracing::error!("the store is away");
                Self::StoreAway
            }
            storage::Error::BadName(name) => Self::BadRequest(format!("{name:?} is not a name of ours.")),
            storage::Error::NotFound | storage::Error::Io(_) => {
                tracing::error!(%error, "the store failed a request");
                Self::Internal
            }
        }
    }
}

// Web has these too, into an error of its own: services share no code, and each has its own sentences.
impl From<FormError> for Error {
    fn from(error: FormError) -> Self {
        match error {
            FormError::NotAForm(_) => Self::BadRequest(error.to_string()),
            FormError::Broken(_) => Self::BadRequest(format!("The form cannot be read: {error}.")),
            FormError::LongHead => Self::LongHead,
            FormError::TooLarge { .. } => Self::BadRequest("The form is too large.".into()),
        }
    }
}

impl From<JsonRejection> for Error {
    fn from(rejection: JsonRejection) -> Self {
        Self::BadRequest(rejection.body_text())
    }
}

impl From<QueryRejection> for Error {
    fn from(rejection: QueryRejection) -> Self {
        Self::BadRequest(rejection.body_text())
    }
}

impl From<PathRejection> for Error {
    fn from(rejection: PathRejection) -> Self {
        Self::BadRequest(rejection.body_text())
    }
}
