//! A fresh database on `DATABASE_URL`'s server, gone at the end.

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgPool};
use std::path::Path;
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};

static MADE: AtomicU32 = AtomicU32::new(0);

/// A database of one test.
pub(crate) struct Database {
    server: PgConnectOptions,
    name: String,
    /// As its owner, a superuser, opens it. The services have roles of their own.
    pub url: String,
    /// What the test itself asks.
    pub pool: PgPool,
}

impl Database {
    /// Makes it, on this server or on that of `DATABASE_URL`.
    pub async fn create(server: Option<&str>) -> Self {
        let usual = || {
            std::env::var("DATABASE_URL").expect("DATABASE_URL names a Postgres server the tests may make databases on")
        };
        let server = PgConnectOptions::from_str(&server.map_or_else(usual, str::to_owned)).unwrap();
        let name = format!("suite_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let mut conn = server.connect().await.expect("the server answers");
        sqlx::query(AssertSqlSafe(format!("drop database if exists {name} with (force)")))
            .execute(&mut conn)
            .await
            .unwrap();
        sqlx::query(AssertSqlSafe(format!("create database {name}"))).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        let own = server.clone().database(&name);
        let url = own.to_url_lossy().to_string();
        let pool = PgPoolOptions::new().max_connections(3).connect_lazy_with(own);
        Self { server, name, url, pool }
    }
}

impl Database {
    /// Drops it with all that is in it, and makes it anew, without a table.
    pub async fn wipe(&self) {
        let name = &self.name;
        let mut conn = self.server.connect().await.unwrap();
        sqlx::query(AssertSqlSafe(format!("drop database {name} with (force)"))).execute(&mut conn).await.unwrap();
        sqlx::query(AssertSqlSafe(format!("create database {name}"))).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
    }

    /// Runs the SQL of a dump, on a connection of its own, as a dump changes what one looks at. What recurs is not due for a
    /// day, as it was not when the dump was made: a job that nobody asked for would be in the answers.
    pub async fn fill(&self, dump: &Path) {
        let sql = std::fs::read_to_string(dump).unwrap();
        let mut conn = self.server.clone().database(&self.name).connect().await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
        let later = "update queue.schedules set next_at = now() + interval '1 day'";
        sqlx::query(later).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
    }

    /// Gives it to a role that is made for it and may do nothing else, and says how that one opens it.
    pub async fn owned_by_a_role_of_its_own(&self) -> String {
        let name = &self.name;
        let mut conn = self.server.connect().await.unwrap();
        for statement in [format!("create role {name} login"), format!("alter database {name} owner to {name}")] {
            sqlx::query(AssertSqlSafe(statement)).execute(&mut conn).await.unwrap();
        }
        conn.close().await.unwrap();
        self.server.clone().database(name).username(name).to_url_lossy().to_string()
    }

    /// What `.env` says when its URL has this `role:password`, and the server's address.
    pub fn with_role(&self, role: &str) -> (String, String) {
        let server = format!("{}:{}", self.server.get_host(), self.server.get_port());
        (format!("postgresql://{role}@{server}/{}", self.name), server)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), std::mem::take(&mut self.name));
        // A thread of its own: a test's runtime cannot wait within a drop.
        let drop = move || -> anyhow::Result<()> {
            tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
                let mut conn = server.connect().await?;
                sqlx::query(AssertSqlSafe(format!("drop database {name} with (force)"))).execute(&mut conn).await?;
                sqlx::query(AssertSqlSafe(format!("drop role if exists {name}"))).execute(&mut conn).await?;
                Ok(())
            })
        };
        if let Ok(Err(error)) = std::thread::spawn(drop).join() {
            eprintln!("a test's database stays behind: {error:#}");
        }
    }
}
