//! A running service with people, drives and files.

use hmac::{Hmac, KeyInit, Mac};
use model::EventKind;
use realtime::{Config, Realtime, start};
use serde_json::json;
use service::{ConnectionLimits, DatabaseSettings, Shutdown, TrustedProxies};
use sha2::{Digest, Sha256};
use sqlx::PgPool;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;
use uuid::Uuid;

pub const SECRET: &str = "0123456789abcdef0123456789abcdef";

pub struct TestServer {
    pub address: SocketAddr,
    pub pool: PgPool,
    pub realtime: Arc<Realtime>,
}

/// Somebody with a session, and a drive of their own.
pub struct Person {
    pub id: Uuid,
    pub session: String,
    pub drive: Uuid,
}

impl TestServer {
    pub async fn start(pool: PgPool) -> Self {
        Self::start_with(pool, |_| ()).await
    }

    pub async fn start_with(pool: PgPool, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config {
            address: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            database: DatabaseSettings {
                url: String::new(),
                is_role_passed_over: false,
                is_own: false,
                connections: 4,
                is_share: false,
                statement_timeout: None,
            },
            broadcast_secret: SECRET.into(),
            public_url: "http://files.example".into(),
            trusted_proxies: TrustedProxies::this_machine(),
            connections: 1000,
            queue: 64,
            reauthorize_every: Duration::from_secs(3600),
        };
        change(&mut config);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let realtime = Arc::new(start(config, pool.clone(), Shutdown::new()));
        let routes = realtime.routes();
        tokio::spawn(service::serve_on(listener, routes, ConnectionLimits::internal(), Shutdown::new()));
        let server = Self { address, pool, realtime };
        while server.get("/readyz").await.0 != 200 || !server.get("/health").await.1.contains(r#""listening":true"#) {
            tokio::task::yield_now().await;
        }
        server
    }

    pub async fn get(&self, path: &str) -> (u16, String) {
        let response = reqwest::get(format!("http://{}{path}", self.address)).await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    /// Posts a body with a signature made so many seconds ago.
    pub async fn post_signed(&self, path: &str, body: &str, secret: &str, age_s: u64) -> (u16, String) {
        let at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() - age_s;
        self.post(path, body, Some(&self.sign(body, secret, at))).await
    }

    /// The signature of a body, made at that second.
    pub fn sign(&self, body: &str, secret: &str, at: u64) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("{at}.{body}").as_bytes());
        format!("t={at},v1={}", hex::encode(mac.finalize().into_bytes()))
    }

    pub async fn post(&self, path: &str, body: &str, signature: Option<&str>) -> (u16, String) {
        let mut request = reqwest::Client::new().post(format!("http://{}{path}", self.address)).body(body.to_owned());
        if let Some(signature) = signature {
            request = request.header("X-Broadcast-Signature", signature);
        }
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    pub async fn person(&self, name: &str) -> Person {
        let mut conn = self.pool.acquire().await.unwrap();
        let email = format!("{name}@example.org");
        let user = db::users::NewUser { email: &email, name, password_hash: "", is_admin: false };
        let id = db::users::insert(&mut conn, &user).await.unwrap().id;
        let session = format!("session-of-{name}");
        db::sessions::insert(&mut conn, &hash(&session), id, "", time::Duration::hours(1)).await.unwrap();
        let drive = db::drives::insert(&mut conn, name, id).await.unwrap();
        Person { id, session, drive }
    }

    pub async fn ticket(&self, person: &Person, text: &str) -> String {
        let mut conn = self.pool.acquire().await.unwrap();
        let session = db::room_rights::Credential::Session(hash(&person.session));
        db::tickets::insert(&mut conn, &hash(text), person.id, &session, time::Duration::minutes(1)).await.unwrap();
        text.into()
    }

    /// Something happens to a file of the drive.
    pub async fn happen(&self, drive: Uuid) -> i64 {
        let mut conn = self.pool.acquire().await.unwrap();
        let id = db::events::insert(&mut conn, EventKind::FileCreated, Some(drive), None, json!({})).await.unwrap();
        drop(conn);
        db::events::notify(&self.pool).await.unwrap();
        id
    }
}

pub fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}
