//! Uploads by what their senders called them, so that one that is sent again is answered as it was and made only once.

use model::ContentHash;
use sqlx::PgConnection;
use uuid::Uuid;

/// An upload as its sender asked for it. What has the same key is the same upload only if all of this is the same.
#[derive(Debug, Clone, Copy)]
pub struct KeyedUpload<'a> {
    /// Who sent it; keys are each person's own.
    pub user_id: Uuid,
    /// What its sender called it: 1 to 255 characters.
    pub key: &'a str,
    /// Where to.
    pub drive_id: Uuid,
    /// The file's name.
    pub name: &'a str,
    /// The hash of its bytes.
    pub content_hash: &'a ContentHash,
}

/// What came of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Answered {
    /// The file.
    pub file_id: Uuid,
    /// Its bytes were known.
    pub deduplicated: bool,
    /// The number of the job that reads it, if there was one.
    pub job_id: Option<i64>,
}

/// What a key stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// For nothing within the last day: it is this upload's now. Say what came of it with [`answer`].
    New,
    /// For the same upload.
    Same(Answered),
    /// For another one.
    Other,
}

/// Takes the key for the upload, in the transaction that adds its file. Waits for another transaction that is about to do the same.
pub async fn take(conn: &mut PgConnection, upload: &KeyedUpload<'_>) -> Result<Taken, sqlx::Error> {
    // The file of a key can be deleted between the two statements, and the key with it; then it is taken after all.
    loop {
        let taken = sqlx::query(
            "insert into upload_keys as known (user_id, key, drive_id, name, content_hash) values ($1, $2, $3, $4, $5)
             on conflict on constraint upload_keys_pkey do update set drive_id = excluded.drive_id, name = excluded.name,
                 content_hash = excluded.content_hash, file_id = null, created_at = now()
             where known.created_at < now() - interval '1 day'",
        )
        .bind(upload.user_id)
        .bind(upload.key)
        .bind(upload.drive_id)
        .bind(upload.name)
        .bind(upload.content_hash.as_str())
        .execute(&mut *conn)
        .await?;
        if taken.rows_affected() == 1 {
            return Ok(Taken::New);
        }
        let known: Option<Row> = sqlx::query_as(
            "select (drive_id, name, content_hash) = ($3, $4, $5) as is_same, file_id, deduplicated, job_id
             from upload_keys where user_id = $1 and key = $2 and file_id is not null",
        )
        .bind(upload.user_id)
        .bind(upload.key)
        .bind(upload.drive_id)
        .bind(upload.name)
        .bind(upload.content_hash.as_str())
        .fetch_optional(&mut *conn)
        .await?;
        match known {
            Some(Row { is_same: true, answered }) => return Ok(Taken::Same(answered)),
            Some(_) => return Ok(Taken::Other),
            None => {}
        }
    }
}

/// Says what came of an upload whose key was taken in this transaction.
pub async fn answer(conn: &mut PgConnection, user_id: Uuid, key: &str, answered: &Answered) -> Result<(), sqlx::Error> {
    sqlx::query("update upload_keys set file_id = $3, deduplicated = $4, job_id = $5 where user_id = $1 and key = $2")
        .bind(user_id)
        .bind(key)
        .bind(answered.file_id)
        .bind(answered.deduplicated)
        .bind(answered.job_id)
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    is_same: bool,
    #[sqlx(flatten)]
    answered: Answered,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::{self, NewFile};
    use crate::users::{self, NewUser};
    use crate::{contents, drives};
    use sqlx::PgPool;

    #[sqlx::test(migrations = "../../migrations")]
    async fn l17_a_key_stands_for_one_upload_for_a_day_or_as_long_as_its_file(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        let new = NewUser { email: "e", name: "n", password_hash: "", is_admin: false };
        let user_id = users::insert(&mut conn, &new).await.unwrap().id;
        let drive_id = drives::insert(&mut conn, "d", user_id).await.unwrap();
        let [hash, other] = [1, 2].map(|byte| ContentHash::from_digest([byte; 32]));
        contents::upsert_pending(&mut conn, &hash, 10, "image/png", None).await.unwrap();
        let upload = KeyedUpload { user_id, key: "k", drive_id, name: "a", content_hash: &hash };
        let file = NewFile { content_hash: &hash, name: "a", drive: None, owner: None, page_id: None };
        let answered = async |conn: &mut PgConnection| {
            assert_eq!(take(conn, &upload).await.unwrap(), Taken::New);
            let file_id = files::insert(conn, &file).await.unwrap().id;
            let answered = Answered { file_id, deduplicated: true, job_id: Some(7) };
            answer(conn, user_id, "k", &answered).await.unwrap();
            answered
        };
        let first = answered(&mut conn).await;
        assert_eq!(take(&mut conn, &upload).await.unwrap(), Taken::Same(first));
        for different in [
            KeyedUpload { content_hash: &other, ..upload },
            KeyedUpload { name: "b", ..upload },
            KeyedUpload { drive_id: Uuid::nil(), ..upload },
        ] {
            assert_eq!(take(&mut conn, &different).await.unwrap(), Taken::Other);
        }
        crate::library::delete(&mut conn, first.file_id).await.unwrap();
        let second = answered(&mut conn).await;
        assert_eq!(crate::expiry::upload_keys(&mut conn).await.unwrap(), 0);
        sqlx::query("update upload_keys set created_at = now() - interval '25 h'").execute(&mut *conn).await.unwrap();
        let third = answered(&mut conn).await;
        assert!(first != second && second != third);
        sqlx::query("update upload_keys set created_at = now() - interval '25 h'").execute(&mut *conn).await.unwrap();
        assert_eq!(crate::expiry::upload_keys(&mut conn).await.unwrap(), 1);
    }

    /// Two that come at once, say because the first one's answer took too long: the second waits, and is told of the first one's file.
    #[sqlx::test(migrations = "../../migrations")]
    async fn l17_a_key_that_is_taken_at_the_moment_is_waited_for(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        let new = NewUser { email: "e", name: "n", password_hash: "", is_admin: false };
        let user_id = users::insert(&mut conn, &new).await.unwrap().id;
        let hash = ContentHash::from_digest([1; 32]);
        contents::upsert_pending(&mut conn, &hash, 10, "image/png", None).await.unwrap();
        let upload = KeyedUpload { user_id, key: "k", drive_id: Uuid::nil(), name: "a", content_hash: &hash };
        let (mut first, mut second) = (pool.begin().await.unwrap(), pool.begin().await.unwrap());
        assert_eq!(take(&mut first, &upload).await.unwrap(), Taken::New);
        let (taken, answered) = tokio::join!(async { take(&mut second, &upload).await.unwrap() }, async {
            let file = NewFile { content_hash: &hash, name: "a", drive: None, owner: None, page_id: None };
            let file_id = files::insert(&mut first, &file).await.unwrap().id;
            let answered = Answered { file_id, deduplicated: false, job_id: None };
            answer(&mut first, user_id, "k", &answered).await.unwrap();
            first.commit().await.unwrap();
            answered
        });
        assert_eq!(taken, Taken::Same(answered));
    }
}
