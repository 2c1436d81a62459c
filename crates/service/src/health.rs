//! `/health`, `/livez` and `/readyz`.

use crate::{Shutdown, rfc3339};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;

/// How a service, or one thing it depends on, is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// As it should be.
    Healthy,
    /// It works, and somebody should look.
    Degraded,
    /// It does not do its job; answered with 503.
    Unhealthy,
}

/// The result of one check: a status and facts for a person, without secrets, as the route is open.
#[derive(Debug, Clone)]
pub struct CheckResult {
    /// How it is.
    pub status: Status,
    /// Numbers or a sentence.
    pub details: Value,
}

impl CheckResult {
    /// As it should be, with nothing to add.
    pub fn healthy() -> Self {
        Self { status: Status::Healthy, details: json!({}) }
    }

    /// Worth a look, for this reason.
    pub fn degraded(message: &str) -> Self {
        Self { status: Status::Degraded, details: json!({"message": message}) }
    }
}

type Check = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = CheckResult> + Send>> + Send + Sync>;

/// A service's name and its checks.
#[derive(Clone)]
pub struct Health {
    service: &'static str,
    shutdown: Shutdown,
    checks: Vec<(&'static str, Check)>,
}

impl Health {
    /// A service without checks.
    pub fn new(service: &'static str, shutdown: Shutdown) -> Self {
        Self { service, shutdown, checks: vec![] }
    }

    /// Adds a check. One that takes over two seconds counts as unhealthy.
    pub fn check<F>(mut self, name: &'static str, check: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = CheckResult> + Send + 'static,
    {
        self.checks.push((name, Arc::new(move || Box::pin(check()))));
        self
    }

    /// Adds the check every service has: the database answers.
    pub fn database(self, pool: sqlx::PgPool) -> Self {
        self.check("database", move || {
            let pool = pool.clone();
            async move {
                match sqlx::query("select 1").execute(&pool).await {
                    Ok(_) => CheckResult::healthy(),
                    Err(_) => CheckResult { status: Status::Unhealthy, details: json!({"message": "does not answer"}) },
                }
            }
        })
    }

    /// The three routes.
    pub fn router<S: Clone + Send + Sync + 'static>(self) -> Router<S> {
        Router::new()
            .route("/health", get(health))
            .route("/livez", get(|| async { "ok" }))
            .route("/readyz", get(ready))
            .with_state(self)
    }

    async fn run(&self) -> (Status, Map<String, Value>) {
        let mut worst = Status::Healthy;
        let mut checks = Map::new();
        for (name, check) in &self.checks {
            let result = tokio::time::timeout(Duration::from_secs(2), check()).await.unwrap_or_else(|_| CheckResult {
                status: Status::Unhealthy,
                details: json!({"message": "no answer within 2 s"}),
            });
            worst = worst.max(result.status);
            let mut entry = json!({"status": result.status});
            if let (Value::Object(entry), Value::Object(details)) = (&mut entry, result.details) {
                entry.extend(details);
            }
            checks.insert((*name).into(), entry);
        }
        (worst, checks)
    }
}

async fn health(State(health): State<Health>) -> (StatusCode, Json<Value>) {
    let (status, checks) = health.run().await;
    let memory = Memory::read();
    let mb = |bytes: u64| bytes.div_ceil(1 << 20);
    let body = json!({
        "status": status,
        "service": health.service,
        "timestamp": rfc3339(OffsetDateTime::now_utc()),
        "memory": {"used": mb(memory.rss_bytes), "total": mb(memory.limit_bytes), "rss": mb(memory.rss_bytes)},
        "checks": checks,
    });
    let code = if status == Status::Unhealthy { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    (code, Json(body))
}

async fn ready(State(health): State<Health>) -> (StatusCode, &'static str) {
    if health.shutdown.has_begun() || health.run().await.0 == Status::Unhealthy {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready")
    } else {
        (StatusCode::OK, "ready")
    }
}

/// This process's memory, in bytes.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    /// Resident set, from /proc/self/statm.
    pub rss_bytes: u64,
    /// The cgroup's limit, or the machine's memory where there is none.
    pub limit_bytes: u64,
}

impl Memory {
    /// Reads both; what cannot be read is 0.
    pub fn read() -> Self {
        let page = 4096;
        let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
        let resident_pages: u64 = statm.split(' ').nth(1).and_then(|field| field.parse().ok()).unwrap_or(0);
        let limit = cgroup_bytes().into_iter().chain(machine_bytes()).min().unwrap_or(0);
        Self { rss_bytes: resident_pages * page, limit_bytes: limit }
    }
}

/// The container's limit, in either version of control groups. "max" and absurdly large numbers mean none.
fn cgroup_bytes() -> Option<u64> {
    let files = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];
    files.iter().find_map(|file| std::fs::read_to_string(file).ok()?.trim().parse().ok())
}

fn machine_bytes() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("MemTotal:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib * 1024)
}
