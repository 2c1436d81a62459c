//! Files: names in drives that point at contents.

use crate::contents::parse_hash;
use model::ContentHash;
use sqlx::PgConnection;
use uuid::Uuid;

/// A file about to be added. Ids come as their senders wrote them: ours are kept as ours, anything else as text.
#[derive(Debug, Clone, Copy)]
pub struct NewFile<'a> {
    /// The content it points at; its row exists.
    pub content_hash: &'a ContentHash,
    /// The name as the client gave it.
    pub name: &'a str,
    /// The drive: ours when it is the id of one.
    pub drive: Option<&'a str>,
    /// The person: ours when it is the id of one.
    pub owner: Option<&'a str>,
    /// PageSpace's page. A page has one file: a second upload for it points the file at the new content.
    pub page_id: Option<&'a str>,
}

/// A file as far as those need it who act on its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRef {
    /// Its id.
    pub id: Uuid,
    /// The drive it is in, if it is in one of ours.
    pub drive_id: Option<Uuid>,
    /// The content it points at.
    pub content_hash: ContentHash,
    /// Whose it is, as their id was given: a person of ours, or somebody else's.
    pub owner: Option<String>,
}

/// Adds a file, or points the page's file at its new content.
pub async fn insert(conn: &mut PgConnection, file: &NewFile<'_>) -> Result<FileRef, sqlx::Error> {
    let ours = |id: Option<&str>| id.and_then(|id| Uuid::try_parse(id).ok());
    let row: Row = sqlx::query_as(
        "insert into files (drive_id, owner_id, content_hash, name, page_id, foreign_drive, foreign_user)
         select d.id, u.id, $1, $2, $3, case when d.id is null then $4 end, case when u.id is null then $5 end
         from (select 1) as one left join drives d on d.id = $6 left join users u on u.id = $7
         on conflict on constraint files_page_key do update set content_hash = excluded.content_hash, name = excluded.name,
             drive_id = excluded.drive_id, owner_id = excluded.owner_id, foreign_drive = excluded.foreign_drive,
             foreign_user = excluded.foreign_user, updated_at = now(), trashed_at = null
         returning id, drive_id, content_hash, coalesce(owner_id::text, foreign_user) as owner",
    )
    .bind(file.content_hash.as_str())
    .bind(file.name)
    .bind(file.page_id)
    .bind(file.drive)
    .bind(file.owner)
    .bind(ours(file.drive))
    .bind(ours(file.owner))
    .fetch_one(conn)
    .await?;
    row.into_ref()
}

/// What is in a file.
pub async fn content_of(conn: &mut PgConnection, id: Uuid) -> Result<Option<ContentHash>, sqlx::Error> {
    let hash: Option<String> =
        sqlx::query_scalar("select content_hash from files where id = $1").bind(id).fetch_optional(conn).await?;
    hash.map(parse_hash).transpose()
}

/// The file of a PageSpace page.
pub async fn find_by_page(conn: &mut PgConnection, page_id: &str) -> Result<Option<FileRef>, sqlx::Error> {
    let row: Option<Row> = sqlx::query_as(
        "select id, drive_id, content_hash, coalesce(owner_id::text, foreign_user) as owner from files where page_id = $1",
    )
    .bind(page_id)
    .fetch_optional(conn)
    .await?;
    row.map(Row::into_ref).transpose()
}

/// Every file that points at a content: the ones its events are about.
pub async fn list_by_content(conn: &mut PgConnection, hash: &ContentHash) -> Result<Vec<FileRef>, sqlx::Error> {
    let rows: Vec<Row> = sqlx::query_as(
        "select id, drive_id, content_hash, coalesce(owner_id::text, foreign_user) as owner
         from files where content_hash = $1 order by created_at, id",
    )
    .bind(hash.as_str())
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::into_ref).collect()
}

/// A file that has bytes which were asked for.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Known {
    /// Their hash.
    pub content_hash: String,
    /// The file.
    pub id: Uuid,
    /// Its name.
    pub name: String,
}

