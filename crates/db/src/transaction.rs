//! Beginning a transaction in a way that survives its caller.

use sqlx::{Executor, PgConnection, PgPool, Postgres, Transaction};
use std::io;
use tokio::task::JoinError;

/// The program stops, so the task that waited for `BEGIN` was cancelled.
#[derive(Debug, thiserror::Error)]
#[error("the program stops; no transaction was begun")]
struct Stopping;

/// Begins a transaction. Use this and never `pool.begin()` where the caller's future may be dropped, as every request's
/// and every job's may.
///
/// sqlx (0.9) forgets a `BEGIN` whose future is dropped before its answer: the connection goes back to the pool inside a
/// transaction nobody will commit, and what the next user writes is lost. Here the answer is always waited for, in a
/// task of its own; if nobody wants the transaction any more it is rolled back as usual.
pub async fn begin(pool: &PgPool) -> sqlx::Result<Transaction<'static, Postgres>> {
    let pool = pool.clone();
    tokio::spawn(async move { pool.begin().await }).await.unwrap_or_else(|error| Err(task_error(error)))
}

/// Lets this transaction's statements take minutes, where the pool's have seconds: what it changes may be a hundred thousand rows.
pub async fn allow_minutes(conn: &mut PgConnection) -> sqlx::Result<()> {
    conn.execute("set local statement_timeout = '5min'").await?;
    Ok(())
}

/// Why the task has no answer: the runtime stops, or sqlx panicked, which goes on in the caller.
fn task_error(error: JoinError) -> sqlx::Error {
    match error.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(_) => sqlx::Error::Io(io::Error::other(Stopping)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::poll;
    use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
    use std::pin::pin;
    use time::OffsetDateTime;

    /// It was sqlx's "background worker crashed", which nothing had.
    #[tokio::test]
    async fn a_begin_while_the_program_stops_says_so() {
        let task = tokio::spawn(std::future::pending::<()>());
        task.abort();
        let error = task_error(task.await.unwrap_err());
        assert!(matches!(&error, sqlx::Error::Io(_)));
        assert!(error.to_string().ends_with("the program stops; no transaction was begun"), "{error}");
    }

    #[sqlx::test]
    async fn a_begin_nobody_waits_for_leaves_no_open_transaction(_: PgPoolOptions, options: PgConnectOptions) {
        let pool = PgPoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
        for _ in 0..50 {
            {
                let mut begun = pin!(begin(&pool));
                let _ = poll!(&mut begun);
                tokio::task::yield_now().await;
            }
            // Inside a transaction the clock stands still.
            let mut conn = pool.acquire().await.unwrap();
            let mut now =
                async || sqlx::query_scalar::<_, OffsetDateTime>("select now()").fetch_one(&mut *conn).await.unwrap();
            assert!(now().await < now().await);
        }
    }
}
