//! The scrub: the bytes of every content are hashed again, slowly, so that what a disk has changed is found while there still is a
//! backup from before. A content that is damaged stays as it is, as most of it may be good; it says so to whoever looks at it.

use crate::context::Context;
use model::ContentHash;
use std::num::NonZeroU64;
use std::time::Duration;
use time::OffsetDateTime;

/// What is damaged is looked at again after so long: somebody may have put the right bytes back.
const DAMAGED_AGAIN: Duration = Duration::from_secs(24 * 3600);

/// How often and how fast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScrubPace {
    /// Every content is looked at once in so long.
    pub every: Duration,
    /// The most that is read in a second.
    pub bytes_per_second: NonZeroU64,
}

/// What one step found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scrubbed {
    /// The bytes are those that were uploaded.
    Sound(ContentHash),
    /// They are not, and the sentence that says so.
    Damaged(ContentHash, String),
    /// It was deleted meanwhile.
    Gone,
    /// Every content was looked at recently enough.
    NothingDue,
    /// It was asked to stop; the content it was at is looked at next time.
    Stopped,
}

/// Looks at the content whose turn it is, unless `stop` ends first. A process that is killed meanwhile leaves that one content to
/// the next pass.
pub async fn scrub_next(
    context: &Context,
    pace: ScrubPace,
    stop: impl Future<Output = ()>,
) -> anyhow::Result<Scrubbed> {
    let now = OffsetDateTime::now_utc();
    let before = |age: Duration| {
        now.checked_sub(age.try_into().unwrap_or(time::Duration::MAX)).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    };
    let mut conn = context.pool.acquire().await?;
    let taken = db::damage::take_unchecked(&mut conn, before(pace.every), before(DAMAGED_AGAIN)).await?;
    // Reading takes as long as it takes, and no connection waits for it.
    drop(conn);
    let Some(taken) = taken else { return Ok(Scrubbed::NothingDue) };
    let rehashed = tokio::select! {
        rehashed = context.store.rehash_blob(&taken.hash, pace.bytes_per_second) => rehashed,
        () = stop => {
            db::damage::give_back(&mut *context.pool.acquire().await?, &taken).await?;
            return Ok(Scrubbed::Stopped);
        }
    };
    let damage = match rehashed {
        Ok(found) if found == taken.hash => None,
        Ok(_) => Some("Its stored bytes are no longer those that were uploaded; a backup may have them.".to_owned()),
        Err(storage::Error::NotFound) => {
            Some("Its bytes are missing from the store; a backup may have them.".to_owned())
        }
        // That says nothing of the file.
        Err(error @ storage::Error::Away) => {
            db::damage::give_back(&mut *context.pool.acquire().await?, &taken).await?;
            return Err(error.into());
        }
        // A disk that cannot be read, most of all.
        Err(error) => Some(format!("Its stored bytes cannot be read; a backup may have them. ({error})")),
    };
    if damage.is_some() || taken.damage.is_some() {
        let mut tx = db::begin(&context.pool).await?;
        let is_new = db::damage::set_damage(&mut tx, &taken.hash, damage.as_deref()).await?;
        tx.commit().await?;
        if is_new {
            context.announcer.announce();
        }
        if damage.is_some() && taken.damage.is_none() && !is_new {
            return Ok(Scrubbed::Gone);
        }
    }
    Ok(match damage {
        None => Scrubbed::Sound(taken.hash),
        Some(damage) => Scrubbed::Damaged(taken.hash, damage),
    })
}
