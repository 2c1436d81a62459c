//! Contents whose stored bytes are no longer what was uploaded, and which were looked at longest ago.

use crate::contents::{parse_hash, parse_status};
use crate::events;
use model::{ContentHash, Warning};
use sqlx::PgConnection;
use sqlx::types::Json;
use time::OffsetDateTime;

/// The code of the warning that a damaged content carries.
pub const DAMAGED: &str = "damaged";

/// A content whose bytes are to be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unchecked {
    /// The SHA-256 its bytes had.
    pub hash: ContentHash,
    /// When they were last known to have it.
    pub checked_at: OffsetDateTime,
    /// What was wrong with them then.
    pub damage: Option<String>,
}

/// Takes the content that was looked at longest ago, if that was before `before`, or one whose damage was found before
/// `damaged_before`: it may be mended. It counts as looked at from now on, so that nobody else takes it.
pub async fn take_unchecked(
    conn: &mut PgConnection,
    before: OffsetDateTime,
    damaged_before: OffsetDateTime,
) -> sqlx::Result<Option<Unchecked>> {
    // Two selects, each of which an index answers alone.
    let row: Option<(String, OffsetDateTime, Option<String>)> = sqlx::query_as(
        "with damaged as (
             select hash, checked_at, damage from contents where damage is not null and checked_at < $2
             limit 1 for update skip locked
         ), old as (
             select hash, checked_at, damage from contents where checked_at < $1
             order by checked_at limit 1 for update skip locked
         ), next as (
             select * from damaged union all select * from old limit 1
         )
         update contents c set checked_at = now() from next where c.hash = next.hash
         returning c.hash, next.checked_at, next.damage",
    )
    .bind(before)
    .bind(damaged_before)
    .fetch_optional(conn)
    .await?;
    row.map(|(hash, checked_at, damage)| Ok(Unchecked { hash: parse_hash(hash)?, checked_at, damage })).transpose()
}

/// Nobody looked at it after all.
pub async fn give_back(conn: &mut PgConnection, taken: &Unchecked) -> sqlx::Result<()> {
    sqlx::query("update contents set checked_at = $2 where hash = $1")
        .bind(taken.hash.as_str())
        .bind(taken.checked_at)
        .execute(conn)
        .await?;
    Ok(())
}

/// Writes down what is wrong with a content's bytes, or that nothing is any more, as a warning that everybody sees who looks at one
/// of its files. True when that is new: then there is a `file.status` event for each of them, of which the caller tells after
/// its commit. False also when the content is gone.
pub async fn set_damage(conn: &mut PgConnection, hash: &ContentHash, damage: Option<&str>) -> sqlx::Result<bool> {
    let warnings: Vec<Warning> = damage.map(|message| Warning::new(DAMAGED, message)).into_iter().collect();
    let row: Option<(Option<String>, String)> = sqlx::query_as(
        "with before as (select hash, damage from contents where hash = $1 for update)
         update contents c set damage = $2,
             warnings = jsonb_path_query_array(c.warnings, '$[*] ? (@.code != $code)', jsonb_build_object('code', $4::text)) || $3
         from before where c.hash = before.hash
         returning before.damage, c.status",
    )
    .bind(hash.as_str())
    .bind(damage)
    .bind(Json(warnings))
    .bind(DAMAGED)
    .fetch_optional(&mut *conn)
    .await?;
    let Some((before, status)) = row else { return Ok(false) };
    let is_new = before.as_deref() != damage;
    if is_new {
        events::insert_status(conn, &[hash.as_str()], parse_status(&status)?).await?;
    }
    Ok(is_new)
}

/// How many contents are damaged, and the first few of them.
pub async fn damaged(conn: &mut PgConnection, few: i64) -> sqlx::Result<(i64, Vec<ContentHash>)> {
    let (count, first): (i64, Vec<String>) = sqlx::query_as(
        "select (select count(*) from contents where damage is not null),
                array(select hash from contents where damage is not null order by hash limit $1)",
    )
    .bind(few)
    .fetch_one(conn)
    .await?;
    Ok((count, first.into_iter().map(parse_hash).collect::<Result<_, _>>()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contents;
    use model::ContentStatus;
    use sqlx::PgPool;
    use time::Duration;

    fn hash(byte: u8) -> ContentHash {
        ContentHash::from_digest([byte; 32])
    }

    async fn content(pool: &PgPool, byte: u8, days_ago: i32) {
        let mut conn = pool.acquire().await.unwrap();
        contents::upsert_pending(&mut conn, &hash(byte), 10, "text/plain", None).await.unwrap();
        contents::set_status(&mut conn, &hash(byte), ContentStatus::Completed).await.unwrap();
        let new =
            crate::files::NewFile { content_hash: &hash(byte), name: "a.txt", drive: None, owner: None, page_id: None };
        crate::files::insert(&mut conn, &new).await.unwrap();
        sqlx::query("update contents set checked_at = now() - make_interval(days => $2) where hash = $1")
            .bind(hash(byte).as_str())
            .bind(days_ago)
            .execute(&mut *conn)
            .await
            .unwrap();
    }

    async fn take(pool: &PgPool) -> Option<Unchecked> {
        let now = OffsetDateTime::now_utc();
        let mut conn = pool.acquire().await.unwrap();
        take_unchecked(&mut conn, now - Duration::days(30), now - Duration::days(1)).await.unwrap()
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn what_was_looked_at_longest_ago_is_taken_once(pool: PgPool) {
        for (byte, days_ago) in [(1, 31), (2, 40), (3, 29)] {
            content(&pool, byte, days_ago).await;
        }
        let first = take(&pool).await.unwrap();
        assert_eq!((&first.hash, first.damage.as_deref()), (&hash(2), None));
        assert_eq!(take(&pool).await.unwrap().hash, hash(1));
        assert_eq!(take(&pool).await, None, "the third was looked at within the month");
        give_back(&mut pool.acquire().await.unwrap(), &first).await.unwrap();
        assert_eq!(take(&pool).await, Some(first));
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn damage_is_told_once_and_looked_at_again_the_next_day(pool: PgPool) {
        content(&pool, 1, 2).await;
        let mut conn = pool.acquire().await.unwrap();
        sqlx::query("update contents set warnings = '[{\"code\": \"text-cut\", \"message\": \"It is long.\"}]'")
            .execute(&mut *conn)
            .await
            .unwrap();
        let told = "select count(*) from events where kind = 'file.status'";
        for is_new in [true, false] {
            assert_eq!(set_damage(&mut conn, &hash(1), Some("They changed.")).await.unwrap(), is_new);
            assert_eq!(sqlx::query_scalar::<_, i64>(told).fetch_one(&pool).await.unwrap(), 1);
        }
        let codes = async || {
            let content = contents::find(&mut pool.acquire().await.unwrap(), &hash(1)).await.unwrap().unwrap();
            content.warnings.into_iter().map(|warning| warning.code).collect::<Vec<_>>()
        };
        assert_eq!(codes().await, ["text-cut", "damaged"]);
        assert_eq!(damaged(&mut conn, 3).await.unwrap(), (1, vec![hash(1)]));
        assert_eq!(take(&pool).await.unwrap().damage.as_deref(), Some("They changed."));
        assert_eq!(take(&pool).await, None);
        assert!(set_damage(&mut conn, &hash(1), None).await.unwrap());
        assert_eq!((codes().await, damaged(&mut conn, 3).await.unwrap()), (vec!["text-cut".into()], (0, vec![])));
        assert!(!set_damage(&mut conn, &hash(9), Some("It is gone.")).await.unwrap());
    }
}
