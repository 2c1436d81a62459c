//! Memberships that wait for consent. An invitation is for an address, whether somebody has an account with it or not, and counts as
//! long as whoever made it owns the drive.

use crate::drives::{Role, parse_role};
use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// An invitation, as its drive's owners and the invited see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Its id.
    pub id: Uuid,
    /// To which drive.
    pub drive_id: Uuid,
    /// What that is called.
    pub drive_name: String,
    /// For whom, as it was written.
    pub email: String,
    /// As what.
    pub role: Role,
    /// The name of whoever made it.
    pub inviter_name: String,
    /// And the address.
    pub inviter_email: String,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// When it ends by itself.
    pub expires_at: OffsetDateTime,
}

/// An invitation about to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewInvitation<'a> {
    /// To which drive.
    pub drive_id: Uuid,
    /// For whom.
    pub email: &'a str,
    /// As what.
    pub role: Role,
    /// By whom.
    pub invited_by: Uuid,
    /// How long it waits.
    pub lifetime: Duration,
}

/// How many invitations wait already, those for the same address and drive left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Pending {
    /// To the drive.
    pub of_drive: i64,
    /// By the person, to all drives.
    pub by_inviter: i64,
    /// By the person for that address.
    pub by_inviter_for_address: i64,
}

macro_rules! select_invitation {
    ($rest:literal) => {
        concat!(
            "select i.id, i.drive_id, d.name as drive_name, i.email, i.role, u.name as inviter_name,
                 u.email as inviter_email, i.created_at, i.expires_at
             from drive_invitations i join drives d on d.id = i.drive_id join users u on u.id = i.invited_by
             join drive_members m on m.drive_id = i.drive_id and m.user_id = i.invited_by and m.role = 'owner'
             where i.expires_at > now() and u.disabled_at is null and ",
            $rest
        )
    };
}

/// How many wait, before one more is made.
pub async fn pending(conn: &mut PgConnection, new: &NewInvitation<'_>) -> Result<Pending, sqlx::Error> {
    sqlx::query_as(
        "select count(*) filter (where drive_id = $1) as of_drive,
             count(*) filter (where invited_by = $2) as by_inviter,
             count(*) filter (where invited_by = $2 and lower(email) = lower($3)) as by_inviter_for_address
         from drive_invitations
         where (drive_id = $1 or invited_by = $2) and expires_at > now()
             and not (drive_id = $1 and lower(email) = lower($3))",
    )
    .bind(new.drive_id)
    .bind(new.invited_by)
    .bind(new.email)
    .fetch_one(conn)
    .await
}

/// Makes an invitation. One that waits for the same address and drive gets the new role and time, and stays declined if it is; one that
/// has expired is made anew.
pub async fn insert(conn: &mut PgConnection, new: &NewInvitation<'_>) -> Result<Invitation, sqlx::Error> {
    sqlx::query(
        "delete from drive_invitations where drive_id = $1 and lower(email) = lower($2) and expires_at <= now()",
    )
    .bind(new.drive_id)
    .bind(new.email)
    .execute(&mut *conn)
    .await?;
    let id: Uuid = sqlx::query_scalar(
        "insert into drive_invitations (drive_id, email, role, invited_by, expires_at)
         values ($1, $2, $3, $4, now() + make_interval(secs => $5))
         on conflict (drive_id, lower(email)) do update
             set role = excluded.role, invited_by = excluded.invited_by, expires_at = excluded.expires_at
         returning id",
    )
    .bind(new.drive_id)
    .bind(new.email)
    .bind(new.role.as_str())
    .bind(new.invited_by)
    .bind(new.lifetime.as_seconds_f64())
    .fetch_one(&mut *conn)
    .await?;
    let row: Row = sqlx::query_as(select_invitation!("i.id = $1")).bind(id).fetch_one(conn).await?;
    row.into_invitation()
}

