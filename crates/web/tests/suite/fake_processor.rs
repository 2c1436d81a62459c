//! A processor for tests: it keeps files in memory, writes the same rows, and says what it was asked.

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Multipart, Path, RawQuery, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::middleware::{from_fn, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Json, Router};
use db::drives::Role;
use db::upload_keys::{Answered, KeyedUpload, Taken};
use model::ContentHash;
use model::wire::{
    self, Code, OptimizeRequest, Optimized, Refusal, SnippetPart, Snippets, SnippetsRequest, StoredFile, StoredJobs,
    Uploaded, field,
};
use serde_json::json;
use sha2::{Digest, Sha256};
use sqlx::PgPool;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::sync::watch;

/// What the test sees of it.
pub struct FakeProcessor {
    pub url: String,
    shared: Shared,
}

#[derive(Clone)]
struct Shared {
    pool: PgPool,
    /// Bytes by `hash/name`.
    kept: Arc<Mutex<HashMap<String, Bytes>>>,
    /// The headers of the newest request.
    headers: Arc<Mutex<HeaderMap>>,
    /// Bytes of the upload under way.
    received: watch::Sender<usize>,
    /// The newest request for snippets.
    snippets: Arc<Mutex<Option<SnippetsRequest>>>,
    /// What to answer instead of storing.
    refusal: Arc<Mutex<Option<(Code, String)>>>,
}

impl FakeProcessor {
    pub async fn start(pool: PgPool) -> Self {
        let shared = Shared {
            pool,
            kept: Arc::default(),
            headers: Arc::default(),
            received: watch::Sender::new(0),
            snippets: Arc::default(),
            refusal: Arc::default(),
        };
        let router = Router::new()
            .route(wire::UPLOAD_PATH, post(upload).layer(DefaultBodyLimit::disable()).layer(from_fn(service::linger)))
            .route(wire::TUS_PATH, any(tus))
            .route("/api/upload/tus/{id}", any(tus))
            .route(wire::OPTIMIZE_PATH, post(optimize))
            .route(wire::SNIPPETS_PATH, post(snippets))
            .route("/cache/{hash}/{*name}", get(cached))
            .route("/livez", get(|| async { "ok" }))
            .layer(map_response(say_when))
            .with_state(shared.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, shared }
    }

    /// Keeps an artifact.
    pub fn keep(&self, hash: &ContentHash, name: &str, bytes: &'static [u8]) {
        self.shared.kept.lock().unwrap().insert(format!("{hash}/{name}"), Bytes::from_static(bytes));
    }

    /// What a request of tus has brought.
    pub fn sent(&self, request: &str) -> Option<Bytes> {
        self.shared.kept.lock().unwrap().get(request).cloned()
    }

    /// Refuses everything from now on.
    pub fn refuse(&self, code: Code, message: &str) {
        *self.shared.refusal.lock().unwrap() = Some((code, message.to_owned()));
    }

    /// A header of the newest request.
    pub fn asked(&self, name: &str) -> String {
        let headers = self.shared.headers.lock().unwrap();
        headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    /// The pages that lines were last asked of.
    pub fn asked_for_snippets(&self) -> SnippetsRequest {
        self.shared.snippets.lock().unwrap().clone().expect("nobody asked for snippets")
    }

    /// Waits until that many bytes of the upload under way have come.
    pub async fn has_received(&self, bytes: usize) {
        self.shared.received.subscribe().wait_for(|received| *received >= bytes).await.unwrap();
    }

    /// The next upload is counted anew.
    pub fn forget_received(&self) {
        self.shared.received.send_replace(0);
    }

    /// How much it keeps.
    pub fn kept(&self) -> usize {
        self.shared.kept.lock().unwrap().len()
    }
}

impl Shared {
    /// Notes the request; a refusal if there is one to give.
    fn note(&self, headers: &HeaderMap) -> Option<Refused> {
        *self.headers.lock().unwrap() = headers.clone();
        if headers.get(header::AUTHORIZATION).is_none_or(|value| value != "Bearer processor-secret") {
            return Some(refused(&Code::Unauthorized, "no token"));
        }
        self.refusal.lock().unwrap().clone().map(|(code, message)| refused(&code, &message))
    }
}

/// Whoever is to ask again is told when.
async fn say_when(mut response: Response) -> Response {
    if response.status() == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, 7.into());
    }
    response
}

