//! What somebody sees a content's pages by, made by a confined child for whoever waits, and kept in the cache. No job: it is there
//! before one would be claimed, and made again when it is gone.

use crate::context::Context;
use crate::engine_run::EngineRun;
use crate::exports::{ExportError, make_part};
use crate::persist::store_artifacts;
use db::contents::Content;
use model::{PageArtifact, Task};
use std::fs::File;

/// What a page takes besides its file: the objects of a document, and the pixels of the widest picture.
const PAGE_BYTES: u64 = 64 << 20;

/// Makes the artifact of a content whose bytes are in `input`, and keeps it. Dropping the future stops the child.
pub async fn make_page_artifact(
    context: &Context,
    content: &Content,
    input: File,
    artifact: PageArtifact,
) -> Result<(), ExportError> {
    let run = EngineRun {
        task: Task::ShowPage { artifact },
        input,
        extension: content.extension.clone(),
        memory_bytes: content.size_bytes.saturating_add(PAGE_BYTES),
        on_progress: None,
        may_take_last: false,
    };
    let (part, file) = make_part(context, run, &artifact.name()).await?;
    let parts = [part];
    store_artifacts(context, &content.hash, &parts, &file).await.map_err(ExportError::Failed)?;
    let [part] = &parts;
    let recorded = async { db::artifacts::upsert(&mut *context.pool.acquire().await?, &content.hash, part).await };
    recorded.await.map_err(|error| ExportError::Failed(error.into()))?;
    context.cache_budget.spend(&parts);
    Ok(())
}
