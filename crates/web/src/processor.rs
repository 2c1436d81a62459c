//! The service that keeps and reads the files, called over HTTP. This service never looks into one.

use crate::config::Config;
use crate::error::Error;
use crate::person_limit::PersonLimit;
use crate::relay::Bodies;
use crate::timed_body;
use crate::upload_refusal::UploadRefusal;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};
use model::ContentHash;
use model::wire::{
    self, Code, OptimizeRequest, Optimized, Refusal, Snippets, SnippetsRequest, StoredFile, Uploaded, field,
};
use reqwest::multipart::{Form, Part};
use reqwest::{RequestBuilder, Response};
use service::{REQUEST_ID, RequestId};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use uuid::Uuid;

/// What it is called in messages.
const NAME: &str = "file store";
/// Longest wait for the beginning of an answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);
/// How long making a file of an upload may take after its last byte: the largest may have to be read once more.
const FINISH: Duration = Duration::from_secs(120);

/// The processor's HTTP contract, as far as this service uses it.
#[derive(Clone)]
pub struct Processor {
    http: reqwest::Client,
    url: Arc<str>,
    token: Arc<str>,
}

/// A file on its way in. The caller has authorised it, and the processor asks again once it has come.
pub struct Upload {
    /// The drive it goes to.
    pub drive_id: Uuid,
    /// Who sends it.
    pub user_id: Uuid,
    /// Its name, cleaned.
    pub name: String,
    /// What its sender calls the upload, so that it is made once however often it is sent.
    pub key: Option<String>,
    /// The media type the sender claims.
    pub mime: Option<String>,
    /// How many bytes the sender has announced, the form around them counted.
    pub announced_bytes: Option<u64>,
    /// Its bytes, as they come, and how many they were.
    pub bodies: Bodies,
}

/// A request of tus, as far as it is passed on.
pub struct TusRequest {
    /// What is to be done.
    pub method: Method,
    /// Where.
    pub path: String,
    /// What is said of it.
    pub headers: HeaderMap,
    /// A piece of a file, if there is one.
    pub body: Option<axum::body::Body>,
}

/// A request for bytes, as far as it is passed on.
pub struct BytesRequest {
    id: RequestId,
    method: Method,
    headers: HeaderMap,
}

impl BytesRequest {
    /// A request of our own, for all the bytes.
    pub fn for_all(id: RequestId) -> Self {
        Self { id, method: Method::GET, headers: HeaderMap::new() }
    }

    /// True when it is for all the bytes, whatever the client has.
    pub fn wants_all(&self) -> bool {
        self.method == Method::GET && CONDITIONS.iter().all(|condition| !self.headers.contains_key(condition))
    }

    /// How it is asked for.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// True when an answer of that status gives its client bytes of what was asked for.
    pub fn reads(&self, status: StatusCode) -> bool {
        self.method == Method::GET && status.is_success()
    }
}

impl<S: Sync> FromRequestParts<S> for BytesRequest {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let id = RequestId::from_request_parts(parts, state).await?;
        Ok(Self { id, method: parts.method.clone(), headers: parts.headers.clone() })
    }
}

impl Processor {
    /// The processor of these settings.
    pub fn new(http: reqwest::Client, config: &Config) -> Self {
        Self { http, url: config.processor_url.as_str().into(), token: config.processor_token.as_str().into() }
    }

    /// Streams a file in. Waits as long as the bytes keep coming, which is the caller's to watch.
    pub async fn upload(&self, request_id: &RequestId, upload: Upload) -> Result<StoredFile, Error> {
        // The fields come first, so that the receiver knows whose file it is before its first byte.
        let file = Part::stream(upload.bodies.file).file_name("file");
        let file = match upload.mime.as_deref().filter(|mime| is_media_type(mime)) {
            Some(mime) => file.mime_str(mime).map_err(|error| Error::BadRequest(error.to_string()))?,
            None => file,
        };
        let mut form = Form::new()
            .text(field::DRIVE_ID, upload.drive_id.to_string())
            .text(field::USER_ID, upload.user_id.to_string())
            .text(field::EDITOR_ID, upload.user_id.to_string())
            .text(field::NAME, upload.name);
        if let Some(key) = upload.key {
            form = form.text(field::IDEMPOTENCY_KEY, key);
        }
        // The size comes last, and what lacks bytes by then is not kept.
        let form = form.part(field::FILE, file).part(field::SIZE_BYTES, Part::stream(upload.bodies.size_bytes));
        let mut request = self.request(Method::POST, wire::UPLOAD_PATH, request_id).multipart(form);
        if let Some(bytes) = upload.announced_bytes {
            request = request.header(wire::ANNOUNCED_BYTES, bytes);
        }
        let answer = accepted(request.send().await.map_err(unavailable)?).await?;
        Ok(answer.json::<Uploaded>().await.map_err(unavailable)?.file)
    }

