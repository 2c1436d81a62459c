//! Users: the people who sign in.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

/// A person, without the password's hash.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct User {
    /// Its id.
    pub id: Uuid,
    /// The address it signs in with; unique whatever its case.
    pub email: String,
    /// The name shown to others.
    pub name: String,
    /// True for administrators.
    pub is_admin: bool,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// Since when it may not sign in.
    pub disabled_at: Option<OffsetDateTime>,
}

/// A person about to be added.
#[derive(Debug, Clone, Copy)]
pub struct NewUser<'a> {
    /// The address it signs in with.
    pub email: &'a str,
    /// The name shown to others.
    pub name: &'a str,
    /// The password's hash in PHC form.
    pub password_hash: &'a str,
    /// True for administrators.
    pub is_admin: bool,
}

/// A person and what to check the password against.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Credentials {
    /// Whose they are.
    #[sqlx(flatten)]
    pub user: User,
    /// The password's hash in PHC form.
    pub password_hash: String,
}

/// Adds a person. An address that is taken violates `users_email_key`.
pub async fn insert(conn: &mut PgConnection, user: &NewUser<'_>) -> Result<User, sqlx::Error> {
    sqlx::query_as(
        "insert into users (email, name, password_hash, is_admin) values ($1, $2, $3, $4)
         returning id, email, name, is_admin, created_at, disabled_at",
    )
    .bind(user.email)
    .bind(user.name)
    .bind(user.password_hash)
    .bind(user.is_admin)
    .fetch_one(conn)
    .await
}

/// Takes a person for the rest of the transaction, so that two of their requests that count first happen one after the other.
pub async fn take_turn(conn: &mut PgConnection, id: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query("select from users where id = $1 for no key update").bind(id).execute(conn).await?;
    Ok(())
}

/// True when there is anybody at all.
pub async fn any(conn: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select exists (select from users)").fetch_one(conn).await
}

/// Up to `limit` people by name, after that name and id.
pub async fn list(conn: &mut PgConnection, after: Option<(&str, Uuid)>, limit: i64) -> Result<Vec<User>, sqlx::Error> {
    let (name, id) = after.unzip();
    sqlx::query_as(
        "select id, email, name, is_admin, created_at, disabled_at from users
         where $1::text is null or (lower(name), id) > (lower($1), $2) order by lower(name), id limit $3",
    )
    .bind(name)
    .bind(id)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// The person, taken for the rest of the transaction: it joins no drive meanwhile.
pub async fn lock(conn: &mut PgConnection, id: Uuid) -> Result<Option<User>, sqlx::Error> {
    sqlx::query_as("select id, email, name, is_admin, created_at, disabled_at from users where id = $1 for update")
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// The person of that address.
pub async fn find_by_email(conn: &mut PgConnection, email: &str) -> Result<Option<User>, sqlx::Error> {
    sqlx::query_as(
        "select id, email, name, is_admin, created_at, disabled_at from users where lower(email) = lower($1)",
    )
    .bind(email)
    .fetch_optional(conn)
    .await
}

/// What to check a sign-in against.
pub async fn credentials(conn: &mut PgConnection, email: &str) -> Result<Option<Credentials>, sqlx::Error> {
    sqlx::query_as(
        "select id, email, name, is_admin, created_at, disabled_at, password_hash from users
         where lower(email) = lower($1)",
    )
    .bind(email)
    .fetch_optional(conn)
    .await
}

/// Writes the same password's hash anew, unless the password was changed meanwhile.
pub async fn replace_hash(conn: &mut PgConnection, id: Uuid, old: &str, new: &str) -> Result<(), sqlx::Error> {
    sqlx::query("update users set password_hash = $3 where id = $1 and password_hash = $2")
        .bind(id)
        .bind(old)
        .bind(new)
        .execute(conn)
        .await?;
    Ok(())
}

/// Sets another password.
pub async fn set_password(conn: &mut PgConnection, id: Uuid, password_hash: &str) -> Result<(), sqlx::Error> {
    sqlx::query("update users set password_hash = $2, password_changed_at = now() where id = $1")
        .bind(id)
        .bind(password_hash)
        .execute(conn)
        .await?;
    Ok(())
}

/// The administrators who may sign in. They are taken for the rest of the transaction, so that of two who disable each other at once
/// the second finds that it is none any more.
pub async fn lock_admins(conn: &mut PgConnection) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar("select id from users where is_admin and disabled_at is null order by id for update")
        .fetch_all(conn)
        .await
}

/// Says whether the person may sign in. Disabled twice, it is so since the first time.
pub async fn set_disabled(conn: &mut PgConnection, id: Uuid, disabled: bool) -> Result<(), sqlx::Error> {
    sqlx::query("update users set disabled_at = case when $2 then coalesce(disabled_at, now()) end where id = $1")
        .bind(id)
        .bind(disabled)
        .execute(conn)
        .await?;
    Ok(())
}

/// Removes a person with its sessions, tokens, memberships and invitations. Files it added stay in their drives.
pub async fn delete(conn: &mut PgConnection, id: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query("delete from users where id = $1").bind(id).execute(conn).await?;
    Ok(())
}
