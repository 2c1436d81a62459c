//! `/health`: this service does its job with the database alone; without its neighbours it is degraded, and so it is while anything of
//! the suite is above its limit.

use crate::state::AppState;
use db::alerts::Alert;
use serde_json::json;
use service::health::{CheckResult, Health, Status};
use service::{Database, Shutdown};
use std::time::Duration;

/// The checks.
pub fn health(state: &AppState, shutdown: Shutdown) -> Health {
    let (processor, http, database) = (state.processor.clone(), state.http.clone(), state.database.clone());
    let realtime = format!("{}/livez", state.config.realtime_url);
    Health::new("web", shutdown)
        .database(state.database.clone())
        .check("processor", move || {
            let processor = processor.clone();
            async move { neighbour(processor.is_alive().await) }
        })
        .check("realtime", move || {
            let request = http.get(&realtime).timeout(Duration::from_millis(1500));
            async move { neighbour(request.send().await.is_ok_and(|response| response.status().is_success())) }
        })
        .check("alerts", move || {
            let database = database.clone();
            async move {
                alerts(&database).await.unwrap_or_else(|error| {
                    tracing::warn!(%error, "alerts could not be read");
                    CheckResult::degraded("cannot be read")
                })
            }
        })
}

/// The worker finds them. Without one nobody does, and those that are there are old.
async fn alerts(database: &Database) -> sqlx::Result<CheckResult> {
    let mut conn = database.acquire().await?;
    if !db::service_status::is_present(&mut conn, "worker").await? {
        return Ok(CheckResult::degraded("there is no worker, so nobody looks"));
    }
    let sentences: Vec<String> = db::alerts::lasting(&mut conn).await?.iter().map(Alert::sentence).collect();
    let status = if sentences.is_empty() { Status::Healthy } else { Status::Degraded };
    Ok(CheckResult { status, details: json!({"active": sentences}) })
}

fn neighbour(answers: bool) -> CheckResult {
    match answers {
        true => CheckResult { status: Status::Healthy, details: json!({}) },
        false => CheckResult { status: Status::Degraded, details: json!({"message": "does not answer"}) },
    }
}
