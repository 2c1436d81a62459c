//! What `image-optimize` and `text-extract` share: one more thing derived from a content that is there already.

use crate::context::Context;
use crate::engine_run::{EngineOutput, run_or_fail};
use crate::failure::Failure;
use crate::persist::{announce, announce_images, record_artifacts, store_artifacts, summary};
use crate::search_text::SearchText;
use crate::{failure, ocr};
use model::{ContentHash, ContentStatus, Task};
use queue::{Done, Job};

/// Runs `task` over the content. What the content has already is not taken away when this run makes nothing.
pub(crate) async fn derive(context: &Context, job: &Job, hash: &ContentHash, task: Task) -> Result<Done, Failure> {
    let content = failure::require_content(context, hash).await?;
    // Text that is made again loses what was recognised.
    let loses_recognised = task == Task::ExtractText;
    let output = run_or_fail(context, job, &content, task).await?;
    persist(context, job, hash, &output, loses_recognised).await.map_err(Failure::of)
}

async fn persist(
    context: &Context,
    job: &Job,
    hash: &ContentHash,
    output: &EngineOutput,
    loses_recognised: bool,
) -> anyhow::Result<Done> {
    let report = &output.report;
    store_artifacts(context, hash, &report.artifacts, &output.file).await?;
    let text = SearchText::of(report, &output.file).await?;
    let mut tx = db::begin(&context.pool).await?;
    record_artifacts(&mut tx, hash, report, text.as_ref()).await?;
    if report.has_text() {
        db::contents::set_status(&mut tx, hash, ContentStatus::Completed).await?;
        announce(&mut tx, hash, ContentStatus::Completed).await?;
    } else if !report.artifacts.is_empty() {
        announce_images(&mut tx, hash).await?;
    }
    let follows = loses_recognised && ocr::follow_up(&mut tx, context, job, hash, report).await?;
    job.finish_on(&mut tx, summary(report)).await?;
    tx.commit().await?;
    context.cache_budget.spend(&report.artifacts);
    context.announcer.announce();
    if follows {
        context.queue.wake();
    }
    Ok(Done::FinishedInTransaction)
}
