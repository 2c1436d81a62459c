//! `cache-cleanup`: cached images nobody reads, temporary files and orphaned blobs. The processor owns the files, so the
//! worker asks it.

use crate::processor::Processor;
use queue::{Done, Failure};
use serde_json::json;

/// Runs one job.
pub(crate) async fn handle(processor: &Processor) -> Result<Done, Failure> {
    let failed = |error: anyhow::Error| Failure::retry(format!("{error:#}"));
    let cache = processor.post("/api/cache/cleanup").await.map_err(failed)?;
    let storage = processor.post("/api/storage/sweep").await.map_err(failed)?;
    Ok(Done::Result(json!({"cache": cache, "storage": storage})))
}
