//! The service under test and the people who use it.

use crate::fake_processor::FakeProcessor;
use axum::Router;
use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use axum::response::Response;
use model::ContentHash;
use serde_json::{Value, json};
use service::{Settings, Shutdown};
use sha2::{Digest, Sha256};
use sqlx::PgPool;
use std::net::{IpAddr, SocketAddr};
use tower::ServiceExt;
use uuid::Uuid;
use web::{AppState, Config};

/// A password that passes the rules.
pub const PASSWORD: &str = "correct horse battery";

/// The service with a processor of our own.
pub struct TestApp {
    pub router: Router,
    pub pool: PgPool,
    pub processor: FakeProcessor,
    pub downloads: web::DownloadLog,
}

/// Somebody who sends requests: with a cookie as a browser does, with a token, or with nothing.
#[derive(Clone)]
pub struct Client {
    router: Router,
    pool: PgPool,
    credential: Option<(header::HeaderName, String)>,
    peer: Option<IpAddr>,
    pub id: Uuid,
}

/// An answer, read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// The body was there at once, so that it leaves with its head.
    pub is_whole: bool,
}

impl TestApp {
    pub async fn new(pool: PgPool) -> Self {
        Self::with(pool, &[]).await
    }

    /// With some settings other than the defaults.
    pub async fn with(pool: PgPool, settings: &[(&str, &str)]) -> Self {
        let processor = FakeProcessor::start(pool.clone()).await;
        let base = Settings::from_env()
            .with("DATABASE_URL", "postgres://unused")
            .with("PROCESSOR_TOKEN", "processor-secret")
            .with("SECRETS_DIR", "")
            .with("PROCESSOR_URL", &processor.url);
        let settings = settings.iter().fold(base, |all, (name, value)| all.with(name, value));
        let state = AppState::new(Config::read(&settings).unwrap(), pool.clone()).unwrap();
        let downloads = state.downloads.clone();
        Self { router: web::app(state, Shutdown::new()), pool, processor, downloads }
    }

    /// Somebody who is not signed in.
    pub fn stranger(&self) -> Client {
        Client { router: self.router.clone(), pool: self.pool.clone(), credential: None, peer: None, id: Uuid::nil() }
    }

    /// Somebody new, signed in.
    pub async fn person(&self, name: &str) -> Client {
        self.someone(name, false).await
    }

    /// An administrator, signed in.
    pub async fn admin(&self) -> Client {
        self.someone("admin", true).await
    }

    /// An administrator of that name, signed in.
    pub async fn admin_named(&self, name: &str) -> Client {
        self.someone(name, true).await
    }

    /// Past the sign-in, whose hash would take most of a test's time.
    async fn someone(&self, name: &str, is_admin: bool) -> Client {
        let mut conn = self.pool.acquire().await.unwrap();
        let email = format!("{name}@example.org");
        let new = db::users::NewUser { email: &email, name, password_hash: "", is_admin };
        let user = db::users::insert(&mut conn, &new).await.unwrap();
        let secret = format!("session-of-{name}");
        let hash = web::auth::secret::hash(&secret);
        db::sessions::insert(&mut conn, &hash, user.id, "", time::Duration::days(1)).await.unwrap();
        let cookie =
            (header::COOKIE, format!("other=1; pagespace_session={secret}; __Host-pagespace_session={secret}"));
        Client { credential: Some(cookie), id: user.id, ..self.stranger() }
    }

    /// A user whose password is [`PASSWORD`].
    pub async fn user_with_password(&self, email: &str) {
        let hash = web::auth::password::Passwords::new().unwrap().hash(PASSWORD.into()).await.unwrap();
        let mut conn = self.pool.acquire().await.unwrap();
        let new = db::users::NewUser { email, name: "Ann", password_hash: &hash, is_admin: false };
        db::users::insert(&mut conn, &new).await.unwrap();
    }

    /// Puts the service behind a real socket.
    pub async fn listen(&self) -> SocketAddr {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let limits = service::ConnectionLimits::public(1000, 1000, |_| false);
        tokio::spawn(service::serve_on(listener, self.router.clone(), limits, Shutdown::new()));
        address
    }
}

impl Client {
    /// The same person by a token instead of the cookie.
    pub fn with_token(&self, token: &str) -> Client {
        Client { credential: Some((header::AUTHORIZATION, format!("Bearer {token}"))), ..self.clone() }
    }

    /// The same with that cookie.
    pub fn with_cookie(&self, cookie: &str) -> Client {
        Client { credential: Some((header::COOKIE, cookie.to_owned())), ..self.clone() }
    }

