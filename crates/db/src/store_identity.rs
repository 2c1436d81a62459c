//! The id that this database and its store of files have in common.

use sqlx::PgConnection;
use uuid::Uuid;

/// The id, if the database was ever bonded to a store.
pub async fn find(conn: &mut PgConnection) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar("select id from store_identity").fetch_optional(conn).await
}

/// Sets the id, if it still is what the caller read. False when somebody else was faster.
pub async fn replace(conn: &mut PgConnection, before: Option<Uuid>, id: Uuid) -> Result<bool, sqlx::Error> {
    let done = match before {
        None => sqlx::query("insert into store_identity (id) values ($1) on conflict do nothing").bind(id),
        Some(before) => {
            sqlx::query("update store_identity set id = $1, created_at = now() where id = $2").bind(id).bind(before)
        }
    };
    Ok(done.execute(conn).await?.rows_affected() == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::PgPool;

    #[sqlx::test(migrations = "../../migrations")]
    async fn of_two_who_set_the_id_one_does(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        let [first, second, third] = [(); 3].map(|()| Uuid::new_v4());
        assert_eq!(find(&mut conn).await.unwrap(), None);
        assert!(replace(&mut conn, None, first).await.unwrap());
        assert!(!replace(&mut conn, None, second).await.unwrap(), "it has one by now");
        assert!(replace(&mut conn, Some(first), second).await.unwrap());
        assert!(!replace(&mut conn, Some(first), third).await.unwrap(), "it has another by now");
        assert_eq!(find(&mut conn).await.unwrap(), Some(second));
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn there_is_one_row_at_most(pool: PgPool) {
        let two =
            "insert into store_identity (only_row, id) values (true, gen_random_uuid()), (false, gen_random_uuid())";
        let refused = sqlx::query(two).execute(&pool).await.unwrap_err();
        let constraint = refused.as_database_error().and_then(|error| error.constraint()).map(str::to_owned);
        assert_eq!(constraint.as_deref(), Some("store_identity_only_row_check"));
    }
}
