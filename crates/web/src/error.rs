//! Every way a request can fail, its status, its stable code and its sentence (RFC 9457, `application/problem+json`).

use crate::person_limit::PersonLimit;
use crate::upload_refusal::UploadRefusal;
use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::file_name::BadFileName;
use serde::Serialize;
use service::FormError;
use std::sync::Arc;
use utoipa::{IntoResponses, ToSchema};

/// Why a request failed. The stranger sees a code and a sentence; the cause goes to the log.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in, or the session or token has ended.
    #[error("sign in first")]
    Unauthenticated,
    /// The address and the password do not belong together. Which of them is wrong is not said.
    #[error("the e-mail address or the password is wrong")]
    WrongCredentials,
    /// The password is right and the person may not sign in. Said to nobody who does not know it.
    #[error("this account is disabled; an administrator can enable it again")]
    AccountDisabled,
    /// The request came from another site.
    #[error("this request came from another site")]
    CrossSite,
    /// The request came past the proxy that people come by https through.
    #[error("open {0} instead: this port is for its proxy alone")]
    PastProxy(String),
    /// The caller may see it and may not do this with it.
    #[error("{0}")]
    Forbidden(&'static str),
    /// It is not there, or the caller may not know that it is.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The path is there and does not take this method.
    #[error("this address does not take that method")]
    MethodNotAllowed,
    /// The request is not of its form.
    #[error("{0}")]
    BadRequest(String),
    /// A form's head has no end. Nothing more is read of it.
    #[error("a form has at most {} bytes before and between its parts", service::HEAD_BYTES)]
    LongHead,
    /// A value in it is not acceptable; the code says which rule it breaks.
    #[error("{detail}")]
    Invalid {
        /// A stable code.
        code: &'static str,
        /// One sentence for a person.
        detail: String,
    },
    /// It contradicts what is there; the code says how.
    #[error("{detail}")]
    Conflict {
        /// A stable code.
        code: &'static str,
        /// One sentence for a person.
        detail: String,
    },
    /// More than a limit allows; the sentence names it.
    #[error("{0}")]
    TooLarge(String),
    /// The range asked for lies outside the file.
    #[error("the file has no such range")]
    RangeNotSatisfiable,
    /// Too often in too short a time.
    #[error("too many tries; wait a little")]
    TooManyRequests {
        /// Seconds until the next try can succeed.
        retry_after_s: u64,
    },
    /// The sender stopped sending.
    #[error("the upload stalled")]
    Stalled,
    /// The upload was steady and too slow.
    #[error("an upload may take a day at most")]
    TookTooLong,
    /// The disk is full.
    #[error("there is no room left to store files")]
    StorageFull,
    /// More is asked at once than is done at once.
    #[error("too much is going on at once; try again")]
    Busy {
        /// Seconds to wait.
        retry_after_s: u64,
    },
    /// The text's files were lost, and its content is being read for them.
    #[error("the text is being read again; ask again in a moment")]
    BeingReadAgain {
        /// Seconds to wait.
        retry_after_s: u64,
    },
    /// So many jobs wait that no more are taken.
    #[error("too many jobs are waiting to be done; try again later")]
    QueueFull {
        /// Seconds to wait.
        retry_after_s: u64,
    },
    /// One person has as much as one person may.
    #[error("{}", .0.sentence())]
    PersonLimit(PersonLimit),
    /// An upload in pieces is not gone on with.
    #[error("{}", .0.sentence())]
    Upload(UploadRefusal),
    /// A service behind this one does not answer.
    #[error("the {0} does not answer at the moment")]
    Unavailable(&'static str),
    /// Our own fault.
    #[error("something went wrong on our side")]
    Internal(#[source] anyhow::Error),
}

/// What a failed request answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// The address of the code's meaning, relative to the API.
    #[serde(rename = "type")]
    pub kind: String,
    /// The status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// A stable word for programs.
    pub code: String,
    /// One sentence for a person.
    pub detail: String,
}

/// The text was lost and is being read again; ask again after `Retry-After`.
#[derive(IntoResponses)]
#[response(
    status = 503, content_type = "application/problem+json",
    headers(("retry-after" = u64, description = "Seconds to wait."))
)]
#[expect(dead_code, reason = "describes an error")]
pub struct ReadingAgain(Problem);

