//! Files as people see them: only through a membership in the file's drive, joined with what became of their content.

use crate::contents::{parse_hash, parse_status};
use crate::drives::{Role, parse_role};
use model::{ContentHash, ContentStatus, Facts, Outcome, Warning};
use serde::Deserialize;
use sqlx::PgConnection;
use sqlx::types::Json;
use time::OffsetDateTime;
use uuid::Uuid;

/// A file with what is known of its content.
#[derive(Debug, Clone, PartialEq)]
pub struct File {
    /// Its id.
    pub id: Uuid,
    /// The drive it is in.
    pub drive_id: Uuid,
    /// Its name.
    pub name: String,
    /// The content it points at.
    pub content_hash: ContentHash,
    /// How many bytes.
    pub size_bytes: u64,
    /// Media type.
    pub mime: String,
    /// The format's short name, once identified.
    pub format: Option<String>,
    /// Where its content stands.
    pub status: ContentStatus,
    /// How the last run ended.
    pub outcome: Option<Outcome>,
    /// What was learned of the content.
    pub facts: Facts,
    /// What a reader of its artifacts should know.
    pub warnings: Vec<Warning>,
    /// What was derived from the content, by name; not what its pages are seen by, of which there are many.
    pub artifacts: Vec<Artifact>,
    /// When it was added.
    pub created_at: OffsetDateTime,
    /// When it was last renamed, moved, trashed or restored.
    pub updated_at: OffsetDateTime,
    /// When it was put into the trash.
    pub trashed_at: Option<OffsetDateTime>,
    /// The mail that it was attached to, if that is still there.
    pub attachment_of: Option<Uuid>,
    /// When the content's last run began, and not before the file was added: what was then is somebody else's.
    pub started_at: Option<OffsetDateTime>,
    /// When the content's last run ended, and not before the file was added.
    pub processed_at: Option<OffsetDateTime>,
}

/// An artifact, as far as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Artifact {
    /// A preset's name, or one of `model`'s text artifacts.
    pub name: String,
    /// Media type of its bytes.
    pub mime: String,
    /// How many bytes.
    pub size_bytes: u64,
    /// Width in pixels, for images.
    pub width: Option<u32>,
    /// Height in pixels, for images.
    pub height: Option<u32>,
}

/// Which files of a drive to list; what is `None` does not restrict.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter<'a> {
    /// Whose content stands so.
    pub status: Option<ContentStatus>,
    /// `image`, `text`, `document`, `other`, or a format's short name.
    pub kind: Option<&'a str>,
    /// Whose name has this in it, whatever the case.
    pub name_contains: Option<&'a str>,
    /// Those in the trash instead of those that are not.
    pub trashed: bool,
}

/// The order of a list. Files that are equal in it follow each other by id, so every order is total.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// By time of adding.
    Created,
    /// By name, whatever the case.
    Name,
    /// By number of bytes.
    Size,
}

/// Where a list goes on: after the file with this key and id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct After {
    key: String,
    id: Uuid,
}

impl After {
    /// After the file with this [`File::sort_key`] and id; `None` when that cannot be a key of this order.
    pub fn new(sort: Sort, key: String, id: Uuid) -> Option<Self> {
        let fits = match sort {
            Sort::Name => !key.contains('\0'),
            // Numbers that a time can be made of without an overflow.
            Sort::Created | Sort::Size => key.parse::<i64>().is_ok_and(|number| number.unsigned_abs() < 1 << 53),
        };
        fits.then_some(Self { key, id })
    }
}

/// What a person may do with the files of a content, over all drives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct ContentRights {
    /// At least one file is in a drive the person is a member of.
    pub can_see: bool,
    /// At least one file is in a drive the person may change.
    pub can_edit: bool,
    /// So is every other.
    pub can_edit_all: bool,
}

macro_rules! select_file {
    ($rest:literal) => {
        concat!(
            "select f.id, f.drive_id, f.name, f.content_hash, c.size_bytes, c.mime, c.format, c.status, c.outcome, c.facts,
                 c.warnings, f.created_at, f.updated_at, f.trashed_at, f.attachment_of,
                 case when c.started_at < f.created_at then f.created_at else c.started_at end as started_at,
                 case when c.processed_at < f.created_at then f.created_at else c.processed_at end as processed_at,
                 (select coalesce(jsonb_agg(jsonb_build_object('name', a.name, 'mime', a.mime, 'size_bytes', a.size_bytes,
                      'width', a.width, 'height', a.height) order by a.name), '[]')
                  from artifacts a where a.content_hash = f.content_hash and a.name not like 'page-%.%') as artifacts ",
            $rest
        )
    };
}
pub(crate) use select_file;

