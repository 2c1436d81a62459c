//! The service that keeps and reads the files, called over HTTP. This service never looks into one.

use crate::config::Config;
use crate::error::Error;
use crate::passage::Bodies;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};
use model::ContentHash;
use reqwest::multipart::{Form, Part};
use reqwest::{RequestBuilder, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use service::{REQUEST_ID, RequestId};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// What it is called in messages.
const NAME: &str = "file store";
/// Longest wait for the beginning of an answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// The processor's HTTP contract, as far as this service uses it.
#[derive(Clone)]
pub struct Processor {
    http: reqwest::Client,
    url: Arc<str>,
    token: Arc<str>,
}

/// A file on its way in. The caller has authorised it.
pub struct Upload {
    /// The drive it goes to.
    pub drive_id: Uuid,
    /// Who sends it.
    pub user_id: Uuid,
    /// Its name, cleaned.
    pub name: String,
    /// The media type the sender claims.
    pub mime: Option<String>,
    /// Its bytes, as they come, and how many they were.
    pub bodies: Bodies,
}

/// What became of an upload.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stored {
    /// The new file.
    pub file_id: Uuid,
    /// The bytes were known.
    pub deduplicated: bool,
    /// The jobs that read it.
    #[serde(default)]
    job_ids: Vec<Value>,
}

/// What became of asking for a preset.
#[derive(Debug, PartialEq, Eq)]
pub enum Optimized {
    /// It is there.
    Cached,
    /// A job makes it.
    Queued {
        /// The job.
        job_id: String,
    },
}

impl Processor {
    /// The processor of these settings.
    pub fn new(http: reqwest::Client, config: &Config) -> Self {
        Self { http, url: config.processor_url.as_str().into(), token: config.processor_token.as_str().into() }
    }

    /// Streams a file in. Waits as long as the bytes keep coming, which is the caller's to watch.
    pub async fn upload(&self, request_id: &RequestId, upload: Upload) -> Result<Stored, Error> {
        // The fields come first, so that the receiver knows whose file it is before its first byte.
        let file = Part::stream(upload.bodies.file).file_name("file");
        let file = match upload.mime.as_deref().filter(|mime| is_media_type(mime)) {
            Some(mime) => file.mime_str(mime).map_err(|error| Error::BadRequest(error.to_string()))?,
            None => file,
        };
        let form = Form::new()
            .text("driveId", upload.drive_id.to_string())
            .text("userId", upload.user_id.to_string())
            .text("name", upload.name)
            .part("file", file)
            // It comes last, and what lacks bytes by then is not kept.
            .part("sizeBytes", Part::stream(upload.bodies.size_bytes));
        let request = self.request(Method::POST, "/api/upload/single", request_id).multipart(form);
        answer(request.send().await.map_err(unavailable)?).await?.json().await.map_err(unavailable)
    }

    /// Asks for a preset of a content.
    pub async fn optimize(&self, request_id: &RequestId, hash: &ContentHash, preset: &str) -> Result<Optimized, Error> {
        let body = json!({"contentHash": hash, "preset": preset});
        let request = self.request(Method::POST, "/api/optimize", request_id).json(&body);
        let answer: Value = answer(send(request).await?).await?.json().await.map_err(unavailable)?;
        match (answer["cached"].as_bool(), id_text(&answer["jobId"])) {
            (Some(true), _) => Ok(Optimized::Cached),
            (_, Some(job_id)) => Ok(Optimized::Queued { job_id }),
            _ => Err(Error::Internal(anyhow::anyhow!(
                "the processor's answer to a request for a preset is not understood"
            ))),
        }
    }

    /// The original or an artifact of a content, as the request's conditions ask: 200, 206, 304 or 416.
    pub async fn cached(
        &self,
        request_id: &RequestId,
        method: Method,
        hash: &ContentHash,
        name: &str,
        conditions: &HeaderMap,
    ) -> Result<Response, Error> {
        let mut request = self.request(method, &format!("/cache/{hash}/{name}"), request_id);
        for condition in &CONDITIONS {
            if let Some(value) = conditions.get(condition) {
                request = request.header(condition, value);
            }
        }
        let response = send(request).await?;
        match response.status() {
            StatusCode::NOT_MODIFIED | StatusCode::RANGE_NOT_SATISFIABLE => Ok(response),
            _ => answer(response).await,
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

impl Stored {
    /// The numbers of the jobs that read it.
    pub fn job_ids(&self) -> Vec<String> {
        self.job_ids.iter().filter_map(id_text).collect()
    }
}

/// True when a request is for all the bytes, whatever the client has.
pub fn is_unconditional(headers: &HeaderMap) -> bool {
    CONDITIONS.iter().all(|condition| !headers.contains_key(condition))
}

/// The headers by which a client says which bytes it wants, and which it has.
static CONDITIONS: [HeaderName; 5] =
    [header::IF_MATCH, header::IF_MODIFIED_SINCE, header::IF_NONE_MATCH, header::IF_RANGE, header::RANGE];

async fn send(request: RequestBuilder) -> Result<Response, Error> {
    match tokio::time::timeout(PATIENCE, request.send()).await {
        Ok(response) => response.map_err(unavailable),
        Err(_) => Err(Error::Unavailable(NAME)),
    }
}

/// The response if it is a success, else the error it stands for.
async fn answer(response: Response) -> Result<Response, Error> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let retry_after = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    let body: Value = response.json().await.unwrap_or_default();
    let message = body["message"].as_str().or(body["error"].as_str()).unwrap_or("the file was refused").to_owned();
    Err(match (status, body["code"].as_str()) {
        (StatusCode::SERVICE_UNAVAILABLE, Some("being_read_again")) => {
            Error::BeingReadAgain { retry_after_s: retry_after.unwrap_or(2) }
        }
        (StatusCode::UNPROCESSABLE_ENTITY, Some("text_lost")) => Error::invalid("text-lost", message),
        (status, _) => refusal(status, retry_after, message),
    })
}

/// The error that a status stands for where the code says nothing more.
fn refusal(status: StatusCode, retry_after: Option<u64>, message: String) -> Error {
    match status {
        StatusCode::BAD_REQUEST | StatusCode::UNSUPPORTED_MEDIA_TYPE | StatusCode::UNPROCESSABLE_ENTITY => {
            Error::invalid("refused", message)
        }
        StatusCode::NOT_FOUND => Error::NotFound("artifact"),
        StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge(message),
        StatusCode::REQUEST_TIMEOUT => Error::Stalled,
        StatusCode::TOO_MANY_REQUESTS => Error::QueueFull { retry_after_s: retry_after.unwrap_or(10) },
        StatusCode::SERVICE_UNAVAILABLE => Error::Busy { retry_after_s: retry_after.unwrap_or(5) },
        StatusCode::INSUFFICIENT_STORAGE => Error::StorageFull,
        _ => Error::Internal(anyhow::anyhow!("the processor answered {status}: {message}")),
    }
}

/// The error of a request that was not answered, or not to its end.
pub fn unavailable(error: reqwest::Error) -> Error {
    tracing::warn!(error = %error.without_url(), "the processor does not answer");
    Error::Unavailable(NAME)
}

fn id_text(id: &Value) -> Option<String> {
    id.as_str().map(str::to_owned).or_else(|| id.as_i64().map(|id| id.to_string()))
}

/// `type/subtype` of token characters (RFC 9110, 8.3.1); parameters are not passed on.
fn is_media_type(text: &str) -> bool {
    let is_token = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    text.len() <= 127 && text.split_once('/').is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
}
