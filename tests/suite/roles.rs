//! M17: each service connects as a role of its own, which may do what its work needs and nothing else.

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use system_tests::{Name, Suite};

const ALL: [Name; 4] = [Name::Processor, Name::Realtime, Name::Web, Name::Worker];

/// What a service that was taken over would try, and nobody may.
const NOBODYS: &[&str] = &[
    "copy (select 1) to program 'true'",
    "copy users to '/tmp/users'",
    "select pg_read_file('PG_VERSION')",
    "create table public.mine (n integer)",
    "create table queue.mine (n integer)",
    "create temporary table mine (n integer)",
    "create schema mine",
    "create function public.mine() returns integer language sql as 'select 1'",
    "create role mine",
    "alter role pagespace_web superuser",
    "set role postgres",
    "drop table queue.keys",
    "alter table users add column mine text",
    "drop database postgres",
    "delete from _sqlx_migrations",
    "insert into backups (id, label) values (gen_random_uuid(), 'mine')",
    "select queue.make_partitions(date '2020-01-01', date '2020-01-02')",
    "create trigger mine before insert on events for each row execute function suppress_redundant_updates_trigger()",
];

/// How people are known, which is web's business.
const OF_WEB: &[&str] = &[
    "select password_hash from users",
    "select * from users",
    "update users set is_admin = true",
    "update users set password_hash = ''",
    "insert into users (email, name, password_hash) values ('a@b.c', 'A', '')",
    "insert into sessions (token_hash, user_id, expires_at) values ('', gen_random_uuid(), now())",
    "insert into api_tokens (user_id, name, token_hash) values (gen_random_uuid(), 'mine', '')",
    "insert into realtime_tickets (token_hash, user_id, expires_at) values ('', gen_random_uuid(), now())",
    "insert into setup_links (token_hash) values ('')",
    "insert into known_browsers (token_hash, user_id) values ('', gen_random_uuid())",
    "insert into drive_members (drive_id, user_id, role) values (gen_random_uuid(), gen_random_uuid(), 'owner')",
    "select * from known_browsers",
    "delete from drives",
];

const OF_RUNNERS: &[&str] = &[
    "select queue.make_partitions(1)",
    "select queue.drop_partitions('done', interval '0')",
    "truncate queue.hot_0",
    "select setval('queue.current_segment', 1)",
];

/// What each may not, beside [`NOBODYS`], and something that it may, so that not everything is refused.
fn limits(name: Name) -> (Vec<&'static str>, &'static [&'static str]) {
    match name {
        Name::Processor => (
            [OF_WEB, &["select * from sessions", "select * from api_tokens", "delete from events"]].concat(),
            &["select id from users", "select hash from contents", "select queue.make_partitions(1)"],
        ),
        Name::Realtime => {
            let writes = ["insert into events (kind) values ('x')", "select * from contents", "delete from sessions"];
            let queue = ["select * from queue.jobs", "select nextval('queue.job_ids')"];
            let tokens = ["update sessions set user_id = user_id", "update api_tokens set scopes = '{}'"];
            let own = [&writes[..], &queue, &tokens].concat();
            ([OF_WEB, OF_RUNNERS, &own].concat(), &["select email from users", "delete from realtime_tickets"])
        }
        Name::Web => (
            [OF_RUNNERS, &["delete from contents", "delete from events", "insert into artifacts default values"]]
                .concat(),
            &["select password_hash from users", "select * from queue.jobs"],
        ),
        Name::Worker => (
            [OF_WEB, &["select token_hash from sessions", "select * from api_tokens", "update files set name = ''"]]
                .concat(),
            &[
                "delete from sessions where expires_at <= now()",
                "select queue.drop_partitions('dead', interval '9 years')",
            ],
        ),
    }
}

/// Why it was refused, or nothing.
async fn refusal(conn: &mut PgConnection, statement: &'static str) -> Option<String> {
    let error = sqlx::raw_sql(statement).execute(conn).await.err()?;
    error.as_database_error().and_then(|error| error.code()).map(|code| code.into_owned())
}

#[tokio::test]
async fn m17_a_service_may_do_what_its_work_needs_and_nothing_else() {
    let suite = Suite::start().await;
    for name in ALL {
        let mut conn = PgConnection::connect(&suite.database_url(name)).await.unwrap();
        let (refused, allowed) = limits(name);
        for statement in NOBODYS.iter().chain(&refused) {
            let code = refusal(&mut conn, statement).await;
            assert_eq!(code.as_deref(), Some("42501"), "{name:?}: {statement}");
        }
        for statement in allowed {
            assert_eq!(refusal(&mut conn, statement).await, None, "{name:?}: {statement}");
        }
    }
}

#[tokio::test]
async fn m17_services_connect_as_their_own_roles() {
    let suite = Suite::start().await;
    let api = suite.api().await;
    let uploaded = api.upload("hello.txt", b"Hello.").await;
    api.file_settles(uploaded["file"]["id"].as_str().unwrap()).await;
    let of_services = "select count(distinct usename) from pg_stat_activity
         where datname = current_database() and usename like 'pagespace\\_%'";
    assert_eq!(suite.count(of_services).await, 4);
    // The test itself is the only other one, and has no name.
    let others = "select count(*) from pg_stat_activity
         where datname = current_database() and usename not like 'pagespace\\_%' and application_name <> ''";
    assert_eq!(suite.count(others).await, 0);
    let strong = "select count(*) from pg_roles where rolname like 'pagespace\\_%'
         and (rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls)";
    assert_eq!(suite.count(strong).await, 0);
}

/// What was granted by hand, or by a release that needed more, does not stay; and nobody notices while it works.
#[tokio::test]
async fn m17_the_next_start_takes_back_what_is_not_needed() {
    let suite = Suite::start().await;
    let mut conn = PgConnection::connect(&suite.database_url(Name::Realtime)).await.unwrap();
    for grant in ["grant select on users to pagespace_realtime", "grant all on sessions to pagespace_realtime"] {
        sqlx::raw_sql(AssertSqlSafe(grant)).execute(suite.pool()).await.unwrap();
    }
    assert_eq!(refusal(&mut conn, "select password_hash from users").await, None);
    suite.migrate().await;
    for statement in ["select password_hash from users", "delete from sessions"] {
        assert_eq!(refusal(&mut conn, statement).await.as_deref(), Some("42501"), "{statement}");
    }
    let api = suite.api().await;
    let uploaded = api.upload("hello.txt", b"Hello.").await;
    assert_eq!(api.file_settles(uploaded["file"]["id"].as_str().unwrap()).await["status"], "completed");
}

/// A database elsewhere has the one role that its URL names; everything works, and one line says what that means.
#[tokio::test]
async fn m17_with_a_database_of_somebody_else_all_connect_as_its_role() {
    let mut suite = Suite::of(&ALL).one_role().start().await;
    let log = suite.migrates_log();
    let lines = log.lines().filter(|line| line.contains("DATABASE_URL names one role")).count();
    assert_eq!(lines, 1, "{log}");
    let api = suite.api().await;
    let uploaded = api.upload("hello.txt", b"Hello.").await;
    assert_eq!(api.file_settles(uploaded["file"]["id"].as_str().unwrap()).await["status"], "completed");
    let roles = "select count(distinct usename) from pg_stat_activity
         where datname = current_database() and application_name <> ''";
    assert_eq!(suite.count(roles).await, 1);
    for name in ALL {
        let log = suite.service(name).log();
        assert!(!log.contains("permission denied"), "{name:?}: {log}");
    }
}
