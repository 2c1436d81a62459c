//! The service under test, and the words the tests speak in.

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderMap, Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use model::{ArtifactPart, ContentHash, Outcome, Report};
use processor::{AppState, Config, app};
use queue::{Done, Runner};
use serde_json::{Value, json};
use service::{Settings, Shutdown};
use sqlx::PgPool;
use sqlx::types::Uuid;
use std::io::Write;
use std::sync::Arc;
use storage::ArtifactRange;
use tempfile::TempDir;
use tower::ServiceExt;

pub const TOKEN: &str = "a-service-token";
pub const HELLO: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
pub const JPEG: &[u8] = b"\xff\xd8\xff\xe0 not much of a picture, but it begins like one";

pub struct TestApp {
    pub state: AppState,
    pub pool: PgPool,
    pub dir: TempDir,
    router: Router,
}

impl TestApp {
    pub async fn new(pool: PgPool) -> Self {
        Self::with(pool, |_| {}).await
    }

    /// With settings of the test's own.
    pub async fn with(pool: PgPool, change: impl FnOnce(&mut Config)) -> Self {
        Self::open(pool, change).await.unwrap()
    }

    /// The same, where it may refuse to start.
    pub async fn open(pool: PgPool, change: impl FnOnce(&mut Config)) -> anyhow::Result<Self> {
        let dir = tempfile::tempdir().unwrap();
        let settings = Settings::from_env()
            .with("DATABASE_URL", "postgres://the-test-has-its-own-pool/")
            .with("PROCESSOR_TOKEN", TOKEN)
            .with("STORAGE_RESERVE_BYTES", "0")
            .with("STORAGE_DIR", dir.path().to_str().unwrap());
        let mut config = Config::read(&settings).unwrap();
        config.sandbox.program = env!("CARGO_BIN_EXE_processor").into();
        config.sandbox.children = 1;
        change(&mut config);
        let state = AppState::open(config, pool.clone(), Shutdown::new()).await?;
        Ok(Self { router: app(state.clone()), state, pool, dir })
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        Answer::read(response).await
    }

    /// Sends a request with the token.
    pub async fn trusted(&self, mut request: Request<Body>) -> Answer {
        request.headers_mut().insert(header::AUTHORIZATION, format!("Bearer {TOKEN}").parse().unwrap());
        self.send(request).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[]).await
    }

    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request = headers.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
        self.trusted(request.body(Body::empty()).unwrap()).await
    }

    /// A check of `/health` once it has that status: what is said there is a second old at most.
    pub async fn health_becomes(&self, check: &str, status: &str) -> Value {
        let begun = std::time::Instant::now();
        loop {
            let found = self.get("/health").await.ok()["checks"][check].clone();
            if found["status"] == status {
                return found;
            }
            assert!(begun.elapsed().as_secs() < 10, "{check} is not {status}: {found}");
            tokio::task::yield_now().await;
        }
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.trusted(Request::delete(path).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
        self.trusted(request.body(body.to_string().into()).unwrap()).await
    }

    pub async fn post_form(&self, path: &str, form: Form) -> Answer {
        self.trusted(form.request(path)).await
    }

    /// Uploads one file and gives its hash.
    pub async fn upload(&self, name: &str, bytes: &[u8]) -> ContentHash {
        let answer = self.post_form("/api/upload/single", Form::new().file("file", name, bytes)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        answer.json()["contentHash"].as_str().unwrap().parse().unwrap()
    }

    /// Says that the content's job is done, as its handler would.
    pub async fn finish(&self, hash: &ContentHash, outcome: Outcome) {
        let mut tx = self.pool.begin().await.unwrap();
        db::contents::finish(&mut tx, hash, &Report::of(outcome)).await.unwrap();
        // In the order jobs move in: one that its limit lets through meanwhile is found in one table or the other.
        sqlx::query("delete from queue.parked").execute(&mut *tx).await.unwrap();
        sqlx::query("delete from queue.hot").execute(&mut *tx).await.unwrap();
        sqlx::query("delete from queue.keys").execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Makes an artifact, as a job would.
    pub async fn derive(&self, hash: &ContentHash, name: &str, mime: &str, bytes: &[u8]) {
        derive(&self.state, hash, name, mime, bytes).await;
    }

    /// Takes image-optimize jobs and makes these bytes of each, as a reader would.
    pub fn run_optimize(&self, bytes: &'static [u8]) -> Runner {
        let state = self.state.clone();
        let handler = move |job: queue::Job| {
            let state = state.clone();
            async move {
                let hash = job.payload["contentHash"].as_str().unwrap().parse().unwrap();
                derive(&state, &hash, job.payload["preset"].as_str().unwrap(), "image/jpeg", bytes).await;
                let mut tx = state.context.pool.begin().await?;
                job.finish_on(&mut tx, json!({})).await?;
                tx.commit().await?;
                state.context.announcer.announce();
                Ok(Done::FinishedInTransaction)
            }
        };
        Runner::builder(self.state.context.queue.clone()).kind("image-optimize", 1, handler).start()
    }

    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.pool).await.unwrap()
    }

    /// Files in the store's folder for what is being written.
    pub fn temp_files(&self) -> usize {
        std::fs::read_dir(self.dir.path().join("tmp")).unwrap().count()
    }
}

