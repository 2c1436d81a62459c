//! Alerts: what is above its limit, since when, and what was.

use crate::events;
use model::{EventKind, Threshold};
use serde_json::json;
use sqlx::PgConnection;
use time::OffsetDateTime;

/// Something above its limit.
#[derive(Debug, Clone, PartialEq)]
pub struct Breach {
    /// Which limit.
    pub threshold: Threshold,
    /// What is above it: a program, a kind of job, or empty where there is only one.
    pub subject: String,
    /// How much it is.
    pub value: f64,
}

/// An alert as it stands.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Alert {
    /// The threshold's name. It may be one that a newer version no longer has.
    pub name: String,
    /// What is above it.
    pub subject: String,
    /// Since when.
    pub since: OffsetDateTime,
    /// How much it was when it was looked at last.
    pub value: f64,
    /// The limit it was held to.
    #[sqlx(rename = "limit_value")]
    pub limit: f64,
    /// When it was over; none while it lasts.
    pub ended_at: Option<OffsetDateTime>,
}

impl Alert {
    /// What is, or was, so: a sentence without its full stop.
    pub fn sentence(&self) -> String {
        match Threshold::named(&self.name) {
            Some(threshold) => threshold.sentence(&self.subject, self.value),
            None => format!("{} {}: {} (limit {})", self.name, self.subject, self.value, self.limit),
        }
    }
}

/// What a look changed. Of several who look at once each change is told to one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changes {
    /// What is above its limit now and was not.
    pub began: Vec<Alert>,
    /// What is not any more.
    pub ended: Vec<Alert>,
}

const COLUMNS: &str = "name, subject, since, value, limit_value, ended_at";

impl Changes {
    /// True when nothing began or ended.
    pub fn is_empty(&self) -> bool {
        self.began.is_empty() && self.ended.is_empty()
    }
}

/// Makes these breaches the alerts that last, on the caller's transaction: new ones begin, those among them go on with their new value,
/// all others end. Administrators are told of what changed: call [`events::notify`] after the commit.
pub async fn replace(conn: &mut PgConnection, breaches: &[Breach]) -> sqlx::Result<Changes> {
    let names: Vec<&str> = breaches.iter().map(|breach| breach.threshold.row().name).collect();
    let subjects: Vec<&str> = breaches.iter().map(|breach| breach.subject.as_str()).collect();
    let values: Vec<f64> = breaches.iter().map(|breach| breach.value).collect();
    let limits: Vec<f64> = breaches.iter().map(|breach| breach.threshold.row().limit).collect();
    let end = format!(
        "update alerts set ended_at = now()
         where ended_at is null and (name, subject) not in (select * from unnest($1::text[], $2::text[])) returning {COLUMNS}"
    );
    let ended = sqlx::query_as(sqlx::AssertSqlSafe(end)).bind(&names).bind(&subjects).fetch_all(&mut *conn).await?;
    // Only a row that was there before has a transaction that wrote over it.
    let begin = format!(
        "insert into alerts (name, subject, value, limit_value)
         select * from unnest($1::text[], $2::text[], $3::float8[], $4::float8[])
         on conflict (name, subject) where ended_at is null
         do update set value = excluded.value, limit_value = excluded.limit_value
         returning {COLUMNS}, xmax = 0 as is_new"
    );
    let lasting: Vec<Lasting> = sqlx::query_as(sqlx::AssertSqlSafe(begin))
        .bind(&names)
        .bind(&subjects)
        .bind(&values)
        .bind(&limits)
        .fetch_all(&mut *conn)
        .await?;
    let began = lasting.into_iter().filter(|row| row.is_new).map(|row| row.alert).collect();
    let changes = Changes { began, ended };
    for (kind, alerts) in [(EventKind::AlertBegan, &changes.began), (EventKind::AlertEnded, &changes.ended)] {
        for alert in alerts {
            let data = json!({"name": alert.name, "subject": alert.subject, "message": alert.sentence()});
            events::insert_for_administrators(conn, kind, data).await?;
        }
    }
    Ok(changes)
}

#[derive(sqlx::FromRow)]
struct Lasting {
    #[sqlx(flatten)]
    alert: Alert,
    is_new: bool,
}

