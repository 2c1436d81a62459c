//! The server and its databases, as the driver sees them.

use crate::procfs;
use crate::system::System;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection, Row};
use std::str::FromStr;

/// The server, over a connection to its own database, whose statements count for nobody.
pub struct Server {
    url: String,
    conn: PgConnection,
    postmaster: String,
    counts_statements: bool,
}

/// What a queue occupies.
#[derive(Debug, Clone, Copy, Default)]
pub struct Size {
    pub table_mb: f64,
    pub index_mb: f64,
    /// The jobs that are over included.
    pub total_mb: f64,
    pub dead: f64,
}

impl Server {
    pub async fn connect(url: &str) -> Self {
        let mut conn = PgConnection::connect(url).await.expect("Postgres answers");
        let backend: i32 = sqlx::query_scalar("select pg_backend_pid()").fetch_one(&mut conn).await.unwrap();
        let postmaster = procfs::parent(&backend.to_string()).expect("Postgres runs on this machine");
        for setting in ["fsync", "full_page_writes", "synchronous_commit"] {
            let value: String =
                sqlx::query_scalar("select current_setting($1)").bind(setting).fetch_one(&mut conn).await.unwrap();
            assert_eq!(value, "on", "{setting}: without it commits are not durable and the numbers say nothing");
        }
        let counts_statements =
            sqlx::query("create extension if not exists pg_stat_statements").execute(&mut conn).await.is_ok()
                && sqlx::query("select from pg_stat_statements limit 1").execute(&mut conn).await.is_ok();
        Self { url: url.into(), conn, postmaster, counts_statements }
    }

    /// Makes the system's database anew and answers its address.
    pub async fn fresh(&mut self, system: System) -> String {
        let name = format!("bench_{}", system.name());
        self.run(&format!("drop database if exists {name} with (force)")).await;
        self.run(&format!("create database {name}")).await;
        self.url_of(system)
    }

    pub fn url_of(&self, system: System) -> String {
        let (server, _) = self.url.rsplit_once('/').expect("an address ends with a database");
        format!("{server}/bench_{}", system.name())
    }

    /// Leaves nothing behind for a measurement to pay for.
    pub async fn checkpoint(&mut self, system: System) {
        let mut conn = self.open(system).await;
        sqlx::query("vacuum analyze").execute(&mut conn).await.unwrap();
        sqlx::query("checkpoint").execute(&mut conn).await.unwrap();
    }

    /// A connection to a system's database.
    pub async fn open(&self, system: System) -> PgConnection {
        let options = PgConnectOptions::from_str(&self.url_of(system)).unwrap();
        PgConnection::connect_with(&options).await.unwrap()
    }

    /// CPU seconds of all of Postgres so far.
    pub fn cpu_s(&self) -> f64 {
        procfs::family_cpu_s(&self.postmaster)
    }

    /// WAL written so far.
    pub async fn wal_bytes(&mut self) -> f64 {
        let sql = "select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8";
        sqlx::query_scalar(sql).fetch_one(&mut self.conn).await.unwrap()
    }

    /// Statements a system's database has answered so far; transactions, where Postgres does not count statements.
    pub async fn statements(&mut self, system: System) -> f64 {
        let sql = if self.counts_statements {
            "select coalesce(sum(calls), 0)::float8 from pg_stat_statements
             where dbid = (select oid from pg_database where datname = $1)"
        } else {
            "select (xact_commit + xact_rollback)::float8 from pg_stat_database where datname = $1"
        };
        sqlx::query_scalar(sql).bind(format!("bench_{}", system.name())).fetch_one(&mut self.conn).await.unwrap()
    }

    async fn run(&mut self, sql: &str) {
        sqlx::query(AssertSqlSafe(sql)).execute(&mut self.conn).await.unwrap();
    }
}

/// What the system's schema occupies at this moment.
pub async fn size(conn: &mut PgConnection, system: System) -> Size {
    let row = sqlx::query(
        "select coalesce(sum(pg_table_size(c.oid)) filter (where c.relname !~ $2), 0)::float8 / 1048576,
                coalesce(sum(pg_indexes_size(c.oid)) filter (where c.relname !~ $2), 0)::float8 / 1048576,
                coalesce(sum(pg_total_relation_size(c.oid)), 0)::float8 / 1048576,
                coalesce(sum(n_dead_tup), 0)::float8
         from pg_class c left join pg_stat_user_tables on relid = c.oid
         where c.relkind = 'r' and c.relnamespace = $1::regnamespace",
    );
    let row = row.bind(system.schema()).bind(system.history()).fetch_one(conn).await.unwrap();
    Size { table_mb: row.get(0), index_mb: row.get(1), total_mb: row.get(2), dead: row.get(3) }
}
