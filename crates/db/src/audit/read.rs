//! Reading the audit log, the newest first.

use model::AuditKind;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

/// An entry as it is read.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Entry {
    /// Its number.
    pub id: i64,
    /// When it happened.
    pub at: OffsetDateTime,
    /// A word of [`AuditKind`], perhaps of a newer program.
    pub kind: String,
    /// Whose doing it was.
    pub actor_id: Option<Uuid>,
    /// Their name at that time.
    pub actor_name: Option<String>,
    /// The client's address.
    pub address: Option<String>,
    /// `session` or `token`.
    pub credential: Option<String>,
    /// The token's name at that time.
    pub token_name: Option<String>,
    /// As [`super::Target::target_type`].
    pub target_type: Option<String>,
    /// As [`super::Target::id`].
    pub target_id: Option<String>,
    /// As [`super::Target::name`].
    pub target_name: Option<String>,
    /// The drive that it happened in.
    pub drive_id: Option<Uuid>,
    /// The drive's name at that time.
    pub drive_name: Option<String>,
    /// What else there is to say: a role, a reason, a format.
    pub detail: Option<String>,
    /// The request's id.
    pub request_id: Option<String>,
}

/// Which entries to list; what is `None` does not restrict.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    /// Done by that person, or to them.
    pub person: Option<Uuid>,
    /// Of that kind.
    pub kind: Option<AuditKind>,
    /// In that drive.
    pub drive: Option<Uuid>,
    /// Not before that time.
    pub from: Option<OffsetDateTime>,
    /// Before that time.
    pub to: Option<OffsetDateTime>,
}

/// Where a list goes on: behind the entry of that time and number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After {
    /// The entry's time.
    pub at: OffsetDateTime,
    /// The entry's number.
    pub id: i64,
}

/// Entries that are `$which`, within the filter, the newest first. Bounds that are not given are infinite instead of absent, so that
/// the walk over the index begins at them.
macro_rules! select_entries {
    ($which:literal) => {
        concat!(
            "(select id, at, kind, actor_id, actor_name, address, credential, token_name, target_type, target_id, target_name,
                 drive_id, drive_name, detail, request_id
             from audit_entries
             where ", $which, "
                 and at >= coalesce($1::timestamptz, '-infinity') and at < coalesce($2::timestamptz, 'infinity')
                 and (at, id) < (coalesce($3::timestamptz, 'infinity'), coalesce($4::bigint, 0))
                 and ($5::text is null or kind = $5) and ($6::uuid is null or drive_id = $6)
             order by at desc, id desc limit $7)"
        )
    };
}

/// The next `limit` entries, the newest first.
pub async fn list(
    conn: &mut PgConnection,
    filter: &Filter,
    after: Option<After>,
    limit: i64,
) -> Result<Vec<Entry>, sqlx::Error> {
    let Filter { person, kind, drive, from, to } = *filter;
    let statement = match (person, drive) {
        (Some(_), _) => concat!(
            select_entries!("actor_id = $8::uuid"),
            " union ",
            select_entries!("target_type = 'person' and target_id = $8::uuid::text"),
            " order by at desc, id desc limit $7"
        ),
        (None, Some(_)) => select_entries!("$8::uuid is null and drive_id = $6::uuid"),
        (None, None) => select_entries!("$8::uuid is null"),
    };
    sqlx::query_as(statement)
        .bind(from)
        .bind(to)
        .bind(after.map(|after| after.at))
        .bind(after.map(|after| after.id))
        .bind(kind.map(AuditKind::as_str))
        .bind(drive)
        .bind(limit)
        .bind(person)
        .fetch_all(conn)
        .await
}

impl Entry {
    /// Where a list goes on behind it.
    pub fn place(&self) -> After {
        After { at: self.at, id: self.id }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Actor, AuditCredential, Target, insert};
    use super::*;
    use crate::drives;
    use crate::users::{self, NewUser};
    use sqlx::PgPool;

    async fn person(conn: &mut PgConnection, name: &str) -> Uuid {
        let email = format!("{name}@example.org");
        let new = NewUser { email: &email, name, password_hash: "", is_admin: false };
        users::insert(conn, &new).await.unwrap().id
    }

    fn actor(id: Uuid) -> Actor {
        Actor { person: Some((id, "Ann".into())), ..Actor::default() }
    }

