//! What is cached and whose file is gone while its row is there, as after the cache was deleted: it is made again for whoever asks.

use crate::AppState;
use crate::error::Error;
use crate::page_artifacts::make_page_artifact;
use crate::wait::wait_for;
use db::artifacts::Artifact;
use jobs::kinds::image_optimize;
use model::{JobKind, PageArtifact, Preset};
use queue::{JobId, Status};
use std::time::Duration;

/// How long somebody who looks at a page is kept waiting for a picture of it.
const WAIT: Duration = Duration::from_secs(10);

/// Makes the image again whose row was `seen` before its file was found missing, once however many ask for it, and waits for it.
/// One that cannot be made any more is forgotten.
pub(crate) async fn lost_image(state: &AppState, seen: &Artifact) -> Result<Artifact, Error> {
    if let Some(of_pages) = PageArtifact::named(&seen.name) {
        make_page_artifact(state, &seen.content_hash, of_pages).await?;
    } else if let Some(job) = enqueue(state, seen).await? {
        let Some(over) = wait_for(state, job, WAIT.min(state.config.optimize_wait)).await? else {
            return Err(Error::NotYet);
        };
        if over.status == Status::Failed {
            db::artifacts::delete(&mut *state.db().await?, &seen.content_hash, &seen.name).await?;
            return Err(Error::ArtifactNotFound);
        }
    }
    let made = db::artifacts::find(&mut *state.db().await?, &seen.content_hash, &seen.name).await?;
    made.ok_or(Error::ArtifactNotFound)
}

/// The job that makes it; none when that was done since the row was seen.
async fn enqueue(state: &AppState, seen: &Artifact) -> Result<Option<JobId>, Error> {
    let hash = &seen.content_hash;
    let Some(preset) = Preset::named(&seen.name) else {
        // Of a preset that is no longer set.
        db::artifacts::delete(&mut *state.db().await?, hash, &seen.name).await?;
        return Err(Error::ArtifactNotFound);
    };
    let capacity = state.capacity(None).await?;
    let mut tx = db::begin(&state.context.pool).await?;
    // The key first, then the row: a job gives its key back in the transaction that writes the row.
    let limit = state.person_limit(JobKind::ImageOptimize, None);
    let enqueued = queue::enqueue(&mut tx, &image_optimize::new_job(hash, preset, limit)).await?;
    if !enqueued.duplicate {
        let now = db::artifacts::find(&mut tx, hash, &seen.name).await?.ok_or(Error::ArtifactNotFound)?;
        if now.created_at != seen.created_at {
            return Ok(None);
        }
        capacity.require()?;
    }
    tx.commit().await?;
    state.backpressure.add(u64::from(!enqueued.duplicate), None);
    state.context.queue.wake();
    Ok(Some(enqueued.id))
}