/// Up to `limit` invitations to a drive that wait, the newest first. To its owners a declined one waits, too.
pub async fn of_drive(conn: &mut PgConnection, drive_id: Uuid, limit: i64) -> Result<Vec<Invitation>, sqlx::Error> {
    let rows: Vec<Row> =
        sqlx::query_as(select_invitation!("i.drive_id = $1 order by i.created_at desc, i.id desc limit $2"))
            .bind(drive_id)
            .bind(limit)
            .fetch_all(conn)
            .await?;
    rows.into_iter().map(Row::into_invitation).collect()
}

/// Up to `limit` invitations that wait for a person, the newest first, after that time and id.
pub async fn of_person(
    conn: &mut PgConnection,
    user_id: Uuid,
    after: Option<(OffsetDateTime, Uuid)>,
    limit: i64,
) -> Result<Vec<Invitation>, sqlx::Error> {
    let (created_at, id) = after.unzip();
    let rows: Vec<Row> = sqlx::query_as(select_invitation!(
        "lower(i.email) = (select lower(email) from users where id = $1) and i.declined_at is null
             and ($2::timestamptz is null or (i.created_at, i.id) < ($2, $3))
         order by i.created_at desc, i.id desc limit $4"
    ))
    .bind(user_id)
    .bind(created_at)
    .bind(id)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::into_invitation).collect()
}

/// Makes the invited person a member and says of which drive. `None` when no such invitation waits for it. Who is a member already keeps
/// its role.
pub async fn accept(conn: &mut PgConnection, user_id: Uuid, id: Uuid) -> Result<Option<Uuid>, sqlx::Error> {
    // The person before the drive, as everywhere, so that two transactions do not wait for each other.
    sqlx::query("select from users where id = $1 for key share").bind(user_id).execute(&mut *conn).await?;
    let drive_id: Option<Uuid> = sqlx::query_scalar("select drive_id from drive_invitations where id = $1")
        .bind(id)
        .fetch_optional(&mut *conn)
        .await?;
    let Some(drive_id) = drive_id else { return Ok(None) };
    crate::drives::lock(conn, drive_id).await?;
    let row: Option<Row> = sqlx::query_as(select_invitation!(
        "i.id = $2 and lower(i.email) = (select lower(email) from users where id = $1) and i.declined_at is null"
    ))
    .bind(user_id)
    .bind(id)
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    sqlx::query(
        "insert into drive_members (drive_id, user_id, role) values ($1, $2, $3)
         on conflict on constraint drive_members_pkey do nothing",
    )
    .bind(drive_id)
    .bind(user_id)
    .bind(&row.role)
    .execute(&mut *conn)
    .await?;
    sqlx::query("delete from drive_invitations where id = $1").bind(id).execute(conn).await?;
    Ok(Some(drive_id))
}

/// Declines an invitation for a person. False when no such one waits for it.
pub async fn decline(conn: &mut PgConnection, user_id: Uuid, id: Uuid) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar(
        "update drive_invitations set declined_at = now()
         where id = $2 and lower(email) = (select lower(email) from users where id = $1)
             and declined_at is null and expires_at > now()
         returning drive_id",
    )
    .bind(user_id)
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// Withdraws an invitation to that drive and says for which address it was; `None` when there is none.
pub async fn delete(conn: &mut PgConnection, drive_id: Uuid, id: Uuid) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar("delete from drive_invitations where id = $1 and drive_id = $2 returning email")
        .bind(id)
        .bind(drive_id)
        .fetch_optional(conn)
        .await
}

/// Removes the invitations that have expired.
pub async fn delete_expired(conn: &mut PgConnection) -> Result<u64, sqlx::Error> {
    Ok(sqlx::query("delete from drive_invitations where expires_at <= now()").execute(conn).await?.rows_affected())
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    drive_id: Uuid,
    drive_name: String,
    email: String,
    role: String,
    inviter_name: String,
    inviter_email: String,
    created_at: OffsetDateTime,
    expires_at: OffsetDateTime,
}

impl Row {
    fn into_invitation(self) -> Result<Invitation, sqlx::Error> {
        let Self { id, drive_id, drive_name, email, role, inviter_name, inviter_email, created_at, expires_at } = self;
        let role = parse_role(&role)?;
        Ok(Invitation { id, drive_id, drive_name, email, role, inviter_name, inviter_email, created_at, expires_at })
    }
}
