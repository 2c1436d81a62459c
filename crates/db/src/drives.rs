//! Drives and their members.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

/// What a member may do. Ordered: a later role may do all an earlier one may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Look and read.
    Viewer,
    /// Add, change and delete files.
    Editor,
    /// Rename and delete the drive, and say who its members are.
    Owner,
}

/// A drive as one of its members sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drive {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// What the member may do.
    pub role: Role,
    /// How many files are in it, those in the trash left out.
    pub file_count: u64,
}

/// A member of a drive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub user_id: Uuid,
    /// The address it signs in with.
    pub email: String,
    /// The name shown to others.
    pub name: String,
    /// What it may do.
    pub role: Role,
}

/// Makes a drive that belongs to that person.
pub async fn insert(conn: &mut PgConnection, name: &str, owner: Uuid) -> Result<Uuid, sqlx::Error> {
    let id: Uuid = sqlx::query_scalar("insert into drives (name, made_by) values ($1, $2) returning id")
        .bind(name)
        .bind(owner)
        .fetch_one(&mut *conn)
        .await?;
    set_member(conn, id, owner, Role::Owner).await?;
    Ok(id)
}

/// How many drives a person has made that are still there, whoever owns them now.
pub async fn count_made_by(conn: &mut PgConnection, user_id: Uuid) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("select count(*) from drives where made_by = $1").bind(user_id).fetch_one(conn).await
}

/// The drives a person is a member of, by name.
pub async fn list(conn: &mut PgConnection, user_id: Uuid) -> Result<Vec<Drive>, sqlx::Error> {
    let rows: Vec<DriveRow> = sqlx::query_as(
        "select d.id, d.name, d.created_at, m.role,
             (select count(*) from files f where f.drive_id = d.id and f.trashed_at is null) as file_count
         from drive_members m join drives d on d.id = m.drive_id
         where m.user_id = $1 order by lower(d.name), d.id",
    )
    .bind(user_id)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(DriveRow::into_drive).collect()
}

/// The drive, if the person is a member of it.
pub async fn find(conn: &mut PgConnection, user_id: Uuid, id: Uuid) -> Result<Option<Drive>, sqlx::Error> {
    let row: Option<DriveRow> = sqlx::query_as(
        "select d.id, d.name, d.created_at, m.role,
             (select count(*) from files f where f.drive_id = d.id and f.trashed_at is null) as file_count
         from drive_members m join drives d on d.id = m.drive_id
         where m.user_id = $1 and m.drive_id = $2",
    )
    .bind(user_id)
    .bind(id)
    .fetch_optional(conn)
    .await?;
    row.map(DriveRow::into_drive).transpose()
}

/// What the person may do in the drive; `None` for a stranger and for a drive that is not there.
pub async fn role(conn: &mut PgConnection, user_id: Uuid, id: Uuid) -> Result<Option<Role>, sqlx::Error> {
    let role: Option<String> =
        sqlx::query_scalar("select role from drive_members where user_id = $1 and drive_id = $2")
            .bind(user_id)
            .bind(id)
            .fetch_optional(conn)
            .await?;
    role.as_deref().map(parse_role).transpose()
}

/// Renames a drive.
pub async fn rename(conn: &mut PgConnection, id: Uuid, name: &str) -> Result<(), sqlx::Error> {
    sqlx::query("update drives set name = $2 where id = $1").bind(id).bind(name).execute(conn).await?;
    Ok(())
}

/// Deletes a drive with its files. Their contents stay until retention finds that nobody points at them.
pub async fn delete(conn: &mut PgConnection, id: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query("delete from drives where id = $1").bind(id).execute(conn).await?;
    Ok(())
}

/// The members of a drive, by name.
pub async fn members(conn: &mut PgConnection, id: Uuid) -> Result<Vec<Member>, sqlx::Error> {
    let rows: Vec<MemberRow> = sqlx::query_as(
        "select u.id, u.email, u.name, m.role from drive_members m join users u on u.id = m.user_id
         where m.drive_id = $1 order by lower(u.name), u.id",
    )
    .bind(id)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(MemberRow::into_member).collect()
}

/// Makes somebody a member, or changes what a member may do.
pub async fn set_member(conn: &mut PgConnection, id: Uuid, user_id: Uuid, role: Role) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into drive_members (drive_id, user_id, role) values ($1, $2, $3)
         on conflict on constraint drive_members_pkey do update set role = excluded.role",
    )
    .bind(id)
    .bind(user_id)
    .bind(role.as_str())
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends a membership. False when there was none.
pub async fn remove_member(conn: &mut PgConnection, id: Uuid, user_id: Uuid) -> Result<bool, sqlx::Error> {
    let done = sqlx::query("delete from drive_members where drive_id = $1 and user_id = $2")
        .bind(id)
        .bind(user_id)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes the drive for the rest of the transaction, so that two changes of its members happen one after the other.
pub async fn lock(conn: &mut PgConnection, id: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query("select from drives where id = $1 for update").bind(id).execute(conn).await?;
    Ok(())
}

/// True while somebody owns the drive.
pub async fn has_owner(conn: &mut PgConnection, id: Uuid) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select exists (select from drive_members where drive_id = $1 and role = 'owner')")
        .bind(id)
        .fetch_one(conn)
        .await
}

impl Role {
    /// The word in the database and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Owner => "owner",
        }
    }
}

pub(crate) fn parse_role(word: &str) -> Result<Role, sqlx::Error> {
    let found = [Role::Viewer, Role::Editor, Role::Owner].into_iter().find(|role| role.as_str() == word);
    found.ok_or_else(|| sqlx::Error::Decode(format!("unknown role {word:?}").into()))
}

#[derive(sqlx::FromRow)]
struct DriveRow {
    id: Uuid,
    name: String,
    created_at: OffsetDateTime,
    role: String,
    file_count: i64,
}

impl DriveRow {
    fn into_drive(self) -> Result<Drive, sqlx::Error> {
        Ok(Drive {
            id: self.id,
            name: self.name,
            created_at: self.created_at,
            role: parse_role(&self.role)?,
            file_count: self.file_count as u64,
        })
    }
}

#[derive(sqlx::FromRow)]
struct MemberRow {
    id: Uuid,
    email: String,
    name: String,
    role: String,
}

impl MemberRow {
    fn into_member(self) -> Result<Member, sqlx::Error> {
        Ok(Member { user_id: self.id, email: self.email, name: self.name, role: parse_role(&self.role)? })
    }
}
