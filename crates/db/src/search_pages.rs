//! The pages of texts as they are found: written when a text is, or afterwards for texts that are older than the index.

use crate::contents::parse_hash;
use model::ContentHash;
use sqlx::PgConnection;

/// Which way of cutting texts into words pages are kept by. The migration that brings another one sets the contents of the one before
/// to 0.
pub const SEARCH_VERSION: i16 = 1;

/// A page, or a piece of a long one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPage {
    /// Its number, counted from 1.
    pub page: u32,
    /// Where it begins in the text's file.
    pub start_byte: u64,
    /// How many bytes of the file it is.
    pub size_bytes: u64,
    /// Its words, each between spaces.
    pub words: String,
}

/// How much of what there is can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Progress {
    /// Contents with text whose pages are found.
    pub indexed: i64,
    /// Those whose pages are not, yet.
    pub waiting: i64,
}

/// Pages that one statement writes: their words are some hundred kilobytes.
const BATCH: usize = 64;

/// Puts these pages in the place of those that there are of a content, in the transaction that changes its text. Nothing happens when
/// there is no such content.
pub async fn replace(conn: &mut PgConnection, hash: &ContentHash, pages: &[NewPage]) -> Result<(), sqlx::Error> {
    let search_id: Option<i32> =
        sqlx::query_scalar("update contents set search_version = $2 where hash = $1 returning search_id")
            .bind(hash.as_str())
            .bind(SEARCH_VERSION)
            .fetch_optional(&mut *conn)
            .await?;
    let Some(search_id) = search_id else { return Ok(()) };
    sqlx::query("delete from search_pages where search_id = $1").bind(search_id).execute(&mut *conn).await?;
    for (batch, pages) in pages.chunks(BATCH).enumerate() {
        let number = |number: u64| i32::try_from(number).unwrap_or(i32::MAX);
        let numbers: Vec<i32> = pages.iter().map(|page| number(page.page.into())).collect();
        let starts: Vec<i32> = pages.iter().map(|page| number(page.start_byte)).collect();
        let sizes: Vec<i32> = pages.iter().map(|page| number(page.size_bytes)).collect();
        let words: Vec<&str> = pages.iter().map(|page| page.words.as_str()).collect();
        sqlx::query(
            "insert into search_pages (search_id, piece, page, start_byte, size_bytes, words)
             select $1, $2 + place, page, start_byte, size_bytes, words
             from unnest($3::int[], $4::int[], $5::int[], $6::text[]) with ordinality p (page, start_byte, size_bytes, words, place)",
        )
        .bind(search_id)
        .bind((batch * BATCH) as i32)
        .bind(numbers)
        .bind(starts)
        .bind(sizes)
        .bind(words)
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// Contents with text whose pages are not found yet, the newest first, after the one that was looked at last.
pub async fn unindexed(
    conn: &mut PgConnection,
    before: Option<i32>,
    limit: i64,
) -> Result<Vec<(i32, ContentHash)>, sqlx::Error> {
    let rows: Vec<(i32, String)> = sqlx::query_as(
        "select search_id, hash from contents
         where search_version = 0 and status = 'completed' and search_id < coalesce($1, 2147483647)
         order by search_id desc limit $2",
    )
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|(search_id, hash)| Ok((search_id, parse_hash(hash)?))).collect()
}

/// Whether the pages of a content are still to be indexed, which holds until the transaction ends.
pub async fn lock_unindexed(conn: &mut PgConnection, hash: &ContentHash) -> Result<bool, sqlx::Error> {
    let found: Option<String> = sqlx::query_scalar(
        "select hash from contents where hash = $1 and search_version = 0 and status = 'completed' for no key update skip locked",
    )
    .bind(hash.as_str())
    .fetch_optional(conn)
    .await?;
    Ok(found.is_some())
}

/// Whether there are texts that are not found yet.
pub async fn is_incomplete(conn: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select exists (select from contents where search_version = 0 and status = 'completed')")
        .fetch_one(conn)
        .await
}

/// Has all texts indexed again: until that is done, each is found as it was. Says how many.
pub async fn forget(conn: &mut PgConnection) -> Result<u64, sqlx::Error> {
    let done = sqlx::query("update contents set search_version = 0 where search_version <> 0 and status = 'completed'")
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}

/// How far indexing is.
pub async fn progress(conn: &mut PgConnection) -> Result<Progress, sqlx::Error> {
    sqlx::query_as(
        "select count(*) filter (where search_version <> 0) as indexed, count(*) filter (where search_version = 0) as waiting
         from contents where status = 'completed'",
    )
    .fetch_one(conn)
    .await
}
