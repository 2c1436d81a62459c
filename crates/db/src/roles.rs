//! The roles that the services connect as: none is a superuser or owns anything, and each may do what its own work needs. `migrate`
//! makes them, as the owner of the tables.

use sqlx::{AssertSqlSafe, PgConnection, PgPool};

/// The role of one service.
#[derive(Debug)]
pub struct ServiceRole {
    /// The service, by the name of its program.
    pub service: &'static str,
    /// Its name in Postgres.
    pub name: &'static str,
    tables: &'static [Grant],
    /// It runs jobs, or adds and changes them, or does neither.
    queue: QueueRights,
}

/// Privileges, as SQL has them, and the tables that they are granted on.
type Grant = (&'static str, &'static [&'static str]);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum QueueRights {
    None,
    /// Adds, looks at, changes and cancels jobs.
    Change,
    /// Runs them too, and keeps the table small.
    Run,
}

const READ: &str = "select";
const ADD: &str = "select, insert";
const KEEP: &str = "select, insert, update";
const EXPIRE: &str = "select, delete";
const ALL: &str = "select, insert, update, delete";

/// What is known of a person without the password's hash.
const PERSON: &str = "select (id, email, name, is_admin, created_at, disabled_at)";

/// Every service, by name.
pub const SERVICE_ROLES: [ServiceRole; 4] = [
    ServiceRole {
        service: "processor",
        name: "pagespace_processor",
        tables: &[
            (READ, &["_sqlx_migrations", "backups"]),
            // Rows are locked by those alone who may change something of them.
            ("select (id), update (created_at)", &["drives", "users"]),
            ("select (disabled_at)", &["users"]),
            ("select (made_by)", &["drives"]),
            (READ, &["drive_members"]),
            (ADD, &["events"]),
            (KEEP, &["service_status", "store_identity", "upload_keys"]),
            ("select, update", &["imports", "readings"]),
            ("select, update, delete", &["reading_contents"]),
            (ALL, &["artifacts", "contents", "files", "ocr_pages", "search_pages", "uploads", "watched_files"]),
        ],
        queue: QueueRights::Run,
    },
    ServiceRole {
        service: "realtime",
        name: "pagespace_realtime",
        tables: &[
            (READ, &["_sqlx_migrations", "api_tokens", "drive_members", "events", "files", "sessions"]),
            (PERSON, &["users"]),
            // The first use of a token on a day is in the audit log.
            ("update (last_used_at)", &["api_tokens"]),
            ("update (last_seen_at)", &["sessions"]),
            ("insert", &["audit_entries"]),
            (EXPIRE, &["realtime_tickets"]),
            (KEEP, &["service_status"]),
        ],
        queue: QueueRights::None,
    },
    ServiceRole {
        service: "web",
        name: "pagespace_web",
        tables: &[
            (
                READ,
                &[
                    "_sqlx_migrations",
                    "alerts",
                    "artifacts",
                    "backups",
                    "search_pages",
                    "store_identity",
                    "system_samples",
                    "uploads",
                ],
            ),
            (ADD, &["audit_entries", "events"]),
            (KEEP, &["imports", "readings", "service_status"]),
            ("select, insert, delete", &["reading_contents"]),
            ("select, update", &["contents"]),
            ("select, update, delete", &["files"]),
            (ALL, &["api_tokens", "drive_members", "drives", "known_browsers", "realtime_tickets", "sessions"]),
            (ALL, &["drive_invitations", "setup_links", "users"]),
        ],
        queue: QueueRights::Change,
    },
    ServiceRole {
        service: "worker",
        name: "pagespace_worker",
        tables: &[
            (READ, &["_sqlx_migrations", "backups", "drive_members"]),
            ("select, update (trashed_at), delete", &["files"]),
            ("select (id, name)", &["drives"]),
            ("select (expires_at), delete", &["drive_invitations", "realtime_tickets", "sessions"]),
            ("select (finished_at), delete", &["readings"]),
            ("select (used_at), delete", &["setup_links"]),
            ("select (at), insert, delete", &["audit_entries"]),
            ("select (created_at), delete", &["upload_keys"]),
            ("select (expires_at), delete", &["uploads"]),
            ("select (id, is_admin, disabled_at)", &["users"]),
            ("select, update, delete", &["imports"]),
            ("select, insert, delete", &["events"]),
            (KEEP, &["ocr_budget", "schedules"]),
            (ALL, &["alerts", "artifacts", "contents", "ocr_pages", "service_status", "system_samples"]),
        ],
        queue: QueueRights::Run,
    },
];

/// The tables of the queue that statements name. Days of finished jobs are reached by what they are parts of.
const QUEUE_TABLES: &str = "queue.dead, queue.done, queue.finished, queue.gates, queue.hot, queue.keys, queue.parked, queue.paused, \
     queue.schedules, queue.tallies, queue.waiting, queue.workers";

/// Segments, which claims name one by one.
const SEGMENTS: usize = 16;

/// What the owner alone may call, but for the roles it is granted to.
const OWNERS_FUNCTIONS: &str =
    "queue.make_partitions(integer), queue.make_partitions(date, date), queue.drop_partitions(text, interval)";

/// What those who run jobs may call of it.
const RUNNERS_FUNCTIONS: &str = "queue.make_partitions(integer), queue.drop_partitions(text, interval)";

/// Makes the roles, with these passwords in the order of [`SERVICE_ROLES`], and gives each what it may do in this database, no more.
/// The pool's own role is a superuser. Services may be running: what they may do changes at once, for all of them.
pub async fn establish(pool: &PgPool, passwords: &[String; SERVICE_ROLES.len()]) -> sqlx::Result<()> {
    let mut tx = crate::begin(pool).await?;
    // Roles are those of all databases of a server, and two that make them at once would be in each other's way.
    run(&mut tx, "lock table pg_catalog.pg_authid in share row exclusive mode").await?;
    for (role, password) in SERVICE_ROLES.iter().zip(passwords) {
        make(&mut tx, role.name, password).await?;
    }
    tx.commit().await?;

    let mut tx = crate::begin(pool).await?;
    for statement in grants() {
        run(&mut tx, &statement).await?;
    }
    tx.commit().await
}

/// Whether the pool's role may make others.
pub async fn is_superuser(pool: &PgPool) -> sqlx::Result<bool> {
    sqlx::query_scalar("select rolsuper from pg_roles where rolname = current_user").fetch_one(pool).await
}

async fn make(conn: &mut PgConnection, name: &str, password: &str) -> sqlx::Result<()> {
    let create: Option<String> = sqlx::query_scalar(
        "select format('create role %I', $1::text) where not exists (select from pg_roles where rolname = $1::text)",
    )
    .bind(name)
    .fetch_optional(&mut *conn)
    .await?;
    if let Some(create) = create {
        run(conn, &create).await?;
    }
    let alter: String = sqlx::query_scalar(
        "select format('alter role %I login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password %L', $1::text, $2::text)",
    )
    .bind(name)
    .bind(password)
    .fetch_one(&mut *conn)
    .await?;
    run(conn, &alter).await
}

/// Everything that the roles may do in a database, from nothing.
fn grants() -> Vec<String> {
    let names = SERVICE_ROLES.each_ref().map(|role| role.name).join(", ");
    let mut statements = vec![
        // A table that is truncated or partitioned while its privileges are written would be an error of either.
        format!("lock table {QUEUE_TABLES} in share update exclusive mode"),
        format!("drop owned by {names}"),
        "revoke create on schema public, queue from public".into(),
        "do $$ begin execute format('revoke temporary on database %I from public', current_database()); end $$".into(),
        format!("revoke all on function {OWNERS_FUNCTIONS} from public"),
        format!("grant usage on schema public to {names}"),
    ];
    for role in &SERVICE_ROLES {
        let name = role.name;
        let tables = role.tables.iter();
        statements.extend(tables.map(|(what, tables)| format!("grant {what} on {} to {name}", qualified(tables))));
        statements.extend(role.queue.statements(name));
    }
    statements
}

impl QueueRights {
    fn statements(self, role: &str) -> Vec<String> {
        if self == Self::None {
            return Vec::new();
        }
        let segments: Vec<String> = (0..SEGMENTS).map(|n| format!("queue.hot_{n}")).collect();
        let segments = segments.join(", ");
        let mut statements = vec![
            format!("grant usage on schema queue to {role}"),
            format!("grant {ALL} on {QUEUE_TABLES}, {segments} to {role}"),
            format!("grant {READ} on queue.jobs to {role}"),
            format!("grant usage on sequence queue.job_ids to {role}"),
            format!("grant select on sequence queue.current_segment to {role}"),
        ];
        if self == Self::Run {
            statements.push(format!("grant truncate on {segments} to {role}"));
            statements.push(format!("grant update on sequence queue.current_segment to {role}"));
            statements.push(format!("grant execute on function {RUNNERS_FUNCTIONS} to {role}"));
        }
        statements
    }
}

fn qualified(tables: &[&str]) -> String {
    tables.iter().map(|table| format!("public.{table}")).collect::<Vec<_>>().join(", ")
}

/// One statement that takes no parameters.
async fn run(conn: &mut PgConnection, statement: &str) -> sqlx::Result<()> {
    sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(conn).await?;
    Ok(())
}
