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

/// Up to `limit` drives a person is a member of, by name, after that name and id.
pub async fn list(
    conn: &mut PgConnection,
    user_id: Uuid,
    after: Option<(&str, Uuid)>,
    limit: i64,
) -> Result<Vec<Drive>, sqlx::Error> {
    let (name, id) = after.unzip();
    let rows: Vec<DriveRow> = sqlx::query_as(
        "select d.id, d.name, d.created_at, m.role,
             (select count(*) from files f where f.drive_id = d.id and f.trashed_at is null) as file_count
         from drive_members m join drives d on d.id = m.drive_id
         where m.user_id = $1 and ($2::text is null or (lower(d.name), d.id) > (lower($2), $3))
         order by lower(d.name), d.id limit $4",
    )
    .bind(user_id)
    .bind(name)
    .bind(id)
    .bind(limit)
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

/// The same, and it stays so until the transaction ends: whoever takes the person's rights, or the drive, waits. The person and
/// the drive are locked first, as by those who delete them, or change the drive's members. `None` for a disabled person, too.
pub async fn hold_role(conn: &mut PgConnection, user_id: Uuid, id: Uuid) -> Result<Option<Role>, sqlx::Error> {
    let is_enabled: Option<bool> = sqlx::query_scalar(
        "select u.disabled_at is null from users u cross join drives d where u.id = $1 and d.id = $2
         for key share of u, d",
    )
    .bind(user_id)
    .bind(id)
    .fetch_optional(&mut *conn)
    .await?;
    if is_enabled != Some(true) {
        return Ok(None);
    }
    // A statement of its own, as one that had to wait for the locks sees the members as they were before.
    role(conn, user_id, id).await
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

/// Up to `limit` members of a drive, by name, after that name and id.
pub async fn members(
    conn: &mut PgConnection,
    id: Uuid,
    after: Option<(&str, Uuid)>,
    limit: i64,
) -> Result<Vec<Member>, sqlx::Error> {
    let (name, user_id) = after.unzip();
    let rows: Vec<MemberRow> = sqlx::query_as(
        "select u.id, u.email, u.name, m.role from drive_members m join users u on u.id = m.user_id
         where m.drive_id = $1 and ($2::text is null or (lower(u.name), u.id) > (lower($2), $3))
         order by lower(u.name), u.id limit $4",
    )
    .bind(id)
    .bind(name)
    .bind(user_id)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(MemberRow::into_member).collect()
}

/// Who the members of a drive are.
pub async fn member_ids(conn: &mut PgConnection, id: Uuid) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar("select user_id from drive_members where drive_id = $1").bind(id).fetch_all(conn).await
}

/// The owner of a drive whose the files are that nobody in particular sends: who made it, or else another one, and nobody who is
/// disabled.
pub async fn first_owner(conn: &mut PgConnection, id: Uuid) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar(
        "select m.user_id from drive_members m join users u on u.id = m.user_id join drives d on d.id = m.drive_id
         where m.drive_id = $1 and m.role = 'owner' and u.disabled_at is null
         order by d.made_by is not distinct from m.user_id desc, m.user_id limit 1",
    )
    .bind(id)
    .fetch_optional(conn)
    .await
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

/// The member of that address.
pub async fn member_of_email(conn: &mut PgConnection, id: Uuid, email: &str) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar(
        "select m.user_id from drive_members m join users u on u.id = m.user_id
         where m.drive_id = $1 and lower(u.email) = lower($2)",
    )
    .bind(id)
    .bind(email)
    .fetch_optional(conn)
    .await
}

/// Ends a membership and says by which address the member signs in; `None` when there was no such member.
pub async fn remove_member(conn: &mut PgConnection, id: Uuid, user_id: Uuid) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar(
        "delete from drive_members m using users u where u.id = m.user_id and m.drive_id = $1 and m.user_id = $2
         returning u.email",
    )
    .bind(id)
    .bind(user_id)
    .fetch_optional(conn)
    .await
}

/// Gives the drives that nobody but this person owns, disabled owners left out, to another, who may be a member already, and says how
/// many these were. All drives of the person are taken for the rest of the transaction, and no file that comes in meanwhile waits.
pub async fn hand_over(conn: &mut PgConnection, from: Uuid, to: Uuid) -> Result<u64, sqlx::Error> {
    sqlx::query(
        "select from drives where id in (select drive_id from drive_members where user_id = $1)
         order by id for no key update",
    )
    .bind(from)
    .execute(&mut *conn)
    .await?;
    let done = sqlx::query(
        "insert into drive_members (drive_id, user_id, role)
         select m.drive_id, $2, 'owner' from drive_members m
         where m.user_id = $1 and m.role = 'owner' and not exists (
             select from drive_members o join users u on u.id = o.user_id
             where o.drive_id = m.drive_id and o.user_id <> $1 and o.role = 'owner' and u.disabled_at is null)
         on conflict on constraint drive_members_pkey do update set role = 'owner'",
    )
    .bind(from)
    .bind(to)
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::users::{self, NewUser};
    use sqlx::PgPool;

    /// M13: between the question and the file's row somebody could be removed, or the drive deleted.
    #[sqlx::test(migrations = "../../migrations")]
    async fn m13_a_role_that_is_held_stays_until_the_transaction_ends(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        let new = NewUser { email: "e", name: "n", password_hash: "", is_admin: false };
        let user = users::insert(&mut conn, &new).await.unwrap().id;
        let drive = insert(&mut conn, "d", user).await.unwrap();
        let mut upload = pool.begin().await.unwrap();
        assert_eq!(hold_role(&mut upload, user, drive).await.unwrap(), Some(Role::Owner));
        // As everybody does who changes a drive's members.
        let others = pool.clone();
        let removing = tokio::spawn(async move {
            let mut tx = crate::begin(&others).await.unwrap();
            lock(&mut tx, drive).await.unwrap();
            remove_member(&mut tx, drive, user).await.unwrap();
            tx.commit().await.unwrap();
        });
        let waits = "select count(*) from pg_locks where not granted";
        while sqlx::query_scalar::<_, i64>(waits).fetch_one(&pool).await.unwrap() == 0 {
            assert!(!removing.is_finished(), "it did not wait");
            tokio::task::yield_now().await;
        }
        assert_eq!(role(&mut upload, user, drive).await.unwrap(), Some(Role::Owner));
        upload.commit().await.unwrap();
        removing.await.unwrap();
        assert_eq!(hold_role(&mut pool.begin().await.unwrap(), user, drive).await.unwrap(), None);
    }

    /// M14: an upload that was under way while its sender was disabled is not added.
    #[sqlx::test(migrations = "../../migrations")]
    async fn m14_a_disabled_person_holds_no_role(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        let new = NewUser { email: "e", name: "n", password_hash: "", is_admin: false };
        let user = users::insert(&mut conn, &new).await.unwrap().id;
        let drive = insert(&mut conn, "d", user).await.unwrap();
        for (is_disabled, role) in [(true, None), (false, Some(Role::Owner))] {
            users::set_disabled(&mut conn, user, is_disabled).await.unwrap();
            assert_eq!(hold_role(&mut conn, user, drive).await.unwrap(), role);
        }
    }
}
