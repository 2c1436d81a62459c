//! What somebody may have meant who has found nothing: words of one letter's difference that are in files they can see.

use crate::error::Error;
use crate::state::AppState;
use db::search::Scope;
use search::{Query, misspellings};

/// Words that are corrected at once.
const MOST_WORDS: usize = 3;

/// The words that were meant, with spaces between; nothing where there are none, or the search has signs. Only words of files that the
/// person sees are told.
pub async fn suggest(state: &AppState, query: &Query, scope: &Scope<'_>) -> Result<Option<String>, Error> {
    let Some(words) = query.plain_words() else { return Ok(None) };
    let mut tx = db::begin(&state.database).await?;
    db::search::prepare(&mut tx).await?;
    let typed: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    let known = db::search::frequent_words(&mut tx, scope, &typed).await?;
    let missing = typed.iter().filter(|word| !known.contains(word)).count();
    if missing == 0 || missing > MOST_WORDS {
        return Ok(None);
    }
    let mut meant = vec![];
    for word in typed {
        if known.contains(&word) {
            meant.push(word);
            continue;
        }
        let mut found = db::search::frequent_words(&mut tx, scope, &misspellings(&word)).await?;
        if found.is_empty() {
            return Ok(None);
        }
        meant.push(found.swap_remove(0));
    }
    tx.commit().await?;
    Ok(Some(meant.join(" ")))
}
