//! What pages are seen by, made for whoever asks: pictures of pages, the places of their words, how large they are.

use crate::AppState;
use crate::error::Error;
use crate::exports::open_original;
use crate::page_work::Unmade;
use db::contents::Content;
use jobs::ExportError;
use model::{ContentHash, Outcome, PDF_MIME, PageArtifact, Reason};

/// Most bytes of one artifact, which are reserved on the volume while it is made.
const ROOM_BYTES: u64 = 16 << 20;

/// Makes it, or waits for whoever does. Its row and its bytes are there afterwards.
pub(crate) async fn make_page_artifact(
    state: &AppState,
    hash: &ContentHash,
    artifact: PageArtifact,
) -> Result<(), Error> {
    let content = db::contents::find(&mut *state.db().await?, hash).await?.ok_or(Error::ContentNotFound)?;
    require_page(&content, artifact)?;
    let own = state.clone();
    let work = async move { make(&own, &content, artifact).await };
    Ok(state.page_work.once((hash.clone(), artifact), work).await?)
}

/// Refuses, by what is known of a content, what no reader has to be asked for.
fn require_page(content: &Content, artifact: PageArtifact) -> Result<(), Error> {
    match &content.outcome {
        // It is read first: until then nobody knows what it is.
        None => return Err(Error::NotYet),
        Some(outcome @ Outcome::Rejected { .. }) => return Err(Unmade::Refused(outcome.clone()).into()),
        Some(_) => {}
    }
    let is_picture = content.mime.starts_with("image/");
    if !is_picture && content.mime != PDF_MIME {
        let message = "Only pictures and PDFs have pages to look at.".into();
        return Err(Error::Unprocessable { code: Reason::Unsupported.code().into(), message });
    }
    let Some(page) = artifact.page() else { return Ok(()) };
    let pages = content.facts.pages.or(is_picture.then_some(1));
    if page == 0 || pages.is_some_and(|pages| page > pages) {
        return Err(Error::NoSuchPage);
    }
    let has_words = !is_picture && !content.facts.pages_without_text.contains(&page);
    match artifact {
        PageArtifact::Words { .. } if !has_words => Err(Error::ArtifactNotFound),
        _ => Ok(()),
    }
}

/// Has a child make it. The children may have other work for a while.
async fn make(state: &AppState, content: &Content, artifact: PageArtifact) -> Result<(), Unmade> {
    let (hash, store) = (&content.hash, &state.context.store);
    let _room = state
        .room
        .reserve(store, ROOM_BYTES, state.config.reserve_bytes)
        .await
        .map_err(|error| unmade(error.into()))?;
    let input = open_original(state, hash).await.map_err(unmade)?;
    let work = jobs::make_page_artifact(&state.context, content, input, artifact);
    match tokio::time::timeout(state.config.optimize_wait, work).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(ExportError::Refused(outcome))) => Err(Unmade::Refused(outcome)),
        Ok(Err(ExportError::Failed(error))) => {
            let (artifact, error) = (artifact.name(), format!("{error:#}"));
            tracing::error!(content.hash = %hash, artifact, error, "what a page is seen by could not be made");
            Err(Unmade::Internal)
        }
        Err(_) => Err(Unmade::NotYet),
    }
}

fn unmade(error: Error) -> Unmade {
    match error {
        Error::ContentNotFound => Unmade::Missing,
        Error::NoSpace => Unmade::NoRoom,
        Error::StoreAway => Unmade::StoreAway,
        _ => Unmade::Internal,
    }
}
