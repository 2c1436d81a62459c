//! The ring of segments: which is current, which may hold jobs, and its rotation.

use crate::Error;
use crate::notify::{CHANNEL, EVERYTHING};
use crate::sql::SEGMENTS;
use sqlx::{PgConnection, Row};

/// A segment of so many bytes is full. Small enough that a claim's scan over its dead rows is short and that a truncated one is
/// soon used again; large enough that the ring is rotated once a second at the most.
const MAX_BYTES: i64 = 32 * 1024 * 1024;

/// Makes the next segment current when the present one is full, and truncates those whose jobs are gone.
pub(crate) async fn rotate(conn: &mut PgConnection) -> Result<(), Error> {
    sqlx::query("select case when queue.turn($1) then pg_notify($2, $3) end")
        .bind(MAX_BYTES)
        .bind(CHANNEL)
        .bind(EVERYTHING)
        .execute(conn)
        .await?;
    Ok(())
}

/// The current segment, and which may hold jobs: those that are not of size zero.
pub(crate) async fn survey(conn: &mut PgConnection) -> Result<(usize, [bool; SEGMENTS]), Error> {
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
