//! The sweep of the store: what crashes and deletions left in it. It believes the database, so it first makes sure that it is the
//! store's, and asks before it takes much.

use super::bond::{BondError, require_bond};
use crate::context::Context;
use model::ContentHash;
use serde::Serialize;
use std::collections::HashMap;
use std::time::Duration;
use storage::StoredPartial;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// How long a blob may lie without a row before it counts as left behind: an upload that is still being written down
/// has none either.
const ORPHAN_AGE: Duration = Duration::from_secs(3600);

/// No sweep takes more blobs than this unasked, however large the store.
const MAX_UNASKED: u64 = 1_000;

/// Nor more than this part of the store: one in twenty is 5 %.
const SHARE: u64 = 20;

/// So many a sweep always takes. In a small store 5 % are a handful, and people delete a few dozen files on purpose every day; a guard
/// that cries then is soon forced by habit. What a mistake takes below this is in the trash and quickly looked through.
const ALWAYS: u64 = 100;

/// For how many whole days what a sweep took can be brought back.
const TRASH_DAYS: i64 = 7;

/// What a sweep of the store took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Swept {
    /// Temporary files a crash left behind, removed.
    pub temp_files: u64,
    /// Blobs without a content, moved to the trash.
    pub blobs: u64,
    /// Bytes of those blobs.
    pub trashed_bytes: u64,
    /// Artifacts without a row, removed: they are made again from the original.
    pub artifacts: u64,
    /// Bytes removed with them, and with what had been in the trash for a week.
    pub freed_bytes: u64,
    /// There were blobs to be moved and a backup is being made, whose dump may name them: they stay until a sweep after it.
    pub waits_for_backup: bool,
}