type Refused = (StatusCode, Json<Refusal>);

fn refused(code: &Code, message: &str) -> Refused {
    let status = StatusCode::from_u16(code.status()).unwrap();
    (status, Json(Refusal::new(code, status.as_str(), message.to_owned())))
}

async fn upload(
    State(shared): State<Shared>,
    headers: HeaderMap,
    mut form: Multipart,
) -> Result<Json<Uploaded>, Refused> {
    if let Some(refused) = shared.note(&headers) {
        return Err(refused);
    }
    let broken = |error: axum::extract::multipart::MultipartError| refused(&Code::BadRequest, &error.to_string());
    let mut fields: HashMap<String, String> = HashMap::new();
    let mut bytes = Vec::new();
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap().to_owned();
        if name != field::FILE {
            fields.insert(name, field.text().await.map_err(broken)?);
            continue;
        }
        assert!(fields.contains_key(field::DRIVE_ID), "whose file it is comes before its bytes");
        while let Some(chunk) = field.chunk().await.map_err(broken)? {
            bytes.extend_from_slice(&chunk);
            shared.received.send_replace(bytes.len());
        }
    }
    let hash = ContentHash::from_digest(Sha256::digest(&bytes).into());
    let mut tx = shared.pool.begin().await.unwrap();
    let id = |name| fields[name].parse().unwrap();
    match db::drives::hold_role(&mut tx, id(field::EDITOR_ID), id(field::DRIVE_ID)).await.unwrap() {
        None => return Err(refused(&Code::DriveNotFound, "no such drive")),
        Some(Role::Viewer) => return Err(refused(&Code::NotAnEditor, "no editor")),
        Some(Role::Editor | Role::Owner) => {}
    }
    let keyed = fields.get(field::IDEMPOTENCY_KEY).map(|key| KeyedUpload {
        user_id: id(field::EDITOR_ID),
        key,
        drive_id: id(field::DRIVE_ID),
        name: &fields[field::NAME],
        content_hash: &hash,
    });
    let size = bytes.len() as u64;
    let jobs = StoredJobs { ingest: true };
    if let Some(keyed) = &keyed {
        match db::upload_keys::take(&mut tx, keyed).await.unwrap() {
            Taken::New => {}
            Taken::Same(Answered { file_id, deduplicated, job_id }) => {
                let job_ids = job_id.iter().map(ToString::to_string).collect();
                let file = StoredFile { content_hash: hash, deduplicated, file_id, job_ids, jobs, size };
                return Ok(Json(Uploaded { file, success: true }));
            }
            Taken::Other => return Err(refused(&Code::KeyReused, "another upload")),
        }
    }
    let content = db::contents::upsert_pending(&mut tx, &hash, size, "text/plain", Some("txt")).await.unwrap();
    let new = db::files::NewFile {
        content_hash: &hash,
        name: &fields[field::NAME],
        drive: Some(&fields[field::DRIVE_ID]),
        owner: Some(&fields[field::USER_ID]),
        page_id: None,
    };
    let rights = db::library::rights(&mut tx, id(field::EDITOR_ID), &hash).await.unwrap();
    let file = db::files::insert(&mut tx, &new).await.unwrap();
    let job = queue::NewJob::new("ingest-file", json!({"contentHash": hash})).subject(hash.as_str());
    let job = queue::enqueue(&mut tx, &job).await.unwrap();
    let deduplicated = !content.is_new && rights.can_see;
    if let Some(keyed) = &keyed {
        let answered = Answered { file_id: file.id, deduplicated, job_id: Some(job.id.0) };
        db::upload_keys::answer(&mut tx, keyed.user_id, keyed.key, &answered).await.unwrap();
    }
    tx.commit().await.unwrap();
    shared.kept.lock().unwrap().insert(format!("{hash}/original"), bytes.into());
    let file = StoredFile {
        content_hash: hash,
        deduplicated,
        file_id: file.id,
        job_ids: vec![job.id.to_string()],
        jobs,
        size,
    };
    Ok(Json(Uploaded { file, success: true }))
}

