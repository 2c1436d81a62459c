//! The connection pool, patient at start: a service outlives its database's restarts. A database that answers and refuses is
//! not waited for.

use crate::settings::{SettingError, Settings};
use sqlx::error::DatabaseError;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Executor, PgPool};
use std::time::Duration;

/// A connection is asked whether it is alive when it is given back to the pool. For so long the answer is believed: to ask again
/// each time it is taken would be a third of the round trips of a small request.
const SURELY_ALIVE: Duration = Duration::from_secs(1);

/// A connection that is not made by then is tried anew.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

/// `max_connections` of the Postgres that the services' defaults are made for.
const COUNTED_ON: u32 = 40;

/// Those of them that job runners, listeners, backups and people take, however few there are.
const NOT_SHARED: u32 = 12;

/// The pool every service holds.
pub type Database = PgPool;

/// Where the database is and how much of it to take.
#[derive(Debug, Clone)]
pub struct DatabaseSettings {
    /// `DATABASE_URL`, a `postgres://` URL. Of one that names the server at `POSTGRES_HOST`, which is our own, only the database's
    /// name is taken: role and password are the generated ones, as that server knows no others.
    pub url: String,
    /// `DATABASE_URL` names another role or password for our own server than the generated ones.
    pub is_role_passed_over: bool,
    /// It is this suite's own database: the URL is the generated one, whether `DATABASE_URL` says it too or says nothing.
    pub is_own: bool,
    /// `DATABASE_CONNECTIONS`: most connections this process opens. All services together stay below 40.
    pub connections: u32,
    /// They were not set: of a Postgres that takes more or fewer than 40, so many more or fewer are opened.
    pub is_share: bool,
    /// A statement that takes longer fails, unless its transaction says otherwise; none unless the service sets one.
    pub statement_timeout: Option<Duration>,
}

impl DatabaseSettings {
    /// Reads them; `connections` is the service's own default.
    pub fn read(settings: &Settings, connections: u32) -> Result<Self, SettingError> {
        let url = settings.secret("DATABASE_URL")?;
        let own = own_url(settings, &url)?;
        Ok(Self {
            is_role_passed_over: own.is_some(),
            is_own: own.is_some() || settings.is_generated("DATABASE_URL", &url),
            url: own.unwrap_or(url),
            connections: settings.parse("DATABASE_CONNECTIONS", connections)?,
            is_share: settings.optional("DATABASE_CONNECTIONS").is_none(),
            statement_timeout: None,
        })
    }
}

/// The generated URL with the database that `url` names, when that is on our own server but not as the generated URL has it. A
/// `.env` brought along from elsewhere has such a URL, and a superuser with its password is not to be made for it.
fn own_url(settings: &Settings, url: &str) -> Result<Option<String>, SettingError> {
    let Some(host) = settings.optional("POSTGRES_HOST") else { return Ok(None) };
    // What is no URL is said when it is connected to.
    let (Ok(asked), Ok(own)) = (url.parse::<PgConnectOptions>(), format!("postgres://{host}").parse()) else {
        return Ok(None);
    };
    let address = |options: &PgConnectOptions| (options.get_host().to_owned(), options.get_port());
    if address(&asked) != address(&own) {
        return Ok(None);
    }
    let Some(generated) = settings.generated_secret("DATABASE_URL")?.filter(|generated| generated != url) else {
        return Ok(None);
    };
    Ok(Some(match (asked.get_database(), generated.parse::<PgConnectOptions>()) {
        (Some(name), Ok(options)) if options.get_database() != Some(name) => {
            options.database(name).to_url_lossy().into()
        }
        _ => generated,
    }))
}