    /// Asks for a preset of a content, in that person's turn.
    pub async fn optimize(
        &self,
        request_id: &RequestId,
        user_id: Uuid,
        hash: &ContentHash,
        preset: &str,
    ) -> Result<Optimized, Error> {
        let body = OptimizeRequest {
            content_hash: hash.to_string(),
            preset: preset.to_owned(),
            wait_for_processing: false,
            user_id: Some(user_id.to_string()),
        };
        let request = self.request(Method::POST, wire::OPTIMIZE_PATH, request_id).json(&body);
        accepted(send(request).await?).await?.json().await.map_err(unavailable)
    }

    /// The original or an artifact of a content, as the request's conditions ask: 200, 206, 304 or 416.
    pub async fn cached(&self, asked: &BytesRequest, hash: &ContentHash, name: &str) -> Result<Response, Error> {
        let mut request = self.request(asked.method.clone(), &wire::cache_path(hash, name), &asked.id);
        for condition in &CONDITIONS {
            if let Some(value) = asked.headers.get(condition) {
                request = request.header(condition, value);
            }
        }
        let response = send(request).await?;
        match response.status() {
            StatusCode::NOT_MODIFIED | StatusCode::RANGE_NOT_SATISFIABLE => Ok(response),
            _ => accepted(response).await,
        }
    }

    /// Asks for the lines of pages that were found.
    pub async fn snippets(&self, request_id: &RequestId, asked: &SnippetsRequest) -> Result<Snippets, Error> {
        let request = self.request(Method::POST, wire::SNIPPETS_PATH, request_id).json(asked);
        accepted(send(request).await?).await?.json().await.map_err(unavailable)
    }

    /// Passes a request of tus on, with its piece as that comes, and gives the answer if it is a success.
    pub async fn tus(&self, request_id: &RequestId, request: TusRequest) -> Result<Response, Error> {
        let call = self.request(request.method, &request.path, request_id).headers(request.headers);
        let Some(body) = request.body else { return accepted(send(call).await?).await };
        let (chunks, mut watched) = timed_body::watch(body);
        let sending = call.body(reqwest::Body::wrap_stream(chunks)).send();
        tokio::pin!(sending);
        // The file store has its time when it has all of the piece, and as long as the piece comes.
        let answer = tokio::select! {
            answer = &mut sending => answer,
            _ = &mut watched.is_over => match timeout(FINISH, sending).await {
                Ok(answer) => answer,
                Err(_) => return Err(Error::Unavailable(NAME)),
            },
        };
        match answer {
            Ok(answer) => accepted(answer).await,
            Err(_) if watched.is_stalled() => Err(Error::Stalled),
            Err(error) => Err(unavailable(error)),
        }
    }

    /// True when it answers.
    pub async fn is_alive(&self) -> bool {
        let request = self.http.get(format!("{}/livez", self.url)).timeout(Duration::from_millis(1500));
        request.send().await.is_ok_and(|response| response.status().is_success())
    }

    fn request(&self, method: Method, path: &str, request_id: &RequestId) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url));
        request.bearer_auth(&self.token).header(REQUEST_ID, request_id.0.clone())
    }
}

/// The headers by which a client says which bytes it wants, and which it has.
static CONDITIONS: [HeaderName; 5] =
    [header::IF_MATCH, header::IF_MODIFIED_SINCE, header::IF_NONE_MATCH, header::IF_RANGE, header::RANGE];

async fn send(request: RequestBuilder) -> Result<Response, Error> {
    match tokio::time::timeout(ANSWER_TIMEOUT, request.send()).await {
        Ok(response) => response.map_err(unavailable),
        Err(_) => Err(Error::Unavailable(NAME)),
    }
}

