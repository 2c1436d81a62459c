//! Orphaned work: a job ended without its handler, which would have enqueued the next one.

use crate::Error;
use sqlx::PgConnection;
use time::OffsetDateTime;

/// The subjects of jobs of `kind` that failed or were cancelled before `before`, where no job of that kind is in flight and
/// none of the kind `next` was enqueued since; at most `limit`, in no order.
pub async fn orphaned(
    conn: &mut PgConnection,
    kind: &str,
    next: &str,
    before: OffsetDateTime,
    limit: i64,
) -> Result<Vec<String>, Error> {
    Ok(sqlx::query_scalar(
        "select subject
         from queue.finished
         where kind = $1 and status in ('failed', 'cancelled') and subject is not null and finished_at < $3
         group by subject
         having not exists (
             select from queue.jobs later
             where later.subject = finished.subject
               and (later.kind = $1 and later.status in ('pending', 'processing')
                    or later.kind = $2 and later.id > max(finished.id))
         )
         limit $4",
    )
    .bind(kind)
    .bind(next)
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await?)
}