/// Those that last, the oldest first.
pub async fn lasting(conn: &mut PgConnection) -> sqlx::Result<Vec<Alert>> {
    let sql = format!("select {COLUMNS} from alerts where ended_at is null order by since, id");
    sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(conn).await
}

/// Those that ended after `after`, the newest first, at most `limit`.
pub async fn ended(conn: &mut PgConnection, after: OffsetDateTime, limit: i64) -> sqlx::Result<Vec<Alert>> {
    let sql = format!("select {COLUMNS} from alerts where ended_at > $1 order by ended_at desc, id desc limit $2");
    sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(after).bind(limit).fetch_all(conn).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::users::{self, NewUser};
    use sqlx::PgPool;

    fn names(alerts: &[Alert]) -> Vec<(&str, &str)> {
        alerts.iter().map(|alert| (alert.name.as_str(), alert.subject.as_str())).collect()
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn an_alert_begins_once_goes_on_and_ends_once(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        let breach = |subject: &str, value| Breach { threshold: Threshold::Memory, subject: subject.into(), value };
        let first = replace(&mut conn, &[breach("web", 0.95), breach("worker", 0.91)]).await.unwrap();
        assert_eq!(names(&first.began), [("memory", "web"), ("memory", "worker")]);
        let second = replace(&mut conn, &[breach("web", 0.99)]).await.unwrap();
        assert_eq!((names(&second.began), names(&second.ended)), (vec![], vec![("memory", "worker")]));
        let [lasting] = lasting(&mut conn).await.unwrap().try_into().unwrap();
        assert_eq!((lasting.value, lasting.limit, lasting.since), (0.99, 0.9, first.began[0].since));
        assert_eq!(names(&replace(&mut conn, &[]).await.unwrap().ended), [("memory", "web")]);
        assert_eq!(replace(&mut conn, &[]).await.unwrap(), Changes::default());
        // It begins anew, and what was is still there.
        let again = replace(&mut conn, &[breach("web", 0.92)]).await.unwrap();
        assert_eq!(names(&again.began), [("memory", "web")]);
        let past = ended(&mut conn, first.began[0].since - time::Duration::HOUR, 10).await.unwrap();
        assert_eq!(names(&past), [("memory", "web"), ("memory", "worker")]);
        assert!(past[0].ended_at.is_some());
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn administrators_and_nobody_else_are_told_when_it_begins_and_ends(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        let mut ids = Vec::new();
        for (email, is_admin) in [("a@b.c", true), ("b@b.c", false)] {
            let user = NewUser { email, name: "A", password_hash: "", is_admin };
            ids.push(users::insert(&mut conn, &user).await.unwrap().id.to_string());
        }
        let start = events::end(&mut conn).await.unwrap();
        let breach = Breach { threshold: Threshold::Memory, subject: "web".into(), value: 0.95 };
        for breaches in [&[breach.clone()][..], &[breach], &[]] {
            replace(&mut conn, breaches).await.unwrap();
        }
        // Events are held back while anybody's older transaction runs, and other tests share the server.
        let mut told = Vec::new();
        while told.len() < 2 {
            told = events::read_after(&mut conn, start, 10).await.unwrap().events;
        }
        let kinds: Vec<EventKind> = told.iter().map(|event| event.kind).collect();
        assert_eq!(kinds, [EventKind::AlertBegan, EventKind::AlertEnded]);
        assert!(told.iter().all(|event| event.user_id() == Some(&ids[0])), "{told:?}");
        assert_eq!(told[0].data["message"], "web uses 95 % of its memory (limit 90 %)");
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn an_alert_of_a_threshold_that_is_gone_still_has_a_sentence(pool: PgPool) {
        sqlx::query("insert into alerts (name, subject, value, limit_value) values ('heat', 'roof', 80, 70)")
            .execute(&pool)
            .await
            .unwrap();
        let [odd] = lasting(&mut pool.acquire().await.unwrap()).await.unwrap().try_into().unwrap();
        assert_eq!(odd.sentence(), "heat roof: 80 (limit 70)");
    }
}
