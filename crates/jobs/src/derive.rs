//! What `image-optimize` and `text-extract` share: one more thing derived from a content that is there already.

use crate::context::Context;
use crate::ocr;
use crate::payload;
use crate::read::{Reading, read_well};
use crate::settle::{announce, announce_images, keep_artifacts, record_artifacts, summary};
use model::{ContentHash, ContentStatus, JobKind, Task};
use queue::{Done, Failure, Job};

/// Runs `task` over the content. What the content has already is not taken away when this run makes nothing.
pub(crate) async fn derive(context: &Context, job: &Job, hash: &ContentHash, task: Task) -> Result<Done, Failure> {
    let content = payload::content(context, hash).await?;
    let reading = read_well(context, job, &content, task).await?;
    settle(context, job, hash, &reading).await.map_err(payload::again)
}

async fn settle(context: &Context, job: &Job, hash: &ContentHash, reading: &Reading) -> anyhow::Result<Done> {
    keep_artifacts(context, hash, &reading.report.artifacts, &reading.output).await?;
    let mut tx = db::begin(&context.pool).await?;
    record_artifacts(&mut tx, hash, &reading.report).await?;
    if reading.report.has_text() {
        db::contents::set_status(&mut tx, hash, ContentStatus::Completed).await?;
        announce(&mut tx, hash, ContentStatus::Completed).await?;
    } else if !reading.report.artifacts.is_empty() {
        announce_images(&mut tx, hash).await?;
    }
    // Text that was made again has lost what was recognised.
    let follows = *job.kind == *JobKind::TextExtract.name()
        && ocr::follow_up(&mut tx, context, job, hash, &reading.report).await?;
    job.finish_on(&mut tx, summary(&reading.report)).await?;
    tx.commit().await?;
    context.cache_room.take(&reading.report.artifacts);
    context.announcer.announce();
    if follows {
        context.queue.wake();
    }
    Ok(Done::FinishedInTransaction)
}