/// Connects, trying again until the database answers. `application_name` is what `pg_stat_activity` shows. An error when it
/// answers that role, password or database are wrong: no patience makes them right.
pub async fn connect(settings: &DatabaseSettings, application_name: &str) -> anyhow::Result<Database> {
    let options: PgConnectOptions = settings.url.parse()?;
    let address = format!("{}:{}", options.get_host(), options.get_port());
    let options = options.application_name(application_name);
    let mut pause = Duration::from_millis(100);
    loop {
        let asked = tokio::time::timeout(CONNECT_TIMEOUT, max_connections(&options)).await;
        match asked.unwrap_or(Err(sqlx::Error::PoolTimedOut)) {
            Ok(taken) => return Ok(pool(settings, options, taken)),
            Err(sqlx::Error::Database(error)) if is_refusal(&*error) => anyhow::bail!(
                "the database at {address} refuses the role, the password or the database that DATABASE_URL names: {}",
                error.message()
            ),
            Err(error) => {
                tracing::warn!(%error, retry_ms = pause.as_millis() as u64, "the database does not answer yet");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(Duration::from_secs(5));
            }
        }
    }
}

/// How many connections the database takes.
async fn max_connections(options: &PgConnectOptions) -> sqlx::Result<u32> {
    let mut connection = options.connect().await?;
    let taken: i32 = sqlx::query_scalar("select setting::int from pg_settings where name = 'max_connections'")
        .fetch_one(&mut connection)
        .await?;
    connection.close().await?;
    Ok(taken.unsigned_abs())
}

fn pool(settings: &DatabaseSettings, options: PgConnectOptions, taken: u32) -> Database {
    let connections = if settings.is_share { share(settings.connections, taken) } else { settings.connections };
    pool_options(connections, settings.statement_timeout).connect_lazy_with(options)
}

/// A pool of one connection to the same database, for a task that must not wait behind requests. It is opened when it is first
/// wanted, and anew when it is lost; it closes with `pool`. Its statements have no timeout. Call inside a tokio runtime.
pub fn own_connection(pool: &Database) -> Database {
    let own = pool_options(1, None).connect_lazy_with((*pool.connect_options()).clone());
    let (closed, closing) = (pool.close_event(), own.clone());
    tokio::spawn(async move {
        closed.await;
        closing.close().await;
    });
    own
}

