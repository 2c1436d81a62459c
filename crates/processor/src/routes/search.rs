//! `/api/search/snippets`: the lines of pages that web has found, from the files of their texts.

use crate::AppState;
use crate::error::Error;
use crate::extract::Json;
use axum::Router;
use axum::extract::State;
use axum::routing::post;
use model::wire::{MOST_SNIPPETS, SNIPPETS_PATH, SnippetPart, SnippetPlace, Snippets, SnippetsRequest};
use model::{EXTRACTED_TEXT, OCR_TEXT};
use search::{Language, Matcher, Query};

/// Most bytes of one page that are looked at: more than the index keeps together.
const PLACE_BYTES: u64 = 64 << 10;

pub(crate) fn router() -> Router<AppState> {
    Router::new().route(SNIPPETS_PATH, post(make_snippets))
}

async fn make_snippets(
    State(state): State<AppState>,
    Json(request): Json<SnippetsRequest>,
) -> Result<Json<Snippets>, Error> {
    let SnippetsRequest { places, query } = request;
    if places.len() > MOST_SNIPPETS {
        return Err(Error::bad_request(format!("There are at most {MOST_SNIPPETS} places.")));
    }
    let query = Query::parse(&query).map_err(|bad| Error::bad_request(format!("The query: {bad}.")))?;
    let mut texts = Vec::with_capacity(places.len());
    for place in places {
        texts.push((read(&state, &place).await?, place.language.as_deref().and_then(Language::tagged)));
    }
    let permit = state.snippets.acquire().await;
    let make = move || {
        let matcher = Matcher::new(&query, None);
        let snippet = |(text, language): &(String, Option<Language>)| -> Vec<SnippetPart> {
            let parts = search::snippet(&matcher, text, *language).into_iter();
            parts.map(|part| SnippetPart { is_marked: part.is_marked, text: part.text }).collect()
        };
        texts.iter().map(snippet).collect::<Vec<_>>()
    };
    let snippets = permit.run(make).await.map_err(|error| {
        tracing::error!(error = format!("{error:#}"), "snippets could not be made");
        Error::Internal
    })?;
    Ok(Json(Snippets { snippets }))
}

/// A page's text; nothing when the file is lost, and what there is of it when it is another by now.
async fn read(state: &AppState, place: &SnippetPlace) -> Result<String, Error> {
    let store = &state.context.store;
    for name in [EXTRACTED_TEXT, OCR_TEXT] {
        let blob = match store.open_artifact(&place.content_hash, name).await {
            Ok(blob) => blob,
            Err(storage::Error::NotFound) => continue,
            Err(error) => return Err(error.into()),
        };
        let start = place.start_byte.min(blob.size_bytes());
        let end = blob.size_bytes().min(start + place.size_bytes.min(PLACE_BYTES));
        return Ok(String::from_utf8_lossy(&blob.read(start..end).await?).into_owned());
    }
    Ok(String::new())
}
