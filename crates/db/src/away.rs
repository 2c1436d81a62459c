//! Whether a statement failed because the database is not there, which passes, or by its own fault.

use sqlx::Error;

/// Postgres' words (SQLSTATE) for "not now": it is being stopped, has crashed, starts, or has no connection left.
const NOT_NOW: [&str; 5] = ["53300", "57P01", "57P02", "57P03", "57P05"];

/// True when a statement was given up for the time it took.
pub fn took_too_long(error: &Error) -> bool {
    error.as_database_error().and_then(|error| error.code()).as_deref() == Some("57014")
}

/// True when the same may be tried again in a moment: nothing is wrong with it.
pub fn is_away(error: &Error) -> bool {
    match error {
        Error::Io(_) | Error::PoolTimedOut => true,
        Error::Database(error) => error.code().is_some_and(|code| NOT_NOW.contains(&&*code)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_away;
    use sqlx::PgPool;

    /// What a statement met while Postgres was stopped was answered 500, as if it were a fault of ours.
    #[sqlx::test(migrations = "../../migrations")]
    async fn a_database_that_goes_away_is_not_a_statement_that_is_wrong(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        let pid: i32 = sqlx::query_scalar("select pg_backend_pid()").fetch_one(&mut *conn).await.unwrap();
        let wrong = sqlx::query("select nonsense").execute(&mut *conn).await.unwrap_err();
        assert!(!is_away(&wrong), "{wrong}");
        // As a server that is stopped ends all of its connections.
        sqlx::query("select pg_terminate_backend($1, 10000)").bind(pid).execute(&pool).await.unwrap();
        let ended = sqlx::query("select 1").execute(&mut *conn).await.unwrap_err();
        assert!(is_away(&ended), "{ended}");
        drop(conn.detach());
    }
}
