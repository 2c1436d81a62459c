//! The migrations, embedded, run once under a lock. A schema newer than the binary is refused.

use sqlx::PgPool;
use sqlx::migrate::{MigrateError, Migrator};

/// The embedded migrations of the workspace's `migrations/` folder.
pub static MIGRATOR: Migrator = sqlx::migrate!("../../migrations");

/// Why the schema is not usable.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// The database was migrated by a newer release.
    #[error(
        "the database has migration {found}, which this release does not know; start the newer release, or restore a backup"
    )]
    Newer {
        /// The unknown migration.
        found: i64,
    },
    /// The database lacks migrations of this release.
    #[error("the database is at migration {found}, this release needs {needed}; run the migrate step first")]
    Older {
        /// The newest migration found, 0 for none.
        found: i64,
        /// The newest migration of this release.
        needed: i64,
    },
    /// A migration failed.
    #[error("a migration failed: {0}")]
    Failed(MigrateError),
    /// The database did not answer.
    #[error("the database did not answer: {0}")]
    Database(#[from] sqlx::Error),
}

/// Applies what is missing, under sqlx's advisory lock, so that any number of processes may call it at once.
pub async fn run(pool: &PgPool) -> Result<(), SchemaError> {
    match MIGRATOR.run(pool).await {
        Ok(()) => Ok(()),
        Err(MigrateError::VersionMissing(found)) => Err(SchemaError::Newer { found }),
        Err(error) => Err(SchemaError::Failed(error)),
    }
}

/// Refuses a schema that is not this release's. Services call it at start; only `migrate` changes anything.
pub async fn check(pool: &PgPool) -> Result<(), SchemaError> {
    let needed = MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or(0);
    let found: Option<i64> =
        match sqlx::query_scalar("select max(version) from _sqlx_migrations where success").fetch_one(pool).await {
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("42P01") => None,
            other => other?,
        };
    match found.unwrap_or(0) {
        found if found > needed => Err(SchemaError::Newer { found }),
        found if found < needed => Err(SchemaError::Older { found, needed }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[sqlx::test(migrations = false)]
    async fn an_unmigrated_database_is_too_old_and_a_migrated_one_right(pool: PgPool) {
        assert!(matches!(check(&pool).await, Err(SchemaError::Older { found: 0, .. })));
        let (one, two) = tokio::join!(run(&pool), run(&pool));
        assert!(one.is_ok() && two.is_ok(), "any number of processes may migrate at once");
        assert!(check(&pool).await.is_ok());
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_newer_schema_is_refused_with_a_sentence(pool: PgPool) {
        let sql = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
                   values (999999, 'from the future', true, '', 0)";
        sqlx::query(sql).execute(&pool).await.unwrap();
        assert!(matches!(check(&pool).await, Err(SchemaError::Newer { found: 999999 })));
        let refused = run(&pool).await.unwrap_err();
        assert!(refused.to_string().contains("start the newer release"), "{refused}");
    }
}