/// Takes a piece of whatever it is sent, and says that so much is there.
async fn tus(
    State(shared): State<Shared>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: axum::body::Body,
) -> Result<Response, Refused> {
    if let Some(refused) = shared.note(&headers) {
        return Err(refused);
    }
    let broken = |_| refused(&Code::BadRequest, "broken off");
    let body = axum::body::to_bytes(body, usize::MAX).await.map_err(broken)?;
    let offset = [(wire::tus::OFFSET, body.len().to_string()), (wire::tus::RESUMABLE, "1.0.0".into())];
    shared.kept.lock().unwrap().insert(format!("{method} {}", uri.path()), body);
    Ok(match method {
        Method::POST => {
            let location = [(header::LOCATION, wire::tus_path(uuid::Uuid::from_u128(7)))];
            (StatusCode::CREATED, location, offset).into_response()
        }
        Method::HEAD => (StatusCode::OK, offset).into_response(),
        _ => (StatusCode::NO_CONTENT, offset).into_response(),
    })
}

async fn optimize(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Json(body): Json<OptimizeRequest>,
) -> Result<Json<Optimized>, Refused> {
    if let Some(refused) = shared.note(&headers) {
        return Err(refused);
    }
    assert!(body.user_id.is_some(), "whose turn it takes is said");
    let key = format!("{}/{}", body.content_hash, body.preset);
    let is_kept = shared.kept.lock().unwrap().contains_key(&key);
    Ok(Json(match is_kept {
        true => Optimized::Ready { url: format!("/cache/{key}"), waited_ms: None },
        false => Optimized::Queued { job_id: "7".into() },
    }))
}

/// Says of each place where it is.
async fn snippets(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Json(body): Json<SnippetsRequest>,
) -> Result<Json<Snippets>, Refused> {
    if let Some(refused) = shared.note(&headers) {
        return Err(refused);
    }
    let part = |start| vec![SnippetPart { is_marked: true, text: format!("at {start}") }];
    let snippets = body.places.iter().map(|place| part(place.start_byte)).collect();
    *shared.snippets.lock().unwrap() = Some(body);
    Ok(Json(Snippets { snippets }))
}

/// Whole, or the range `bytes=a-b`, or 304, or 416.
async fn cached(
    State(shared): State<Shared>,
    Path((hash, name)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    if let Some(refused) = shared.note(&headers) {
        return Err(refused);
    }
    let name = query.map_or(name.clone(), |query| format!("{name}?{query}"));
    let found = shared.kept.lock().unwrap().get(&format!("{hash}/{name}")).cloned();
    let bytes = found.ok_or(refused(&Code::ArtifactNotFound, "not cached"))?;
    let etag = [(header::ETAG, format!("\"{hash}-{name}\"")), (header::ACCEPT_RANGES, "bytes".into())];
    if headers.get(header::IF_NONE_MATCH).is_some_and(|value| value == etag[0].1.as_str()) {
        return Ok((StatusCode::NOT_MODIFIED, etag).into_response());
    }
    let Some(range) = headers.get(header::RANGE).and_then(|value| value.to_str().ok()?.strip_prefix("bytes=")) else {
        let public = [(header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
        return Ok((etag, public, bytes).into_response());
    };
    let (first, last) = range.split_once('-').unwrap();
    let (first, last): (usize, usize) = (first.parse().unwrap(), last.parse().unwrap());
    if first >= bytes.len() {
        let length = [(header::CONTENT_RANGE, format!("bytes */{}", bytes.len()))];
        return Ok((StatusCode::RANGE_NOT_SATISFIABLE, length).into_response());
    }
    let last = last.min(bytes.len() - 1);
    let place = [(header::CONTENT_RANGE, format!("bytes {first}-{last}/{}", bytes.len()))];
    Ok((StatusCode::PARTIAL_CONTENT, etag, place, bytes.slice(first..=last)).into_response())
}
