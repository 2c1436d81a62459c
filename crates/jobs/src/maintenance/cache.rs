//! The cache of images and of what pages are seen by: what nobody reads is removed, by age and when there are too many bytes of it.

use crate::context::Context;
use serde::Serialize;
use std::time::Duration;
use time::OffsetDateTime;

/// How many rows one step looks at.
const BATCH: i64 = 500;

/// What a cache clean-up removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cleaned {
    /// Artifacts removed.
    pub deleted: u64,
    /// Their bytes.
    pub freed_bytes: u64,
}

/// Removes what is cached and was not read for `max_age`, then the longest unread until the rest is at most `max_bytes`. Text and
/// originals are never touched.
pub async fn cleanup_cache(context: &Context, max_age: Duration, max_bytes: u64) -> anyhow::Result<Cleaned> {
    let mut cleaned = Cleaned::default();
    let now = OffsetDateTime::now_utc();
    let expired =
        now.checked_sub(max_age.try_into().unwrap_or(time::Duration::MAX)).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    while remove_unread(context, expired, u64::MAX, &mut cleaned).await? {}
    loop {
        let mut conn = context.pool.acquire().await?;
        let over = db::artifacts::totals(&mut conn).await?.bytes.saturating_sub(max_bytes);
        drop(conn);
        if over == 0 || !remove_unread(context, now, over, &mut cleaned).await? {
            return Ok(cleaned);
        }
    }
}

/// Counts the cache, and when it is above its bound removes the longest unread images until a share of it is free.
pub async fn trim_cache(context: &Context) -> anyhow::Result<Cleaned> {
    let budget = &context.cache_budget;
    let count = async || anyhow::Ok(db::artifacts::totals(&mut *context.pool.acquire().await?).await?.bytes);
    let (mut bytes, mut cleaned) = (count().await?, Cleaned::default());
    if bytes > budget.max_bytes() {
        cleaned = cleanup_cache(context, Duration::MAX, budget.max_bytes() - budget.share()).await?;
        bytes = count().await?;
    }
    budget.counted(bytes);
    Ok(cleaned)
}

/// One step: the longest unread, until `enough` bytes are gone. False when nothing was removed. The row goes first: bytes
/// without a row are a sweep's business, a row without bytes would be a broken promise.
async fn remove_unread(
    context: &Context,
    before: OffsetDateTime,
    enough: u64,
    cleaned: &mut Cleaned,
) -> anyhow::Result<bool> {
    let mut conn = context.pool.acquire().await?;
    let mut removed = 0;
    for artifact in db::artifacts::expired(&mut conn, before, BATCH).await? {
        if removed >= enough {
            break;
        }
        if db::artifacts::delete_unread(&mut conn, &artifact.content_hash, &artifact.name, before).await? {
            context.store.remove_artifact(&artifact.content_hash, &artifact.name).await?;
            removed += artifact.size_bytes.max(1);
            cleaned.deleted += 1;
            cleaned.freed_bytes += artifact.size_bytes;
        }
    }
    Ok(removed > 0)
}
