//! Whether a statement failed because the database is not there, which passes, or by its own fault.

use sqlx::Error;

/// Postgres' words (SQLSTATE) for what no statement is to blame for, by their classes: the connection is gone (08), it has no
/// memory, disk or connection left (53), it is being stopped, has crashed or starts (57), its disk does not read or write (58).
const NOT_NOW: [&str; 4] = ["08", "53", "57", "58"];
/// Of these classes what is the statement's own: a bound that was set for it, a protocol it does not keep.
const ITS_OWN: [&str; 3] = ["08P01", "53400", "57014"];

/// True when a statement was given up for the time it took.
pub fn took_too_long(error: &Error) -> bool {
    error.as_database_error().and_then(|error| error.code()).as_deref() == Some("57014")
}

/// True when the same may be tried again in a moment: nothing is wrong with it.
pub fn is_away(error: &Error) -> bool {
    match error {
        Error::Io(_) | Error::PoolTimedOut => true,
        Error::Database(error) => error
            .code()
            .is_some_and(|code| NOT_NOW.iter().any(|class| code.starts_with(class)) && !ITS_OWN.contains(&&*code)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_away;
    use sqlx::PgPool;

    /// M18: a database without room failed the files that came meanwhile.
    #[sqlx::test(migrations = "../../migrations")]
    async fn m18_a_database_without_room_is_not_a_statement_that_is_wrong(pool: PgPool) {
        let raised = async |code: &'static str| {
            let statement = format!("do $$ begin raise exception using errcode = '{code}'; end $$");
            sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&pool).await.unwrap_err()
        };
        for code in ["08006", "53100", "53200", "53300", "57P01", "57P03", "58030"] {
            assert!(is_away(&raised(code).await), "{code}");
        }
        for code in ["08P01", "22012", "23505", "53400", "57014"] {
            assert!(!is_away(&raised(code).await), "{code}");
        }
    }

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