/// The newest file of each of these contents in a drive of ours; those in the trash are left out. Whether the caller may see the drive
/// is the caller's business.
pub async fn known(conn: &mut PgConnection, drive_id: Uuid, hashes: &[String]) -> Result<Vec<Known>, sqlx::Error> {
    sqlx::query_as(
        "select distinct on (content_hash) content_hash, id, name from files
         where content_hash = any($2) and drive_id = $1 and trashed_at is null order by content_hash, created_at desc, id desc",
    )
    .bind(drive_id)
    .bind(hashes)
    .fetch_all(conn)
    .await
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    drive_id: Option<Uuid>,
    content_hash: String,
    owner: Option<String>,
}

impl Row {
    fn into_ref(self) -> Result<FileRef, sqlx::Error> {
        let content_hash = parse_hash(self.content_hash)?;
        Ok(FileRef { id: self.id, drive_id: self.drive_id, content_hash, owner: self.owner })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::PgPool;

    async fn contents(conn: &mut PgConnection) -> [ContentHash; 2] {
        let hashes = [1, 2].map(|byte| ContentHash::from_digest([byte; 32]));
        for hash in &hashes {
            crate::contents::upsert_pending(conn, hash, 10, "image/png", None).await.unwrap();
        }
        hashes
    }

    fn file(content_hash: &ContentHash) -> NewFile<'_> {
        NewFile { content_hash, name: "a.png", drive: None, owner: None, page_id: None }
    }

    async fn ids(conn: &mut PgConnection, id: Uuid) -> (Option<Uuid>, Option<Uuid>, Option<String>, Option<String>) {
        sqlx::query_as("select drive_id, owner_id, foreign_drive, foreign_user from files where id = $1")
            .bind(id)
            .fetch_one(conn)
            .await
            .unwrap()
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn ids_of_ours_are_kept_as_ours_and_others_as_text(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        let [hash, _] = contents(&mut conn).await;
        let drive: Uuid = sqlx::query_scalar("insert into drives (name) values ('d') returning id")
            .fetch_one(&mut *conn)
            .await
            .unwrap();
        let user: Uuid =
            sqlx::query_scalar("insert into users (email, name, password_hash) values ('e', 'n', 'h') returning id")
                .fetch_one(&mut *conn)
                .await
                .unwrap();
        let (drive_text, user_text) = (drive.to_string(), user.to_string());
        let ours = NewFile { drive: Some(&drive_text), owner: Some(&user_text), ..file(&hash) };
        let ours = insert(&mut conn, &ours).await.unwrap();
        assert_eq!((ours.drive_id, ours.owner.as_deref()), (Some(drive), Some(&*user_text)));
        assert_eq!(ids(&mut conn, ours.id).await, (Some(drive), Some(user), None, None));

        let stranger = Uuid::nil().to_string();
        let theirs = NewFile { drive: Some("clx0drive"), owner: Some(&stranger), ..file(&hash) };
        let theirs = insert(&mut conn, &theirs).await.unwrap();
        assert_eq!(ids(&mut conn, theirs.id).await, (None, None, Some("clx0drive".into()), Some(stranger)));
        assert_eq!(list_by_content(&mut conn, &hash).await.unwrap(), [ours, theirs]);
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn a_page_has_one_file(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        let [old, new] = contents(&mut conn).await;
        let first = insert(&mut conn, &NewFile { page_id: Some("page-1"), ..file(&old) }).await.unwrap();
        let second = insert(&mut conn, &NewFile { page_id: Some("page-1"), ..file(&new) }).await.unwrap();
        assert_eq!(first.id, second.id);
        assert_eq!(find_by_page(&mut conn, "page-1").await.unwrap().unwrap().content_hash, new);
        assert_eq!(find_by_page(&mut conn, "page-2").await.unwrap(), None);
        assert_eq!(list_by_content(&mut conn, &old).await.unwrap(), []);
    }
}
