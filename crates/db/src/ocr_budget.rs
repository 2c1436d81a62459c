//! How many pages an external service was asked to read, by month. All workers count in one place.

use sqlx::PgConnection;

/// Takes one page of this month's budget (UTC). False when `pages` of them are taken already.
pub async fn take(conn: &mut PgConnection, pages: u64) -> Result<bool, sqlx::Error> {
    let pages = i64::try_from(pages).unwrap_or(i64::MAX);
    let taken: Option<i64> = sqlx::query_scalar(
        "insert into ocr_budget as budget (month, pages)
         select date_trunc('month', now() at time zone 'utc')::date, 1 where $1 > 0
         on conflict (month) do update set pages = budget.pages + 1 where budget.pages < $1
         returning pages",
    )
    .bind(pages)
    .fetch_optional(conn)
    .await?;
    Ok(taken.is_some())
}

/// Gives one page back: it was not read, and nothing is to be paid for it.
pub async fn give_back(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update ocr_budget set pages = pages - 1
         where month = date_trunc('month', now() at time zone 'utc')::date and pages > 0",
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Pages taken this month.
pub async fn taken(conn: &mut PgConnection) -> Result<u64, sqlx::Error> {
    let pages: Option<i64> = sqlx::query_scalar(
        "select pages from ocr_budget where month = date_trunc('month', now() at time zone 'utc')::date",
    )
    .fetch_optional(conn)
    .await?;
    Ok(pages.unwrap_or(0) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::PgPool;

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_budget_is_spent_once_however_many_take_from_it(pool: PgPool) {
        let takers: Vec<_> = (0..20)
            .map(|_| {
                let pool = pool.clone();
                tokio::spawn(async move { take(&mut pool.acquire().await.unwrap(), 7).await.unwrap() })
            })
            .collect();
        let mut got = 0;
        for taker in takers {
            got += u64::from(taker.await.unwrap());
        }
        let mut conn = pool.acquire().await.unwrap();
        assert_eq!((got, taken(&mut conn).await.unwrap()), (7, 7));
        give_back(&mut conn).await.unwrap();
        assert!(take(&mut conn, 7).await.unwrap());
        assert!(!take(&mut conn, 7).await.unwrap());
        assert!(!take(&mut conn, 0).await.unwrap());
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_new_month_has_a_new_budget(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        assert!(take(&mut conn, 1).await.unwrap());
        assert!(!take(&mut conn, 1).await.unwrap());
        sqlx::query("update ocr_budget set month = (month - interval '1 month')::date")
            .execute(&mut *conn)
            .await
            .unwrap();
        assert_eq!(taken(&mut conn).await.unwrap(), 0);
        assert!(take(&mut conn, 1).await.unwrap());
    }
}
