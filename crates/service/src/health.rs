//! `/health`, `/livez` and `/readyz`.

use crate::{Cached, Memory, Shutdown, rfc3339};
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
    last: Arc<Cached<Results>>,
}

/// The worst of all checks, and each.
type Results = (Status, Map<String, Value>);

/// How long the checks' results are believed: the routes are open, and the checks take the database's connections.
const FRESH_FOR: Duration = Duration::from_secs(1);

impl Health {
    /// A service without checks.
    pub fn new(service: &'static str, shutdown: Shutdown) -> Self {
        Self { service, shutdown, checks: vec![], last: Arc::new(Cached::new(FRESH_FOR)) }
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

    /// The three routes. However often they are asked, the checks run once a second.
    pub fn router<S: Clone + Send + Sync + 'static>(self) -> Router<S> {
        Router::new()
            .route("/health", get(health))
            .route("/livez", get(|| async { "ok" }))
            .route("/readyz", get(ready))
            .with_state(self)
    }

    /// The results of at most a second ago.
    async fn results(&self) -> Results {
        let made: Result<_, std::convert::Infallible> = self.last.get(async || Ok(self.run().await)).await;
        let Ok(results) = made;
        results
    }

    async fn run(&self) -> Results {
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
    let (status, checks) = health.results().await;
    let memory = Memory::read();
    let mb = |bytes: u64| bytes.div_ceil(1 << 20);
    let body = json!({
        "status": status,
        "service": health.service,
        "timestamp": rfc3339(OffsetDateTime::now_utc()),
        // In MiB. PageSpace's clients read the first three.
        "memory": {
            "used": mb(memory.used_bytes),
            "total": mb(memory.total_bytes()),
            "rss": mb(memory.rss_bytes),
            "limit": memory.limit_bytes.map(mb),
            "peak": memory.peak_bytes.map(mb),
            "oomKills": memory.oom_kills,
            "source": memory.source,
        },
        "checks": checks,
    });
    let code = if status == Status::Unhealthy { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    (code, Json(body))
}

async fn ready(State(health): State<Health>) -> (StatusCode, &'static str) {
    if health.shutdown.has_begun() || health.results().await.0 == Status::Unhealthy {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready")
    } else {
        (StatusCode::OK, "ready")
    }
}