impl Error {
    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Unauthenticated | Self::WrongCredentials => StatusCode::UNAUTHORIZED,
            Self::AccountDisabled | Self::CrossSite | Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::PastProxy(_) => StatusCode::MISDIRECTED_REQUEST,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::BadRequest(_) | Self::LongHead => StatusCode::BAD_REQUEST,
            Self::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Conflict { .. } => StatusCode::CONFLICT,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::RangeNotSatisfiable => StatusCode::RANGE_NOT_SATISFIABLE,
            Self::TooManyRequests { .. } | Self::QueueFull { .. } | Self::PersonLimit(_) => {
                StatusCode::TOO_MANY_REQUESTS
            }
            Self::Stalled | Self::TookTooLong => StatusCode::REQUEST_TIMEOUT,
            Self::Upload(refusal) => refusal.status(),
            Self::StorageFull => StatusCode::INSUFFICIENT_STORAGE,
            Self::BeingReadAgain { .. } | Self::Busy { .. } | Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unauthenticated => "unauthenticated",
            Self::WrongCredentials => "wrong-credentials",
            Self::AccountDisabled => "account-disabled",
            Self::CrossSite => "cross-site",
            Self::PastProxy(_) => "past-proxy",
            Self::Forbidden(_) => "forbidden",
            Self::NotFound(_) => "not-found",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::BadRequest(_) | Self::LongHead => "bad-request",
            Self::Invalid { code, .. } | Self::Conflict { code, .. } => code,
            Self::TooLarge(_) => "too-large",
            Self::RangeNotSatisfiable => "range-not-satisfiable",
            Self::TooManyRequests { .. } => "too-many-requests",
            Self::Stalled => "stalled",
            Self::TookTooLong => "took-too-long",
            Self::StorageFull => "storage-full",
            Self::BeingReadAgain { .. } => "being-read-again",
            Self::Busy { .. } => "busy",
            Self::QueueFull { .. } => "queue-full",
            Self::PersonLimit(limit) => limit.code(),
            Self::Upload(refusal) => refusal.code(),
            Self::Unavailable(_) => "unavailable",
            Self::Internal(_) => "internal",
        }
    }

    /// A value that breaks a rule.
    pub fn invalid(code: &'static str, detail: impl Into<String>) -> Self {
        Self::Invalid { code, detail: detail.into() }
    }

    /// A file over the limit.
    pub fn too_large(limit_bytes: u64) -> Self {
        Self::TooLarge(format!("a file may have at most {limit_bytes} bytes"))
    }

    fn retry_after_s(&self) -> Option<u64> {
        match self {
            Self::TooManyRequests { retry_after_s }
            | Self::QueueFull { retry_after_s }
            | Self::BeingReadAgain { retry_after_s }
            | Self::Busy { retry_after_s } => Some(*retry_after_s),
            Self::PersonLimit(limit) => limit.retry_after_s(),
            Self::Unavailable(_) => Some(5),
            _ => None,
        }
    }
}

/// What a violated constraint means to the person who ran into it.
static CONSTRAINTS: [(&str, &str, &str); 3] = [
    ("drive_members_user_fk", "no-such-user", "that person is gone"),
    ("files_drive_fk", "no-such-drive", "that drive is gone"),
    ("users_email_key", "email-taken", "that e-mail address is taken"),
];

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Arc::new(error).into()
    }
}

/// Of a statement that several requests waited for.
impl From<Arc<sqlx::Error>> for Error {
    fn from(error: Arc<sqlx::Error>) -> Self {
        // Strangers can send U+0000 in any string; Postgres stores none.
        if error.as_database_error().and_then(|error| error.code()).as_deref() == Some("22021") {
            return Self::BadRequest("text cannot contain the character U+0000".into());
        }
        let constraint = error.as_database_error().and_then(|error| error.constraint());
        match CONSTRAINTS.iter().find(|(name, ..)| Some(*name) == constraint) {
            Some((_, code, detail)) => Self::Conflict { code, detail: (*detail).into() },
            None if db::took_too_long(&error) => {
                tracing::warn!(%error, "a statement took too long");
                Self::Busy { retry_after_s: 5 }
            }
            None if db::is_away(&error) => {
                tracing::error!(%error, "the database does not answer");
                Self::Unavailable("database")
            }
            None => Self::Internal(anyhow::Error::new(error).context("a statement failed")),
        }
    }
}

impl From<queue::Error> for Error {
    fn from(error: queue::Error) -> Self {
        match error {
            queue::Error::Database(error) => error.into(),
            queue::Error::Busy(_) | queue::Error::Interrupted => Self::Busy { retry_after_s: 1 },
            error @ (queue::Error::ClaimLost(_)
            | queue::Error::Invalid(_)
            | queue::Error::LeaseLost { .. }
            | queue::Error::ListenerClosed
            | queue::Error::Timeout(_)) => Self::Internal(error.into()),
        }
    }
}

impl From<BadFileName> for Error {
    fn from(bad: BadFileName) -> Self {
        Self::invalid("invalid-name", bad.to_string())
    }
}

// Processor has these too, into an error of its own: services share no code, and each has its own sentences.
impl From<FormError> for Error {
    fn from(error: FormError) -> Self {
        match error {
            FormError::NotAForm(_) => Self::BadRequest(error.to_string()),
            FormError::Broken(_) => Self::BadRequest(format!("the form is broken: {error}")),
            FormError::LongHead => Self::LongHead,
            FormError::TooLarge { .. } => Self::TooLarge(error.to_string()),
        }
    }
}

impl From<JsonRejection> for Error {
    fn from(rejection: JsonRejection) -> Self {
        Self::BadRequest(rejection.body_text())
    }
}

impl From<PathRejection> for Error {
    /// An id that is not of an id's form names nothing.
    fn from(_: PathRejection) -> Self {
        Self::NotFound("thing")
    }
}

impl From<QueryRejection> for Error {
    fn from(rejection: QueryRejection) -> Self {
        Self::BadRequest(rejection.body_text())
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        if let Self::Internal(cause) = &self {
            tracing::error!("{cause:#}");
        }
        let status = self.status();
        let problem = Problem {
            kind: format!("/api/docs#{}", self.code()),
            title: status.canonical_reason().unwrap_or("Error").into(),
            status: status.as_u16(),
            code: self.code().into(),
            detail: sentence(&self.to_string()),
        };
        let mut response = (status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after_s() {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if matches!(self, Self::LongHead) {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        if matches!(self, Self::Unauthenticated) {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// With a capital and a full stop, for display.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}
