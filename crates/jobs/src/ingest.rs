//! `ingest-file`: identify a new content, derive its default presets and its text, all from one reading.

use crate::context::Context;
use crate::cover;
use crate::ocr;
use crate::payload;
use crate::read::{Reading, read};
use crate::settle::{announce, failure_code, keep_artifacts, record_artifacts, summary};
use crate::verdict::{Verdict, verdict};
use model::{ContentHash, ContentStatus, DEFAULT_PRESETS, Outcome, Report, Task};
use queue::{Done, Failure, Job};

/// Runs one job. Doing it again is harmless: artifacts are named by content and rows are replaced.
pub(crate) async fn handle(context: &Context, job: &Job) -> Result<Done, Failure> {
    let hash = payload::content_hash(&job.payload)?;
    let content = begin(context, &hash).await?;
    let presets = DEFAULT_PRESETS.iter().copied().map(String::from).collect();
    let reading = read(context, job, &content, Task::Ingest { presets }).await.map_err(payload::again)?;
    if let Verdict::Again(error) = verdict(&reading.report.outcome, job.attempt, job.max_attempts) {
        return Err(Failure::Retry { error, after: None });
    }
    settle(context, job, &hash, &reading).await.map_err(payload::again)
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
    found.await.map_err(|error: sqlx::Error| payload::again(error.into()))?.ok_or_else(payload::gone)
}

/// Results, status, events and the job's end in one transaction. A refusal is a finished job about a file that failed;
/// a reader that died makes a failed job, so that somebody can try it again.
async fn settle(context: &Context, job: &Job, hash: &ContentHash, reading: &Reading) -> anyhow::Result<Done> {
    keep_artifacts(context, hash, &reading.report.artifacts, &reading.output).await?;
    let report = &reading.report;
    let mut tx = db::begin(&context.pool).await?;
    record_artifacts(&mut tx, hash, report).await?;
    let status = db::contents::finish(&mut tx, hash, report).await?;
    announce(&mut tx, hash, status).await?;
    let has_cover = cover::follow_up(&mut tx, hash, report).await?;
    let has_pictures = ocr::follow_up(&mut tx, context, job, hash, report).await?;
    if died(report) {
        job.fail_on(&mut tx, &failure_code(&report.outcome), &report.outcome.sentence()).await?;
    } else {
        job.finish_on(&mut tx, summary(report)).await?;
    }
    tx.commit().await?;
    context.cache_room.take(&report.artifacts);
    context.announcer.announce();
    if has_cover || has_pictures {
        context.queue.wake();
    }
    Ok(Done::FinishedInTransaction)
}

fn died(report: &Report) -> bool {
    !report.outcome.is_success() && !matches!(report.outcome, Outcome::Rejected { .. })
}
