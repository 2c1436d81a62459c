//! How a request fails: a right status, a stable code, and a sentence. Causes go to the log.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
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
    #[error("Something went wrong on our side.")]
    Internal,
}

impl Error {
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::BadRequest(message.into())
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::NoRoute
            | Self::ContentNotFound
            | Self::ArtifactNotFound
            | Self::PageNotFound
            | Self::JobNotFound
            | Self::KindNotFound
            | Self::AvatarNotFound => StatusCode::NOT_FOUND,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::BadRequest(_) | Self::LongHead | Self::BadHash(_) | Self::UnknownPreset(_) => StatusCode::BAD_REQUEST,
            Self::Conflict(_) | Self::NotBonded(_) | Self::TooManyOrphans { .. } => StatusCode::CONFLICT,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::NotAPicture => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::BadRange { .. } => StatusCode::RANGE_NOT_SATISFIABLE,
            Self::Unprocessable { .. } | Self::TextLost(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooSoon { .. } | Self::QueueFull { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::NotYet | Self::BeingReadAgain => StatusCode::SERVICE_UNAVAILABLE,
            Self::NoSpace => StatusCode::INSUFFICIENT_STORAGE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn code(&self) -> &str {
        match self {
            Self::Unauthorized => "unauthorized",
            Self::NoRoute => "not_found",
            Self::WrongMethod => "method_not_allowed",
            Self::BadRequest(_) | Self::LongHead => "bad_request",
            Self::BadHash(_) => "bad_hash",
            Self::UnknownPreset(_) => "unknown_preset",
            Self::ContentNotFound => "content_not_found",
            Self::ArtifactNotFound => "artifact_not_found",
            Self::PageNotFound => "page_not_found",
            Self::JobNotFound => "job_not_found",
            Self::KindNotFound => "kind_not_found",
            Self::AvatarNotFound => "avatar_not_found",
            Self::Conflict(_) => "conflict",
            Self::TooLarge { .. } => "too_large",
            Self::TooSlow => "too_slow",
            Self::NotAPicture => "not_a_picture",
            Self::BadRange { .. } => "bad_range",
            Self::Unprocessable { code, .. } => code,
            Self::TooSoon { .. } => "too_soon",
            Self::QueueFull { .. } => "queue_full",
            Self::NotYet => "not_yet",
            Self::BeingReadAgain => "being_read_again",
            Self::TextLost(_) => "text_lost",
            Self::NoSpace => "no_space",
            Self::NotBonded(_) => "not_bonded",
            Self::TooManyOrphans { .. } => "too_many_orphans",
            Self::Internal => "internal",
        }
    }

    /// The body: `error` is the status in words, `message` the sentence.
    pub(crate) fn body(&self) -> Value {
        let status = self.status();
        let mut body = json!({
            "success": false,
            "error": status.canonical_reason().unwrap_or("Error"),
            "message": self.to_string(),
            "code": self.code(),
        });
        match self {
            Self::UnknownPreset(_) => {
                let names: Vec<_> = model::Preset::all().map(|preset| preset.name).collect();
                body["validPresets"] = json!(names);
            }
            Self::TooLarge { limit_bytes } => body["limitBytes"] = json!(limit_bytes),
            _ => {}
        }
        body
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = (self.status(), Json(self.body())).into_response();
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
            Self::TooSoon { retry_after_s } | Self::QueueFull { retry_after_s } => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(*retry_after_s));
            }
            Self::LongHead => {
                headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            Self::NotYet => {
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
        Self::Internal
    }
}

impl From<queue::Error> for Error {
    fn from(error: queue::Error) -> Self {
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
            storage::Error::BadName(name) => Self::BadRequest(format!("{name:?} is not a name of ours.")),
            storage::Error::Interrupted(error) => Self::BadRequest(format!("The upload broke off: {error}.")),
            storage::Error::NotFound | storage::Error::Io(_) => {
                tracing::error!(%error, "the store failed a request");
                Self::Internal
            }
        }
    }
}

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