/// The files of the drive `$1` that a [`Filter`] lets through, whose parts are `$2` to `$5`.
macro_rules! filtered {
    () => {
        concat!(
            "from files f join contents c on c.hash = f.content_hash where f.drive_id = $1
                 and (f.trashed_at is not null) = $2 and ($3::text is null or c.status = $3) and ",
            $crate::contents::of_kind!("$4"),
            " and ($5::text is null or f.name ilike $5) "
        )
    };
}
pub(crate) use filtered;

/// Binds the first five parameters, those of `filtered`.
macro_rules! bind_filtered {
    ($query:expr, $drive_id:expr, $filter:expr) => {
        $query
            .bind($drive_id)
            .bind($filter.trashed)
            .bind($filter.status.map(model::ContentStatus::as_str))
            .bind($filter.kind)
            .bind($filter.name_contains.map($crate::library::contains_pattern))
    };
}
pub(crate) use bind_filtered;

macro_rules! list_files {
    ($rest:expr) => {
        concat!(select_file!(""), filtered!(), $rest)
    };
}

/// The statements of one order: for the first page, and for those after a key. They are two because Postgres walks an
/// index from a key only when the key is there for certain.
macro_rules! pages {
    ($key:literal, $bound:literal, $beyond:literal, $direction:literal) => {
        (
            list_files!(concat!("order by ", $key, " ", $direction, ", f.id ", $direction, " limit $6")),
            list_files!(concat!(
                "and (",
                $key,
                ", f.id) ",
                $beyond,
                " (",
                $bound,
                ", $8::uuid)
                 order by ",
                $key,
                " ",
                $direction,
                ", f.id ",
                $direction,
                " limit $6"
            )),
        )
    };
}

/// The next `limit` files of a drive. Whether the caller may see the drive is the caller's business.
pub async fn list(
    conn: &mut PgConnection,
    drive_id: Uuid,
    filter: &Filter<'_>,
    sort: Sort,
    descending: bool,
    after: Option<&After>,
    limit: i64,
) -> Result<Vec<File>, sqlx::Error> {
    let (first, next) = match (sort, descending) {
        (Sort::Created, true) => {
            pages!("f.created_at", "timestamptz 'epoch' + $7::bigint * interval '1 microsecond'", "<", "desc")
        }
        (Sort::Created, false) => {
            pages!("f.created_at", "timestamptz 'epoch' + $7::bigint * interval '1 microsecond'", ">", "asc")
        }
        (Sort::Name, true) => pages!("lower(f.name)", "lower($7::text)", "<", "desc"),
        (Sort::Name, false) => pages!("lower(f.name)", "lower($7::text)", ">", "asc"),
        (Sort::Size, true) => pages!("c.size_bytes", "$7::bigint", "<", "desc"),
        (Sort::Size, false) => pages!("c.size_bytes", "$7::bigint", ">", "asc"),
    };
    let page = sqlx::query_as(if after.is_some() { next } else { first });
    let page = bind_filtered!(page, drive_id, filter).bind(limit);
    let page = match after {
        Some(after) => page.bind(&after.key).bind(after.id),
        None => page,
    };
    let rows: Vec<Row> = page.fetch_all(conn).await?;
    rows.into_iter().map(Row::into_file).collect()
}

/// The file and what the person may do with it; `None` when there is none, and when it is in no drive of the person's.
pub async fn find(conn: &mut PgConnection, user_id: Uuid, id: Uuid) -> Result<Option<(File, Role)>, sqlx::Error> {
    let found: Option<Authorised> = sqlx::query_as(select_file!(
        ", m.role from files f join contents c on c.hash = f.content_hash join drive_members m on m.drive_id = f.drive_id
         where f.id = $2 and m.user_id = $1"
    ))
    .bind(user_id)
    .bind(id)
    .fetch_optional(conn)
    .await?;
    found.map(|found| Ok((found.row.into_file()?, parse_role(&found.role)?))).transpose()
}

/// Those of these files that the person can see and that are not in the trash, in no order.
pub async fn list_visible(conn: &mut PgConnection, user_id: Uuid, ids: &[Uuid]) -> Result<Vec<File>, sqlx::Error> {
    let rows: Vec<Row> = sqlx::query_as(select_file!(
        "from files f join contents c on c.hash = f.content_hash join drive_members m on m.drive_id = f.drive_id
         where f.id = any($2) and m.user_id = $1 and f.trashed_at is null"
    ))
    .bind(user_id)
    .bind(ids)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::into_file).collect()
}

