//! Who may hear what: the rights behind the rooms of the realtime service.

use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

/// The Postgres channel that says whose rights have changed.
pub const CHANNEL: &str = "access";

/// What somebody signed in with, as far as it can end before the socket does.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Credential {
    /// A session, by the SHA-256 of its secret.
    Session([u8; 32]),
    /// An API token, by the SHA-256 of its secret.
    Token([u8; 32]),
}

/// Things somebody wants to hear about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Drives.
    pub drives: Vec<Uuid>,
    /// Files.
    pub files: Vec<Uuid>,
    /// PageSpace's pages.
    pub pages: Vec<String>,
}

/// Those of the things that the person may hear about: the drives it is a member of, and files and pages in them. Nothing while it is
/// disabled.
pub async fn allowed(conn: &mut PgConnection, user_id: Uuid, wanted: &Wanted) -> Result<Wanted, sqlx::Error> {
    let (drives, files, pages) = sqlx::query_as(
        "with mine as (select m.drive_id from drive_members m join users u on u.id = m.user_id
                       where m.user_id = $1 and u.disabled_at is null)
         select
             array(select drive_id from mine where drive_id = any($2)),
             array(select f.id from files f join mine using (drive_id) where f.id = any($3)),
             array(select f.page_id from files f join mine using (drive_id) where f.page_id = any($4))",
    )
    .bind(user_id)
    .bind(&wanted.drives)
    .bind(&wanted.files)
    .bind(&wanted.pages)
    .fetch_one(conn)
    .await?;
    Ok(Wanted { drives, files, pages })
}

/// Says that somebody's rights or sessions have changed, so that open sockets are looked at again now and not only after
/// a while. For a pool or a connection, after the commit.
pub async fn notify_changed(executor: impl PgExecutor<'_>, user_id: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query("select pg_notify($1, $2)").bind(CHANNEL).bind(user_id.to_string()).execute(executor).await?;
    Ok(())
}

/// True while the credential is good and its owner is not disabled.
pub async fn is_good(conn: &mut PgConnection, credential: &Credential) -> Result<bool, sqlx::Error> {
    match credential {
        Credential::Session(hash) => {
            sqlx::query_scalar(
                "select exists (select from sessions s join users u on u.id = s.user_id
                     where s.token_hash = $1 and s.expires_at > now() and u.disabled_at is null)",
            )
            .bind(hash.as_slice())
            .fetch_one(conn)
            .await
        }
        Credential::Token(hash) => {
            sqlx::query_scalar(
                "select exists (select from api_tokens t join users u on u.id = t.user_id
                     where t.token_hash = $1 and (t.expires_at is null or t.expires_at > now())
                         and u.disabled_at is null)",
            )
            .bind(hash.as_slice())
            .fetch_one(conn)
            .await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drives::{self, Role};
    use crate::users::{self, NewUser};
    use sqlx::PgPool;

    #[sqlx::test(migrations = "../../migrations")]
    async fn listeners_hear_whose_rights_changed(pool: PgPool) {
        let mut listener = sqlx::postgres::PgListener::connect_with(&pool).await.unwrap();
        listener.listen(CHANNEL).await.unwrap();
        notify_changed(&pool, Uuid::nil()).await.unwrap();
        assert_eq!(listener.recv().await.unwrap().payload(), Uuid::nil().to_string());
    }

    async fn user(conn: &mut PgConnection, email: &str) -> Uuid {
        let user = NewUser { email, name: "A", password_hash: "", is_admin: false };
        users::insert(conn, &user).await.unwrap().id
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn only_a_members_things_are_allowed(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        let (anna, ben) = (user(&mut conn, "a@b.c").await, user(&mut conn, "b@b.c").await);
        let drive = drives::insert(&mut conn, "Anna's", anna).await.unwrap();
        let hash = "a".repeat(64);
        sqlx::query("insert into contents (hash, size_bytes, mime) values ($1, 1, 'text/plain')")
            .bind(&hash)
            .execute(&mut *conn)
            .await
            .unwrap();
        let file: Uuid = sqlx::query_scalar(
            "insert into files (drive_id, content_hash, name, page_id) values ($1, $2, 'x', 'page1') returning id",
        )
        .bind(drive)
        .bind(&hash)
        .fetch_one(&mut *conn)
        .await
        .unwrap();
        let wanted = Wanted { drives: vec![drive], files: vec![file], pages: vec!["page1".into()] };
        assert_eq!(allowed(&mut conn, anna, &wanted).await.unwrap(), wanted);
        assert_eq!(allowed(&mut conn, ben, &wanted).await.unwrap(), Wanted::default());
        drives::set_member(&mut conn, drive, ben, Role::Viewer).await.unwrap();
        assert_eq!(allowed(&mut conn, ben, &wanted).await.unwrap(), wanted);
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_credential_is_good_until_it_ends(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        let anna = user(&mut conn, "a@b.c").await;
        let session = Credential::Session([1; 32]);
        assert!(!is_good(&mut conn, &session).await.unwrap());
        crate::sessions::insert(&mut conn, &[1; 32], anna, "", time::Duration::hours(1)).await.unwrap();
        assert!(is_good(&mut conn, &session).await.unwrap());
        assert!(!is_good(&mut conn, &Credential::Token([1; 32])).await.unwrap());
        // M14: nothing counts that a disabled person has.
        users::set_disabled(&mut conn, anna, true).await.unwrap();
        assert!(!is_good(&mut conn, &session).await.unwrap());
        users::set_disabled(&mut conn, anna, false).await.unwrap();
        assert!(is_good(&mut conn, &session).await.unwrap());
        crate::sessions::delete_all(&mut conn, anna).await.unwrap();
        assert!(!is_good(&mut conn, &session).await.unwrap());
    }
}