fn pool_options(connections: u32, statement_timeout: Option<Duration>) -> PgPoolOptions {
    let statement_timeout_ms = statement_timeout.map(|longest| longest.as_millis());
    PgPoolOptions::new()
        .max_connections(connections)
        .min_connections(0)
        .idle_timeout(Duration::from_secs(60))
        .acquire_timeout(CONNECT_TIMEOUT)
        .test_before_acquire(false)
        .before_acquire(|connection, known| {
            Box::pin(async move {
                if known.idle_for >= SURELY_ALIVE {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .after_connect(move |connection, _| {
            Box::pin(async move {
                // Not among the options of the connection: poolers between take none.
                if let Some(ms) = statement_timeout_ms {
                    connection.execute(sqlx::AssertSqlSafe(format!("set statement_timeout = {ms}"))).await?;
                }
                Ok(())
            })
        })
}

/// What a service opens that opens `connections` of [`COUNTED_ON`]. Never one alone, which whoever holds it would wait for; and
/// never more than twice as many, however large a database it shares with others.
fn share(connections: u32, taken: u32) -> u32 {
    let share = connections * taken.saturating_sub(NOT_SHARED) / (COUNTED_ON - NOT_SHARED);
    share.clamp(2, 2 * connections)
}

/// Invalid authorization (SQLSTATE class 28) and invalid catalog name (3D). A server that starts, stops or is full says
/// something else.
fn is_refusal(error: &dyn DatabaseError) -> bool {
    error.code().is_some_and(|code| code.starts_with("28") || code.starts_with("3D"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    /// The generated one.
    const OWN: &str = "postgres://pagespace:s3cret@postgres:5432/pagespace";

    /// Instead of a Postgres: refuses one connection with each of these codes, and ends when somebody comes once more.
    async fn refuse_with(listener: TcpListener, codes: &[&str]) {
        for code in codes {
            let (mut stream, _) = listener.accept().await.unwrap();
            refuse(&mut stream, code).await;
        }
        listener.accept().await.unwrap();
    }

    async fn refuse(stream: &mut TcpStream, code: &str) {
        let length = stream.read_u32().await.unwrap();
        let mut greeting = vec![0; length as usize - 4];
        stream.read_exact(&mut greeting).await.unwrap();
        let fields = format!("SFATAL\0C{code}\0Mthis is {code}\0\0");
        stream.write_u8(b'E').await.unwrap();
        stream.write_u32(fields.len() as u32 + 4).await.unwrap();
        stream.write_all(fields.as_bytes()).await.unwrap();
    }

    /// A wrong password was tried again and again for ever, and the whole suite waited for it.
    #[tokio::test]
    async fn a_database_that_refuses_is_not_waited_for_and_one_that_restarts_is() {
        for refusal in ["28P01", "28000", "3D000"] {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let url = format!("postgres://user:password@{address}/pagespace?sslmode=disable");
            let settings = DatabaseSettings {
                url,
                is_role_passed_over: false,
                is_own: false,
                connections: 1,
                is_share: false,
                statement_timeout: None,
            };
            let codes = ["57P01", "57P03", "53300", refusal];
            let error = tokio::select! {
                connected = connect(&settings, "test") => format!("{:#}", connected.unwrap_err()),
                () = refuse_with(listener, &codes) => panic!("{refusal} was taken for a database that will be there soon"),
            };
            let sentence = format!(
                "the database at {address} refuses the role, the password or the database that DATABASE_URL names: this is {refusal}"
            );
            assert_eq!(error, sentence);
        }
    }

    #[test]
    fn a_smaller_database_is_opened_less_often_and_a_larger_one_up_to_twice_as_often() {
        let shares = [24, 40, 81, 500].map(|taken| [6, 3].map(|connections| share(connections, taken)));
        assert_eq!(shares, [[2, 2], [6, 3], [12, 6], [12, 6]]);
    }

    /// As docker-compose.yml sets a service up, with this `DATABASE_URL` in `.env`.
    fn in_compose(test: &str, url: &str) -> DatabaseSettings {
        let dir = std::env::temp_dir().join(format!("database-{test}-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        std::fs::write(dir.join("database-url"), format!("{OWN}\n")).unwrap();
        let settings = Settings::from_env().with("SECRETS_DIR", dir.to_str().unwrap());
        let settings = settings.with("POSTGRES_HOST", "postgres:5432").with("DATABASE_URL", url);
        let read = DatabaseSettings::read(&settings, 1).unwrap();
        std::fs::remove_dir_all(dir).unwrap();
        read
    }

    #[test]
    fn a_url_of_our_own_server_says_which_database_and_the_role_is_ours() {
        for url in
            ["postgresql://user:password@postgres:5432/pagespace", "postgres://postgres", "postgres://a:b@postgres/"]
        {
            let read = in_compose("own", url);
            assert_eq!((read.url.as_str(), read.is_role_passed_over, read.is_own), (OWN, true, true), "{url}");
        }
        for url in ["", OWN] {
            let read = in_compose("own", url);
            assert_eq!((read.url.as_str(), read.is_role_passed_over, read.is_own), (OWN, false, true), "{url}");
        }
        let other = in_compose("own", "postgres://user:password@postgres/other?schema=public");
        let options: PgConnectOptions = other.url.parse().unwrap();
        assert_eq!((options.get_username(), options.get_database()), ("pagespace", Some("other")));
        assert!(other.url.starts_with("postgres://pagespace:s3cret@postgres:5432/other"), "{}", other.url);
    }

    #[test]
    fn a_url_of_another_server_is_used_as_it_is() {
        for url in [
            "postgres://user:password@db.example.org:5432/pagespace",
            "postgres://user:password@postgres:6432/pagespace",
            "no url at all",
        ] {
            let read = in_compose("another", url);
            assert_eq!((read.url.as_str(), read.is_role_passed_over, read.is_own), (url, false, false));
        }
    }
}