/// What to change of a file; what is `None` stays.
#[derive(Debug, Clone, Copy, Default)]
pub struct Change<'a> {
    /// Another name.
    pub name: Option<&'a str>,
    /// Another drive.
    pub drive_id: Option<Uuid>,
    /// Into the trash, or out of it.
    pub trashed: Option<bool>,
}

/// Changes a file. Whether the caller may is the caller's business.
pub async fn update(conn: &mut PgConnection, id: Uuid, change: &Change<'_>) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update files set name = coalesce($2, name), drive_id = coalesce($3, drive_id),
             trashed_at = case when $4 then coalesce(trashed_at, now()) when not $4 then null else trashed_at end,
             updated_at = now()
         where id = $1",
    )
    .bind(id)
    .bind(change.name)
    .bind(change.drive_id)
    .bind(change.trashed)
    .execute(conn)
    .await?;
    Ok(())
}

/// Deletes a file. Its content stays until retention finds that nobody points at it. False when it was gone.
pub async fn delete(conn: &mut PgConnection, id: Uuid) -> Result<bool, sqlx::Error> {
    Ok(sqlx::query("delete from files where id = $1").bind(id).execute(conn).await?.rows_affected() == 1)
}

/// What the person may do with the files of a content. A content without files is nobody's.
pub async fn rights(conn: &mut PgConnection, user_id: Uuid, hash: &ContentHash) -> Result<ContentRights, sqlx::Error> {
    sqlx::query_as(
        "select coalesce(bool_or(m.role is not null), false) as can_see,
             coalesce(bool_or(m.role in ('owner', 'editor')), false) as can_edit,
             coalesce(bool_and(coalesce(m.role in ('owner', 'editor'), false)), false) as can_edit_all
         from files f left join drive_members m on m.drive_id = f.drive_id and m.user_id = $1
         where f.content_hash = $2",
    )
    .bind(user_id)
    .bind(hash.as_str())
    .fetch_one(conn)
    .await
}

/// Of these contents, those with a file the person can see, each with the first such file and when that was added.
pub async fn visible(
    conn: &mut PgConnection,
    user_id: Uuid,
    hashes: &[&str],
) -> Result<Vec<(String, Uuid, OffsetDateTime)>, sqlx::Error> {
    sqlx::query_as(
        "select distinct on (f.content_hash) f.content_hash, f.id, f.created_at
         from files f join drive_members m on m.drive_id = f.drive_id and m.user_id = $1
         where f.content_hash = any($2) order by f.content_hash, f.created_at, f.id",
    )
    .bind(user_id)
    .bind(hashes)
    .fetch_all(conn)
    .await
}

impl File {
    /// Its value in an order, as text for [`After::new`].
    pub fn sort_key(&self, sort: Sort) -> String {
        match sort {
            // To the microsecond, as Postgres keeps it.
            Sort::Created => (self.created_at.unix_timestamp_nanos() / 1000).to_string(),
            // Lower case is made by Postgres on both sides of the comparison, so that they agree.
            Sort::Name => self.name.clone(),
            Sort::Size => self.size_bytes.to_string(),
        }
    }
}

/// A pattern for `ilike` that has the text anywhere and takes no character of it as a wildcard.
pub(crate) fn contains_pattern(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

#[derive(sqlx::FromRow)]
struct Authorised {
    #[sqlx(flatten)]
    row: Row,
    role: String,
}

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    id: Uuid,
    drive_id: Uuid,
    name: String,
    content_hash: String,
    size_bytes: i64,
    mime: String,
    format: Option<String>,
    status: String,
    outcome: Option<Json<Outcome>>,
    facts: Json<Facts>,
    warnings: Json<Vec<Warning>>,
    artifacts: Json<Vec<Artifact>>,
    created_at: OffsetDateTime,
    updated_at: OffsetDateTime,
    trashed_at: Option<OffsetDateTime>,
    attachment_of: Option<Uuid>,
    started_at: Option<OffsetDateTime>,
    processed_at: Option<OffsetDateTime>,
}

impl Row {
    pub(crate) fn into_file(self) -> Result<File, sqlx::Error> {
        Ok(File {
            id: self.id,
            drive_id: self.drive_id,
            name: self.name,
            content_hash: parse_hash(self.content_hash)?,
            size_bytes: self.size_bytes as u64,
            mime: self.mime,
            format: self.format,
            status: parse_status(&self.status)?,
            outcome: self.outcome.map(|json| json.0),
            facts: self.facts.0,
            warnings: self.warnings.0,
            artifacts: self.artifacts.0,
            created_at: self.created_at,
            updated_at: self.updated_at,
            trashed_at: self.trashed_at,
            attachment_of: self.attachment_of,
            started_at: self.started_at,
            processed_at: self.processed_at,
        })
    }
}
