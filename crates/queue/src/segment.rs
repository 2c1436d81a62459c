//! The ring of segments: which is current, which may hold jobs, and its turning.

use crate::Error;
use crate::sql::SEGMENTS;
use sqlx::{PgConnection, Row};

/// A segment of so many bytes has had its share of jobs. Small enough that a claim's look over its dead rows is short and that a
/// truncated one is soon used again; large enough that the ring turns once a second at the most.
const MAX_BYTES: i64 = 32 * 1024 * 1024;

/// Goes on to the next segment when the current one is full, and empties those whose jobs are gone.
pub(crate) async fn turn(conn: &mut PgConnection) -> Result<(), Error> {
    sqlx::query("select case when queue.turn($1) then pg_notify($2, '*') end")
        .bind(MAX_BYTES)
        .bind(crate::queue::CHANNEL)
        .execute(conn)
        .await?;
    Ok(())
}

/// The current segment, and which may hold jobs: those that are not of size zero.
pub(crate) async fn look(conn: &mut PgConnection) -> Result<(usize, [bool; SEGMENTS]), Error> {
    let row = sqlx::query(
        "select (select last_value::integer from queue.current_segment),
                array(select pg_relation_size(('queue.hot_' || n)::regclass) > 0 from generate_series(0, 15) n order by n)",
    )
    .fetch_one(conn)
    .await?;
    let current: i32 = row.try_get(0)?;
    let sizes: Vec<bool> = row.try_get(1)?;
    let live = std::array::from_fn(|segment| sizes.get(segment).copied().unwrap_or(true));
    Ok((usize::try_from(current).unwrap_or(0), live))
}
