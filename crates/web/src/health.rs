//! `/health`: this service does its job with the database alone; without its neighbours it is degraded.

use crate::state::AppState;
use serde_json::json;
use service::Shutdown;
use service::health::{CheckResult, Health, Status};
use std::time::Duration;

/// The checks.
pub fn health(state: &AppState, shutdown: Shutdown) -> Health {
    let (processor, http) = (state.processor.clone(), state.http.clone());
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
}

fn neighbour(answers: bool) -> CheckResult {
    match answers {
        true => CheckResult { status: Status::Healthy, details: json!({}) },
        false => CheckResult { status: Status::Degraded, details: json!({"message": "does not answer"}) },
    }
}
