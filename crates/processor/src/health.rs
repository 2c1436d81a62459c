//! What the processor looks at when it is asked how it is.

use crate::AppState;
use jobs::ocr::{Auto, LocalEngine};
use model::{ContentHash, OcrEngine, Threshold};
use serde_json::json;
use service::health::{CheckResult, Health, Status};
use std::future::ready;

/// Damaged files that are named.
const FEW: i64 = 3;

/// The checks: database, room for files, what jobs found of the machine, confinement, queue, text recognition.
pub(crate) fn health(state: &AppState) -> Health {
    let (for_storage, for_sandbox, for_queue, for_ocr) = (state.clone(), state.clone(), state.clone(), state.clone());
    let machine = state.context.machine.clone();
    Health::new("processor", state.shutdown.clone())
        .database(state.context.pool.clone())
        .check("storage", move || storage(for_storage.clone()))
        .check("machine", move || {
            ready(machine.complaint().map_or_else(CheckResult::healthy, |why| CheckResult::degraded(&why)))
        })
        .check("sandbox", move || sandbox(for_sandbox.clone()))
        .check("queue", move || queue(for_queue.clone()))
        .check("ocr", move || ocr(for_ocr.clone()))
}

async fn storage(state: AppState) -> CheckResult {
    match state.context.store.space().await {
        Ok(space) => {
            let refusal = state.sweep.refusal();
            let is_full = space.free_bytes < state.config.reserve_bytes;
            let damage = damage(&state).await;
            let is_degraded = is_full || refusal.is_some() || damage.is_some();
            let status = if is_degraded { Status::Degraded } else { Status::Healthy };
            let mb = |bytes: u64| bytes >> 20;
            let mut details = json!({"freeMB": mb(space.free_bytes), "totalMB": mb(space.total_bytes)});
            let refusal = refusal.map(|refusal| format!("It is not swept: {refusal}."));
            let sentences: Vec<String> = refusal.into_iter().chain(damage).collect();
            if !sentences.is_empty() {
                details["message"] = json!(sentences.join(" "));
            }
            CheckResult { status, details }
        }
        Err(error) => {
            tracing::error!(%error, "the store does not answer");
            CheckResult { status: Status::Unhealthy, details: json!({"message": "does not answer"}) }
        }
    }
}

/// What the scrub has found, in a sentence. Nothing when the database does not answer, which its own check says.
async fn damage(state: &AppState) -> Option<String> {
    let (count, first) = db::damage::damaged(&mut *state.db().await.ok()?, FEW).await.ok()?;
    let names: Vec<&str> = first.iter().map(ContentHash::as_str).collect();
    (count > 0).then(|| format!("Damaged files: {count}, among them {}.", names.join(", ")))
}

/// The layers are known once the first reader has confined itself, a moment after the start.
async fn sandbox(state: AppState) -> CheckResult {
    let load = state.context.sandbox.load();
    let (status, layers) = match state.context.sandbox.layers() {
        None => (Status::Degraded, json!(null)),
        Some(layers) => (Status::Healthy, json!(layers)),
    };
    CheckResult { status, details: json!({"layers": layers, "children": load.children, "running": load.running}) }
}

/// Off is as good as at work; asked for and not possible is worth a look.
async fn ocr(state: AppState) -> CheckResult {
    let Some(ocr) = &state.context.ocr else {
        return CheckResult { status: Status::Healthy, details: json!({"enabled": false}) };
    };
    let mut about = json!({"enabled": true, "engine": ocr.engine, "languages": ocr.languages.as_str()});
    match &ocr.local_engine {
        // What was asked for is the better of two readings where both can be had, so that one alone is no fault; but it is said.
        Ok(LocalEngine::Auto(Auto { accurate: Err(problem), .. })) => {
            about["message"] = json!(format!("Pages are read by Tesseract alone. {problem}"));
            CheckResult { status: Status::Healthy, details: about }
        }
        Ok(_) => CheckResult { status: Status::Healthy, details: about },
        Err(_) if ocr.external_only => {
            CheckResult { status: Status::Healthy, details: json!({"enabled": true, "engine": OcrEngine::External}) }
        }
        Err(problem) => {
            about["message"] = json!(problem);
            CheckResult { status: Status::Degraded, details: about }
        }
    }
}

/// By the limits that the worker holds the whole suite to.
async fn queue(state: AppState) -> CheckResult {
    match crate::routes::queue::count(&state).await {
        Ok(counts) => {
            let pending: i64 = counts.iter().map(|kind| kind.pending).sum();
            let breaches = jobs::breaches_of_queue(&counts);
            let passes = |threshold| breaches.iter().any(|breach| breach.threshold == threshold);
            let (slow, failing) = (passes(Threshold::SlowFile), passes(Threshold::FailedJobs));
            let status = if breaches.is_empty() { Status::Healthy } else { Status::Degraded };
            let details = json!({"pending": pending, "slow": slow, "failing": failing});
            CheckResult { status, details }
        }
        Err(_) => CheckResult { status: Status::Unhealthy, details: json!({"message": "cannot be counted"}) },
    }
}