/// Why a sweep took nothing, or not all.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// The store and the database do not belong together.
    #[error(transparent)]
    Bond(#[from] BondError),
    /// So much is suspicious. Nothing was touched.
    #[error(
        "the database knows nothing of {orphans} of the {blobs} files in the store, and no sweep removes more than {allowed} unasked: \
         if the database is an older one, restore the right one; if they were deleted on purpose, sweep with force=true"
    )]
    TooMany {
        /// Blobs without a content.
        orphans: u64,
        /// All blobs.
        blobs: u64,
        /// How many would have been taken.
        allowed: u64,
    },
    /// The store failed.
    #[error("sweeping the store")]
    Store(#[from] storage::Error),
    /// The database failed.
    #[error("looking for blobs without a content")]
    Database(#[from] sqlx::Error),
}

/// Moves blobs that have had no content for an hour to the trash, empties what has been in there for a week, and removes temporary
/// files older than `temp_age`. Unless it is forced, it refuses when there are too many, and then touches nothing.
pub async fn sweep_storage(context: &Context, temp_age: Duration, force: bool) -> Result<Swept, SweepError> {
    require_bond(&context.store, &context.pool).await?;
    let today = OffsetDateTime::now_utc().date();
    let mut swept = Swept::default();
    if force {
        for shard in 0..=u8::MAX {
            trash(context, &in_shard(context, shard).await?.orphans, today, &mut swept).await?;
        }
    } else {
        // Only what was counted is taken, whatever the database may say by then.
        trash(context, &count(context).await?, today, &mut swept).await?;
    }
    for shard in 0..=u8::MAX {
        remove_artifacts(context, shard, &mut swept).await?;
    }
    for day in context.store.trash_days().await? {
        if (today - day).whole_days() > TRASH_DAYS {
            swept.freed_bytes += context.store.empty_trash(day).await?;
        }
    }
    swept.temp_files = context.store.sweep_temp(temp_age).await? + sweep_uploads(context, Some(temp_age)).await?;
    Ok(swept)
}

/// Removes the bytes of uploads in pieces that are over, and, of a store that is known to be the database's, those of uploads that
/// nobody has known for so long. One that can be gone on with is never touched, however long ago something came. Says how many.
pub async fn sweep_uploads(context: &Context, unknown_for: Option<Duration>) -> Result<u64, SweepError> {
    let mut removed = 0;
    for some in context.store.list_partials().await?.chunks(1000) {
        let ids: Vec<Uuid> = some.iter().map(|partial| partial.id).collect();
        let known = db::uploads::are_wanted(&mut *context.pool.acquire().await?, &ids).await?;
        let known: HashMap<Uuid, bool> = known.into_iter().collect();
        let is_over = |partial: &&StoredPartial| match known.get(&partial.id) {
            Some(is_wanted) => !is_wanted,
            None => unknown_for.is_some_and(|longest| partial.age >= longest),
        };
        for partial in some.iter().filter(is_over) {
            // Nobody begins with one that is over; whoever has it since before ends it.
            if let Ok(Some(_held)) = context.store.open_partial(partial.id).await {
                context.store.remove_partial(partial.id).await?;
                removed += 1;
            }
        }
    }
    Ok(removed)
}

/// How many orphans among so many blobs are taken unasked.
fn allowed(blobs: u64) -> u64 {
    (blobs / SHARE).clamp(ALWAYS, MAX_UNASKED)
}

struct Shard {
    blobs: u64,
    orphans: Vec<ContentHash>,
}

async fn in_shard(context: &Context, shard: u8) -> Result<Shard, SweepError> {
    let stored = context.store.list_blobs(shard).await?;
    let blobs = stored.len() as u64;
    let old: Vec<ContentHash> =
        stored.into_iter().filter(|blob| blob.age >= ORPHAN_AGE).map(|blob| blob.hash).collect();
    let orphans = match &*old {
        [] => vec![],
        old => db::contents::unknown(&mut *context.pool.acquire().await?, old).await?,
    };
    Ok(Shard { blobs, orphans })
}

/// The orphans of the whole store, when there are not too many.
async fn count(context: &Context) -> Result<Vec<ContentHash>, SweepError> {
    let (mut blobs, mut orphans, mut kept) = (0, 0, vec![]);
    for shard in 0..=u8::MAX {
        let mut found = in_shard(context, shard).await?;
        blobs += found.blobs;
        orphans += found.orphans.len() as u64;
        // More are never taken, so that the memory is bounded while the count goes on.
        if orphans <= MAX_UNASKED {
            kept.append(&mut found.orphans);
        }
    }
    let allowed = allowed(blobs);
    if orphans > allowed { Err(SweepError::TooMany { orphans, blobs, allowed }) } else { Ok(kept) }
}

async fn trash(context: &Context, orphans: &[ContentHash], today: Date, swept: &mut Swept) -> Result<(), SweepError> {
    if orphans.is_empty() {
        return Ok(());
    }
    // Asked after the orphans were looked for: a backup that is begun only now makes its dump later, without their rows.
    if db::backups::is_running(&mut *context.pool.acquire().await?).await? {
        swept.waits_for_backup = true;
        return Ok(());
    }
    for hash in orphans {
        // The age is looked at again under the store's lock: the same bytes may have been uploaded just now.
        if let Some(bytes) = context.store.trash_blob(hash, ORPHAN_AGE, today).await? {
            swept.blobs += 1;
            swept.trashed_bytes += bytes;
        }
    }
    Ok(())
}

/// Removes what a crash left between an artifact and its row: bytes are written first when one is made, and go last when one is removed.
async fn remove_artifacts(context: &Context, shard: u8, swept: &mut Swept) -> Result<(), SweepError> {
    // A program of an earlier release may have put texts among the images since this one started.
    context.store.move_texts(shard).await?;
    let stored = context.store.list_artifacts(shard).await?;
    let old = stored.into_iter().filter(|artifact| artifact.age >= ORPHAN_AGE);
    let old: Vec<(ContentHash, String)> = old.map(|artifact| (artifact.hash, artifact.name)).collect();
    if old.is_empty() {
        return Ok(());
    }
    for (place, has_content) in db::artifacts::unknown(&mut *context.pool.acquire().await?, &old).await? {
        let (hash, name) = &old[place];
        // Those of a blob that nobody knows either go with it.
        if !has_content && context.store.open_blob(hash).await.is_ok() {
            continue;
        }
        // The age is looked at again: it may have been made again just now.
        if let Some(bytes) = context.store.remove_old_artifact(hash, name, ORPHAN_AGE).await? {
            swept.artifacts += 1;
            swept.freed_bytes += bytes;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::allowed;

    #[test]
    fn a_sweep_takes_five_per_cent_unasked_but_always_a_hundred_and_never_more_than_a_thousand() {
        let cases =
            [(0, 100), (10, 100), (2_000, 100), (2_020, 101), (10_000, 500), (20_000, 1_000), (1_000_000, 1_000)];
        for (blobs, expected) in cases {
            assert_eq!(allowed(blobs), expected, "of {blobs}");
        }
    }
}