    async fn kinds(conn: &mut PgConnection, filter: Filter) -> Vec<String> {
        list(conn, &filter, None, 100).await.unwrap().into_iter().map(|entry| entry.kind).collect()
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn what_an_entry_says_stays_when_everybody_in_it_is_gone(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        let ann = person(&mut conn, "ann").await;
        let drive = drives::insert(&mut conn, "Holidays", ann).await.unwrap();
        let by = Actor {
            address: Some("2001:db8::5".parse().unwrap()),
            credential: Some(AuditCredential::Token("backup".into())),
            request_id: Some("request-1".into()),
            ..actor(ann)
        };
        let file = Target::file(Uuid::nil(), "beach.jpg");
        by.did(AuditKind::FileDeleted).to(file).in_drive(drive).detail("why").write(&mut conn).await.unwrap();
        drives::delete(&mut conn, drive).await.unwrap();
        sqlx::query("delete from users").execute(&mut *conn).await.unwrap();
        let [entry] = list(&mut conn, &Filter::default(), None, 9).await.unwrap().try_into().unwrap();
        let expected = Entry {
            id: entry.id,
            at: entry.at,
            kind: "file-deleted".into(),
            actor_id: Some(ann),
            actor_name: Some("Ann".into()),
            address: Some("2001:db8::5".into()),
            credential: Some("token".into()),
            token_name: Some("backup".into()),
            target_type: Some("file".into()),
            target_id: Some(Uuid::nil().to_string()),
            target_name: Some("beach.jpg".into()),
            drive_id: Some(drive),
            drive_name: Some("Holidays".into()),
            detail: Some("why".into()),
            request_id: Some("request-1".into()),
        };
        assert_eq!(entry, expected);
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn pages_follow_each_other_and_filters_narrow_them(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        let (ann, bob) = (person(&mut conn, "ann").await, person(&mut conn, "bob").await);
        let drive = drives::insert(&mut conn, "d", ann).await.unwrap();
        let day = |day: i64| OffsetDateTime::UNIX_EPOCH + time::Duration::days(day);
        let entries = [
            actor(ann).did(AuditKind::SignIn).at(day(1)),
            actor(bob).did(AuditKind::SignIn).at(day(2)),
            actor(ann)
                .did(AuditKind::MemberAdded)
                .to(Target::person(bob, "bob@example.org"))
                .in_drive(drive)
                .at(day(3)),
            // The same moment: their numbers decide.
            actor(ann).did(AuditKind::FileTrashed).in_drive(drive).at(day(3)),
            Actor::default().did(AuditKind::SignInFailed).to(Target::person(ann, "ann@example.org")).at(day(4)),
            actor(bob).did(AuditKind::PasswordReset).to(Target::person(bob, "bob@example.org")).at(day(5)),
        ];
        insert(&mut conn, &entries).await.unwrap();
        let all = ["password-reset", "sign-in-failed", "file-trashed", "member-added", "sign-in", "sign-in"];
        assert_eq!(kinds(&mut conn, Filter::default()).await, all);
        let mut paged = Vec::new();
        let mut after = None;
        loop {
            let page = list(&mut conn, &Filter::default(), after, 2).await.unwrap();
            after = page.last().map(Entry::place);
            paged.extend(page.into_iter().map(|entry| entry.kind));
            if after.is_none() {
                break;
            }
        }
        assert_eq!(paged, all);
        let of = |person| Filter { person: Some(person), ..Filter::default() };
        assert_eq!(kinds(&mut conn, of(ann)).await, ["sign-in-failed", "file-trashed", "member-added", "sign-in"]);
        assert_eq!(kinds(&mut conn, of(bob)).await, ["password-reset", "member-added", "sign-in"], "each once");
        let in_drive = Filter { drive: Some(drive), ..Filter::default() };
        assert_eq!(kinds(&mut conn, in_drive).await, ["file-trashed", "member-added"]);
        assert_eq!(kinds(&mut conn, Filter { person: Some(bob), ..in_drive }).await, ["member-added"]);
        let sign_ins = Filter { kind: Some(AuditKind::SignIn), ..Filter::default() };
        assert_eq!(kinds(&mut conn, sign_ins).await, ["sign-in", "sign-in"]);
        let between = Filter { from: Some(day(2)), to: Some(day(3)), ..Filter::default() };
        assert_eq!(kinds(&mut conn, between).await, ["sign-in"]);
    }

    #[sqlx::test(migrations = "../../migrations")]
    async fn the_audit_log_is_only_added_to(pool: PgPool) {
        let mut conn = pool.acquire().await.unwrap();
        Actor::default().did(AuditKind::SignIn).write(&mut conn).await.unwrap();
        for statement in ["update audit_entries set kind = 'x'", "delete from audit_entries", "truncate audit_entries"]
        {
            let refused = sqlx::query(statement).execute(&mut *conn).await.unwrap_err();
            assert!(refused.to_string().contains("the audit log is only added to"), "{statement}: {refused}");
        }
        assert_eq!(kinds(&mut conn, Filter::default()).await, ["sign-in"]);
    }
}