/// The response if it is a success, else the error it stands for.
async fn accepted(response: Response) -> Result<Response, Error> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let retry_after = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    let refusal = response.json::<Refusal>().await.ok();
    let code = Code::of_answer(status.as_u16(), refusal.as_ref().map(|refusal| refusal.code.as_str()));
    let message = refusal.map_or_else(|| "the file was refused".to_owned(), |refusal| refusal.message);
    Err(match code {
        Some(code) => error_of(&code, retry_after, message),
        None => Error::Internal(anyhow::anyhow!("the processor answered {status}: {message}")),
    })
}

/// What a refusal of the processor's means to the callers of this service.
fn error_of(code: &Code, retry_after: Option<u64>, message: String) -> Error {
    match code {
        Code::Outcome(outcome) => Error::invalid(word_of(outcome), message),
        Code::BadRequest | Code::BadHash | Code::UnknownPreset | Code::NotAPicture => {
            Error::invalid("refused", message)
        }
        Code::NoSuchPage => Error::NotFound("page"),
        Code::KeyReused => Error::invalid("idempotency-key-reused", "that Idempotency-Key belongs to another upload"),
        Code::TextLost => Error::invalid("text-lost", message),
        Code::ArtifactNotFound
        | Code::AvatarNotFound
        | Code::ContentNotFound
        | Code::JobNotFound
        | Code::KindNotFound
        | Code::PageNotFound
        | Code::RouteNotFound => Error::NotFound("artifact"),
        Code::DriveNotFound => Error::NotFound("drive"),
        Code::NotAnEditor => Error::Forbidden("your role in this drive only allows looking"),
        Code::UploadNotFound => Error::NotFound("upload"),
        Code::ChecksumMismatch => Error::Upload(UploadRefusal::Checksum),
        Code::NotAPiece => Error::Upload(UploadRefusal::Type),
        Code::OffsetMismatch => Error::Upload(UploadRefusal::Offset),
        Code::UnknownVersion => Error::Upload(UploadRefusal::Version),
        Code::UploadGone => Error::Upload(UploadRefusal::Gone),
        Code::UploadLocked => Error::Upload(UploadRefusal::Locked),
        Code::UploadOfParts => Error::Upload(UploadRefusal::OfParts),
        Code::TooManyUnfinished => Error::PersonLimit(PersonLimit::Unfinished),
        Code::TooLarge => Error::TooLarge(message),
        Code::TooSlow => Error::Stalled,
        Code::PersonQueueFull => Error::PersonLimit(PersonLimit::Jobs),
        // Everybody's uploads together; browsers send it again by themselves.
        Code::TooManyUploads => Error::TooManyRequests { retry_after_s: retry_after.unwrap_or(2) },
        Code::QueueFull | Code::TooSoon => Error::QueueFull { retry_after_s: retry_after.unwrap_or(10) },
        Code::NotYet => Error::Busy { retry_after_s: retry_after.unwrap_or(5) },
        Code::BeingReadAgain => Error::BeingReadAgain { retry_after_s: retry_after.unwrap_or(2) },
        Code::NoSpace => Error::StorageFull,
        Code::Unavailable => Error::Unavailable("file store"),
        // None of them answers a call of ours that is in order.
        Code::BadRange
        | Code::Conflict
        | Code::Internal
        | Code::MethodNotAllowed
        | Code::NotBonded
        | Code::TooManyOrphans
        | Code::Unauthorized => Error::Internal(anyhow::anyhow!("the processor answered {}: {message}", code.name())),
    }
}

/// The word for programs, where a program can do something about it.
fn word_of(outcome: &str) -> &'static str {
    const WORDS: [&str; 8] =
        ["crashed", "encrypted", "malformed", "memory", "timeout", "too-large", "too-many-pixels", "unsupported"];
    WORDS.into_iter().find(|word| *word == outcome).unwrap_or("refused")
}

/// The error of a request that was not answered, or not to its end.
pub fn unavailable(error: reqwest::Error) -> Error {
    tracing::warn!(error = %error.without_url(), "the processor does not answer");
    Error::Unavailable(NAME)
}

/// `type/subtype` of token characters (RFC 9110, 8.3.1); parameters are not passed on.
fn is_media_type(text: &str) -> bool {
    let is_token = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    text.len() <= 127 && text.split_once('/').is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
}
