//! Making a run's results last: artifacts to the store first, then rows, status, events and the job's end in one
//! transaction that commits only while the job is still ours.

use crate::context::Context;
use crate::search_text::SearchText;
use anyhow::Context as _;
use model::{ArtifactPart, ContentHash, ContentStatus, EventKind, Report};
use serde_json::{Value, json};
use sqlx::PgConnection;
use std::fs::File;
use std::sync::Arc;
use storage::ArtifactRange;

/// Puts artifacts that lie in `output` into the store. They are named by content, so doing it twice changes nothing.
pub(crate) async fn store_artifacts(
    context: &Context,
    hash: &ContentHash,
    artifacts: &[ArtifactPart],
    output: &Arc<File>,
) -> anyhow::Result<()> {
    let range = |part: &ArtifactPart| ArtifactRange {
        name: part.name.clone(),
        offset: part.offset,
        size_bytes: part.size_bytes,
    };
    let ranges = artifacts.iter().map(range).collect();
    context.store.keep_artifacts(hash, output.clone(), ranges).await.context("storing the artifacts")
}

/// The artifacts' rows, and what the new text is found by, if there is one.
pub(crate) async fn record_artifacts(
    conn: &mut PgConnection,
    hash: &ContentHash,
    report: &Report,
    text: Option<&SearchText>,
) -> sqlx::Result<()> {
    for part in &report.artifacts {
        db::artifacts::upsert(conn, hash, part).await?;
    }
    if let Some(text) = text {
        text.write(conn, hash).await?;
    }
    Ok(())
}

/// One `file.status` event for every file that points at the content.
pub(crate) async fn announce(conn: &mut PgConnection, hash: &ContentHash, status: ContentStatus) -> sqlx::Result<()> {
    db::events::insert_status(conn, &[hash.as_str()], status).await
}

/// One `file.updated` event for every file whose content has new images, and is otherwise what it was.
pub(crate) async fn announce_images(conn: &mut PgConnection, hash: &ContentHash) -> sqlx::Result<()> {
    for file in db::files::list_by_content(conn, hash).await? {
        let data = json!({"contentHash": hash});
        db::events::insert(conn, EventKind::FileUpdated, file.drive_id, Some(file.id), data).await?;
    }
    Ok(())
}

/// What a finished job says of itself.
pub(crate) fn summary(report: &Report) -> Value {
    let artifacts: Vec<Value> = report
        .artifacts
        .iter()
        .map(|part| json!({"name": part.name, "size": part.size_bytes, "width": part.width, "height": part.height}))
        .collect();
    json!({"outcome": report.outcome.code(), "artifacts": artifacts, "warnings": report.warnings.len()})
}
