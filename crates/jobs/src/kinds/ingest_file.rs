//! `ingest-file`: identify a new content, derive its default presets and its text, all from one reading.

use super::new_job::content_job;
use crate::context::Context;
use crate::engine_run::{EngineOutput, run_over_content};
use crate::failure::Failure;
use crate::persist::{announce, record_artifacts, store_artifacts, summary};
use crate::retry_policy::{RetryDecision, retry_decision};
use crate::search_text::SearchText;
use crate::{cover, failure, mails, ocr};
use model::{ContentHash, ContentStatus, DEFAULT_PRESETS, JobKind, Outcome, Report, Task};
use queue::{Done, Job, Limit, NewJob};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

/// What the job is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payload {
    /// The content.
    pub content_hash: ContentHash,
    /// A new file of a content that was read before. It is told where its content stands, and nothing is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_id: Option<Uuid>,
}

/// Identify a content and derive its default presets and its text. The limit says whose turn it takes.
pub fn new_job(hash: &ContentHash, limit: Limit) -> NewJob {
    let payload = Payload { content_hash: hash.clone(), file_id: None };
    content_job(JobKind::IngestFile, hash, unique_key(hash), &payload).limit(limit)
}

/// The job of a file whose content was read for others, of whom its people know nothing: to them it is a new one.
pub fn new_known_job(hash: &ContentHash, file_id: Uuid, limit: Limit) -> NewJob {
    let payload = Payload { content_hash: hash.clone(), file_id: Some(file_id) };
    content_job(JobKind::IngestFile, hash, format!("known:{file_id}"), &payload).limit(limit)
}

/// The unique key of a content's job.
pub(crate) fn unique_key(hash: &ContentHash) -> String {
    format!("ingest:{hash}")
}

/// Runs one job. Doing it again is harmless: artifacts are named by content and rows are replaced.
pub(super) async fn run(context: Context, job: Job, payload: Payload) -> Result<Done, Failure> {
    let hash = payload.content_hash;
    if let Some(file_id) = payload.file_id {
        return tell(&context, &job, &hash, file_id).await.map_err(Failure::of);
    }
    let content = begin(&context, &hash).await?;
    let presets = DEFAULT_PRESETS.iter().copied().map(String::from).collect();
    let read = run_over_content(&context, &job, &content, Task::Ingest { presets }).await.map_err(Failure::of)?;
    if let RetryDecision::Retry(error) = retry_decision(&read.report.outcome, job.attempt, job.max_attempts) {
        return Err(Failure::retry(error));
    }
    persist(&context, &job, &hash, &read).await.map_err(Failure::of)
}

/// Tells one file where its content stands. One that is read anew at the moment will be told with all others.
async fn tell(context: &Context, job: &Job, hash: &ContentHash, file_id: Uuid) -> anyhow::Result<Done> {
    let mut tx = db::begin(&context.pool).await?;
    if let Some(content) = db::contents::find(&mut tx, hash).await?
        && content.status.is_final()
    {
        db::events::insert_file_status(&mut tx, file_id, content.status).await?;
        mails::follow_up_file(&mut tx, context, file_id).await?;
    }
    job.finish_on(&mut tx, json!({"known": true})).await?;
    tx.commit().await?;
    context.announcer.announce();
    context.queue.wake();
    Ok(Done::FinishedInTransaction)
}

/// Says that the work has begun. A content that is gone has nothing to be done for it.
async fn begin(context: &Context, hash: &ContentHash) -> Result<db::contents::Content, Failure> {
    let found = async {
        let mut tx = db::begin(&context.pool).await?;
        let content = db::contents::find(&mut tx, hash).await?;
        if content.is_some() {
            db::contents::mark_processing(&mut tx, hash).await?;
            announce(&mut tx, hash, ContentStatus::Processing).await?;
        }
        tx.commit().await?;
        context.announcer.announce();
        Ok(content)
    };
    found.await.map_err(|error: sqlx::Error| Failure::from(error))?.ok_or_else(failure::content_gone)
}

/// Results, status, events and the job's end in one transaction. A refusal is a finished job about a file that failed;
/// a reader that died makes a failed job, so that somebody can try it again.
async fn persist(context: &Context, job: &Job, hash: &ContentHash, read: &EngineOutput) -> anyhow::Result<Done> {
    let report = &read.report;
    store_artifacts(context, hash, &report.artifacts, &read.file).await?;
    let text = SearchText::of(report, &read.file).await?;
    let mut tx = db::begin(&context.pool).await?;
    record_artifacts(&mut tx, hash, report, text.as_ref()).await?;
    let status = db::contents::finish(&mut tx, hash, report).await?;
    announce(&mut tx, hash, status).await?;
    let has_cover = cover::follow_up(&mut tx, hash, report, job.limit_key.as_deref()).await?;
    let has_pictures = ocr::follow_up(&mut tx, context, job, hash, report).await?;
    let has_mails = mails::follow_up(&mut tx, context, hash).await?;
    if died(report) {
        job.fail_on(&mut tx, report.outcome.reason_code(), &report.outcome.sentence()).await?;
    } else {
        job.finish_on(&mut tx, summary(report)).await?;
    }
    tx.commit().await?;
    context.cache_budget.spend(&report.artifacts);
    context.announcer.announce();
    if has_cover || has_pictures || has_mails {
        context.queue.wake();
    }
    Ok(Done::FinishedInTransaction)
}

fn died(report: &Report) -> bool {
    !report.outcome.is_success() && !matches!(report.outcome, Outcome::Rejected { .. })
}