async fn derive(state: &AppState, hash: &ContentHash, name: &str, mime: &str, bytes: &[u8]) {
    let mut output = state.context.store.temp_output().await.unwrap();
    output.write_all(bytes).unwrap();
    let size_bytes = bytes.len() as u64;
    let range = ArtifactRange { name: name.into(), offset: 0, size_bytes };
    state.context.store.keep_artifacts(hash, Arc::new(output), vec![range]).await.unwrap();
    let part =
        ArtifactPart { name: name.into(), mime: mime.into(), offset: 0, size_bytes, width: Some(40), height: Some(30) };
    db::artifacts::upsert(&mut state.context.pool.acquire().await.unwrap(), hash, &part).await.unwrap();
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
    /// The body was there at once, so that it leaves with its head.
    pub is_whole: bool,
}

impl Answer {
    async fn read(response: Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        let size = body.size_hint().exact();
        let body = body.collect().await.unwrap().to_bytes();
        let is_whole = size == Some(body.len() as u64);
        Self { status: parts.status, headers: parts.headers, body, is_whole }
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The body of a success.
    pub fn ok(&self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text());
        self.json()
    }

    /// Checks a refusal: its status, its stable code, and that it has a sentence.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) -> Value {
        let body = self.json();
        assert_eq!((self.status.as_u16(), body["code"].as_str()), (status, Some(code)), "{body}");
        assert!(body["message"].is_string() && body["error"].is_string(), "{body}");
        body
    }
}

/// A multipart form.
#[derive(Default)]
pub struct Form {
    body: Vec<u8>,
}

const BOUNDARY: &str = "----between-the-fields";

impl Form {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn text(mut self, name: &str, value: &str) -> Self {
        write!(self.body, "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
            .unwrap();
        self
    }

    pub fn file(mut self, name: &str, filename: &str, bytes: &[u8]) -> Self {
        self.body.extend(file_head(name, filename));
        self.body.extend_from_slice(bytes);
        self.body.extend_from_slice(b"\r\n");
        self
    }

    /// What there is of it, to be gone on with.
    pub fn part(self) -> Vec<u8> {
        self.body
    }

    pub fn request(mut self, path: &str) -> Request<Body> {
        self.body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        let length = self.body.len();
        form_request(path).header(header::CONTENT_LENGTH, length).body(self.body.into()).unwrap()
    }

    /// Without an announced length, and cut off before the end.
    pub fn broken_request(self, path: &str) -> Request<Body> {
        form_request(path).body(self.body.into()).unwrap()
    }
}

/// Somebody with a drive of their own.
pub async fn person(pool: &PgPool, name: &str) -> (Uuid, Uuid) {
    let mut conn = pool.acquire().await.unwrap();
    let new = db::users::NewUser { email: name, name, password_hash: "", is_admin: false };
    let user = db::users::insert(&mut conn, &new).await.unwrap().id;
    (user, db::drives::insert(&mut conn, "d", user).await.unwrap())
}

/// The sample at `kind/name`.
pub fn sample(path: &str) -> Vec<u8> {
    std::fs::read(format!("{}/../../tests/samples/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

pub fn form_request(path: &str) -> axum::http::request::Builder {
    Request::post(path).header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"))
}

pub fn file_head(name: &str, filename: &str) -> Vec<u8> {
    let disposition = format!("Content-Disposition: form-data; name=\"{name}\"; filename=\"{filename}\"");
    format!("--{BOUNDARY}\r\n{disposition}\r\nContent-Type: application/octet-stream\r\n\r\n").into_bytes()
}

pub fn form_end() -> Vec<u8> {
    format!("\r\n--{BOUNDARY}--\r\n").into_bytes()
}
