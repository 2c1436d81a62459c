//! Files that came out of mails: which mails are still to be unpacked, and what came out of which.

use crate::contents::parse_hash;
use crate::library::{File, Row as FileRow, select_file};
use model::ContentHash;
use sqlx::PgConnection;
use uuid::Uuid;

/// Mails that were attached to mails that were attached to mails are unpacked no further.
const DEEPEST: i16 = 3;

/// A mail in a drive of ours that is to be unpacked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The mail's file.
    pub file_id: Uuid,
    /// The drive it is in, and what comes out of it will be.
    pub drive_id: Uuid,
    /// Whose it is.
    pub owner_id: Uuid,
    /// The mail itself.
    pub content_hash: ContentHash,
    /// In how many mails inside of each other it was.
    pub depth: i16,
}

macro_rules! due {
    ($which:literal) => {
        concat!(
            "select f.id, f.drive_id, f.owner_id, f.content_hash, f.attachment_depth
             from files f join contents c on c.hash = f.content_hash
             where f.drive_id is not null and f.owner_id is not null and f.unpacked_at is null and f.trashed_at is null
               and f.attachment_depth < $2 and c.facts ? 'unpackable' and ",
            $which
        )
    };
}

/// The mails among the files of a content that are to be unpacked: those in drives of ours that were not yet, and are not in the trash.
pub async fn list_due(conn: &mut PgConnection, hash: &ContentHash) -> Result<Vec<Mail>, sqlx::Error> {
    let rows: Vec<Row> = sqlx::query_as(due!("f.content_hash = $1 order by f.created_at, f.id"))
        .bind(hash.as_str())
        .bind(DEEPEST)
        .fetch_all(conn)
        .await?;
    rows.into_iter().map(Row::into_mail).collect()
}

/// The same of one file.
pub async fn find_due(conn: &mut PgConnection, file_id: Uuid) -> Result<Option<Mail>, sqlx::Error> {
    let row: Option<Row> = sqlx::query_as(due!("f.id = $1")).bind(file_id).bind(DEEPEST).fetch_optional(conn).await?;
    row.map(Row::into_mail).transpose()
}

/// The files that were attached to a mail, by name, as far as the person can see them.
pub async fn list_visible(conn: &mut PgConnection, user_id: Uuid, mail_id: Uuid) -> Result<Vec<File>, sqlx::Error> {
    let rows: Vec<FileRow> = sqlx::query_as(select_file!(
        "from files f join contents c on c.hash = f.content_hash join drive_members m on m.drive_id = f.drive_id
         where f.attachment_of = $2 and m.user_id = $1 order by lower(f.name), f.id"
    ))
    .bind(user_id)
    .bind(mail_id)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(FileRow::into_file).collect()
}

/// Notes that a mail is being unpacked, which holds until the transaction ends. False when it was before, or is not the same any more.
pub async fn take(conn: &mut PgConnection, mail: &Mail) -> Result<bool, sqlx::Error> {
    let taken = sqlx::query(
        "update files set unpacked_at = now()
         where id = $1 and unpacked_at is null and drive_id = $2 and content_hash = $3 and trashed_at is null",
    )
    .bind(mail.file_id)
    .bind(mail.drive_id)
    .bind(mail.content_hash.as_str())
    .execute(conn)
    .await?;
    Ok(taken.rows_affected() == 1)
}

/// Notes that a file came out of a mail.
pub async fn link(conn: &mut PgConnection, file_id: Uuid, mail: &Mail) -> Result<(), sqlx::Error> {
    sqlx::query("update files set attachment_of = $2, attachment_depth = $3 where id = $1")
        .bind(file_id)
        .bind(mail.file_id)
        .bind(mail.depth + 1)
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    drive_id: Uuid,
    owner_id: Uuid,
    content_hash: String,
    attachment_depth: i16,
}

impl Row {
    fn into_mail(self) -> Result<Mail, sqlx::Error> {
        let content_hash = parse_hash(self.content_hash)?;
        let Self { id: file_id, drive_id, owner_id, attachment_depth: depth, .. } = self;
        Ok(Mail { file_id, drive_id, owner_id, content_hash, depth })
    }
}