    /// The same over a connection from that address.
    pub fn with_peer(&self, address: &str) -> Client {
        Client { peer: Some(address.parse().unwrap()), ..self.clone() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], Body::empty()).await
    }

    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(Method::GET, path, headers, Body::empty()).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.json(Method::POST, path, body).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.json(Method::PUT, path, body).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.json(Method::PATCH, path, body).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, &[], Body::empty()).await
    }

    async fn json(&self, method: Method, path: &str, body: Value) -> Answer {
        self.send(method, path, &[("content-type", "application/json")], Body::from(body.to_string())).await
    }

    /// A request as this service's own pages make it.
    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Body) -> Answer {
        let headers = [&[("sec-fetch-site", "same-origin")], headers].concat();
        self.send_exactly(method, path, &headers, body).await
    }

    /// The answer as it begins, its body not read yet.
    pub async fn begin(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Body) -> Response {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some((name, value)) = &self.credential {
            request = request.header(name, value);
        }
        let mut request = request.body(body).unwrap();
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(ConnectInfo(SocketAddr::from((peer, 50_000))));
        }
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// A request with these headers and the credential, nothing else.
    pub async fn send_exactly(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Body) -> Answer {
        let (parts, body) = self.begin(method, path, headers, body).await.into_parts();
        let size = body.size_hint().exact();
        let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        let is_whole = size == Some(body.len() as u64);
        Answer { status: parts.status, headers: parts.headers, body, is_whole }
    }

    /// A drive of one's own.
    pub async fn new_drive(&self, name: &str) -> Uuid {
        self.post("/api/v1/drives", json!({"name": name})).await.expect(StatusCode::CREATED).id()
    }

    /// Uploads a file.
    pub async fn upload(&self, drive: Uuid, name: &str, bytes: &[u8]) -> Answer {
        let head = format!("--XX\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n");
        let body = [head.as_bytes(), b"content-type: text/plain\r\n\r\n", bytes, b"\r\n--XX--\r\n"].concat();
        let form = [("content-type", "multipart/form-data; boundary=XX")];
        self.send(Method::POST, &format!("/api/v1/drives/{drive}/files"), &form, Body::from(body)).await
    }

    /// Uploads a file and says its id.
    pub async fn new_file(&self, drive: Uuid, name: &str, bytes: &[u8]) -> Uuid {
        let answer = self.upload(drive, name, bytes).await.expect(StatusCode::CREATED).json();
        answer["file"]["id"].as_str().unwrap().parse().unwrap()
    }

    /// Makes somebody a member of one's drive, who accepts at once.
    pub async fn share(&self, drive: Uuid, email: &str, role: &str) {
        let body = json!({"email": email, "role": role});
        let answer = self.put(&format!("/api/v1/drives/{drive}/members"), body).await;
        if answer.status == StatusCode::OK {
            return;
        }
        answer.expect(StatusCode::ACCEPTED);
        let mut conn = self.pool.acquire().await.unwrap();
        let user = db::users::find_by_email(&mut conn, email).await.unwrap().unwrap();
        let waiting = db::invitations::of_person(&mut conn, user.id, None, 1).await.unwrap();
        assert_eq!(db::invitations::accept(&mut conn, user.id, waiting[0].id).await.unwrap(), Some(drive));
    }

    /// Puts an artifact of a content where uploads of it find it.
    pub async fn note_artifact(&self, hash: &ContentHash, name: &str, mime: &str, size_bytes: u64) {
        let part = model::ArtifactPart {
            name: name.into(),
            mime: mime.into(),
            offset: 0,
            size_bytes,
            width: None,
            height: None,
        };
        let mut conn = self.pool.acquire().await.unwrap();
        db::artifacts::upsert(&mut conn, hash, &part).await.unwrap();
    }
}

impl Answer {
    /// The same answer, if it has that status.
    #[track_caller]
    pub fn expect(self, status: StatusCode) -> Self {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self
    }

    /// It is a problem of that status and code.
    #[track_caller]
    pub fn expect_problem(self, status: StatusCode, code: &str) -> Self {
        let answer = self.expect(status);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.json()["code"], code);
        answer
    }

    /// These bytes are not in it.
    #[track_caller]
    pub fn expect_no(&self, bytes: &[u8]) {
        assert!(!self.body.windows(bytes.len()).any(|window| window == bytes));
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    #[track_caller]
    pub fn id(&self) -> Uuid {
        self.json()["id"].as_str().unwrap().parse().unwrap()
    }

    /// The address of the next page of a list at `path`.
    #[track_caller]
    pub fn next_page(&self, path: &str) -> Option<String> {
        let link = self.headers.get("link")?.to_str().unwrap();
        let query = link.strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap();
        Some(format!("{path}{query}"))
    }

    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

/// The hash that these bytes are kept by.
pub fn hash(bytes: &[u8]) -> ContentHash {
    ContentHash::from_digest(Sha256::digest(bytes).into())
}
