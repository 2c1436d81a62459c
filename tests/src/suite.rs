//! The services together.

use crate::database::Database;
use crate::service::{Service, run, tail};
use crate::wait::PATIENCE;
use crate::{Api, Processor};
use sqlx::PgPool;
use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A service's name: that of its binary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    /// Port 3003 elsewhere.
    Processor,
    /// Port 3001 elsewhere.
    Realtime,
    /// Port 3000 elsewhere.
    Web,
    /// Port 3002 elsewhere.
    Worker,
}

impl Name {
    /// All of them.
    pub const ALL: [Name; 4] = [Self::Processor, Self::Realtime, Self::Web, Self::Worker];

    fn binary(self) -> &'static str {
        match self {
            Self::Processor => "processor",
            Self::Realtime => "realtime",
            Self::Web => "web",
            Self::Worker => "worker",
        }
    }
}

/// What is to be started.
pub struct Builder {
    names: Vec<Name>,
    settings: Vec<(Name, String, String)>,
    role: Option<String>,
    is_one_role: bool,
    left_behind: Option<PathBuf>,
    server: Option<String>,
    storage: Option<PathBuf>,
}

impl Builder {
    /// One service's setting, over the usual ones.
    pub fn set(mut self, name: Name, setting: &str, value: &str) -> Self {
        self.settings.push((name, setting.into(), value.into()));
        self
    }

    /// One setting of every service, as one in `.env` is.
    pub fn set_all(self, setting: &str, value: &str) -> Self {
        Name::ALL.into_iter().fold(self, |builder, name| builder.set(name, setting, value))
    }

    /// As in docker-compose.yml, with a `DATABASE_URL` of this role and password, which the database does not know; the URL that
    /// works is a generated secret.
    pub fn database_role(mut self, role: &str) -> Self {
        self.role = Some(role.into());
        self
    }

    /// With a `DATABASE_URL` of a role that owns its database and nothing else: somebody else keeps it.
    pub fn one_role(mut self) -> Self {
        self.is_one_role = true;
        self
    }

    /// With what an earlier release left behind: `database.sql` and `store` in this folder.
    pub fn left_behind(mut self, folder: &Path) -> Self {
        self.left_behind = Some(folder.into());
        self
    }

    /// With its database on this server instead of that of `DATABASE_URL`.
    pub fn server(mut self, url: &str) -> Self {
        self.server = Some(url.into());
        self
    }

    /// With its files in this folder instead of one of its own.
    pub fn storage(mut self, folder: &Path) -> Self {
        self.storage = Some(folder.into());
        self
    }

    /// Makes the database, migrates it and starts the services.
    pub async fn start(self) -> Suite {
        let database = Database::create(self.server.as_deref()).await;
        let dir = tempfile::Builder::new().prefix("suite-").tempdir().unwrap();
        let ports = Name::ALL.into_iter().zip(free_ports(Name::ALL.len())).collect();
        let (mut settings, role, storage) = (self.settings, self.role, self.storage);
        if self.is_one_role {
            let url = database.owned_by_a_role_of_its_own().await;
            settings.extend(Name::ALL.map(|name| (name, "DATABASE_URL".into(), url.clone())));
        }
        let mut suite = Suite { settings, role, storage, ports, services: BTreeMap::new(), database, dir: Some(dir) };
        if !self.is_one_role {
            std::fs::create_dir(suite.secrets()).unwrap();
            std::fs::write(suite.secrets().join("database-url"), &suite.database.url).unwrap();
        }
        if let Some(folder) = &self.left_behind {
            suite.database.fill(&folder.join("database.sql")).await;
            copy(&folder.join("store"), &suite.storage());
        }
        suite.migrate().await;
        for name in self.names {
            suite.start_service(name).await;
        }
        suite
    }
}

/// A running suite. Dropped, it leaves nothing behind, unless the test failed: then its logs.
pub struct Suite {
    settings: Vec<(Name, String, String)>,
    role: Option<String>,
    storage: Option<PathBuf>,
    ports: BTreeMap<Name, u16>,
    services: BTreeMap<Name, Service>,
    database: Database,
    dir: Option<TempDir>,
}

impl Suite {
    /// All four services.
    pub async fn start() -> Self {
        Self::of(&Name::ALL).start().await
    }

    /// Some services.
    pub fn of(names: &[Name]) -> Builder {
        Builder {
            names: names.to_vec(),
            settings: Vec::new(),
            role: None,
            is_one_role: false,
            left_behind: None,
            server: None,
            storage: None,
        }
    }

    /// Starts a service that is not running, on the port it had before.
    pub async fn start_service(&mut self, name: Name) {
        let log = self.dir().join(format!("{}.log", name.binary()));
        let service = Service::start(&binary(name.binary()), self.ports[&name], &self.settings(name), log).await;
        let before = self.services.insert(name, service);
        assert!(before.is_none(), "{name:?} was running");
    }

    /// What comes before every start: secrets, schema, roles.
    pub async fn migrate(&self) {
        let mut settings = self.settings(Name::Worker);
        settings.retain(|(name, _)| name != "PORT");
        settings.push(("SECRETS_DIR".into(), self.secrets().display().to_string()));
        run(&binary("migrate"), &settings, &self.dir().join("migrate.log")).await;
    }

    /// How a service opens the database.
    pub fn database_url(&self, name: Name) -> String {
        std::fs::read_to_string(self.secrets().join(name.binary()).join("database-url")).unwrap()
    }

    /// A running service.
    pub fn service(&mut self, name: Name) -> &mut Service {
        self.services.get_mut(&name).expect("it was started")
    }

    /// One service's setting, from its next start on.
    pub fn set(&mut self, name: Name, setting: &str, value: &str) {
        self.settings.push((name, setting.into(), value.into()));
    }

    /// kill -9, and its end.
    pub async fn kill(&mut self, name: Name) {
        let mut service = self.services.remove(&name).expect("it was started");
        service.signal("KILL");
        service.ended().await;
    }

    /// SIGTERM, and its end, which has to be a good one.
    pub async fn stop(&mut self, name: Name) {
        let mut service = self.services.remove(&name).expect("it was started");
        service.signal("TERM");
        let status = service.ended().await;
        assert!(status.success(), "{name:?} ended with {status}:\n{}", service.log());
    }

    /// Loses the database and the store, as a broken disk does. No service may be running.
    pub async fn wipe(&mut self) {
        assert!(self.services.is_empty(), "the services are to be stopped first");
        self.database.wipe().await;
        std::fs::remove_dir_all(self.storage()).unwrap();
        std::fs::create_dir(self.storage()).unwrap();
    }

    /// Runs one of `deploy/backup`, and says whether it succeeded and what it said.
    pub async fn backup_script(&self, script: &str, arguments: &[&str], keep: u32) -> (bool, String) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/backup").join(script);
        let run = tokio::process::Command::new(path)
            .args(arguments)
            .env("DATABASE_URL", &self.database.url)
            .env("STORAGE_DIR", self.storage())
            .env("BACKUP_DIR", self.backups())
            .env("BACKUP_KEEP", keep.to_string())
            .stdin(std::process::Stdio::null())
            .kill_on_drop(true)
            .output();
        let output = tokio::time::timeout(PATIENCE, run).await.expect("the script ends").unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&said).into_owned())
    }

    /// The folder of its backups.
    pub fn backups(&self) -> PathBuf {
        self.dir().join("backups")
    }

    /// The database, to look at from behind.
    pub fn pool(&self) -> &PgPool {
        &self.database.pool
    }

    /// One number SQL counts.
    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(self.pool()).await.unwrap()
    }

    /// A client of the processor that has the services' token.
    pub fn processor(&self) -> Processor {
        let token = std::fs::read_to_string(self.secrets().join("processor-token")).unwrap();
        Processor::new(&self.url(Name::Processor), token.trim())
    }

    /// What Prometheus shows to web.
    pub fn metrics_token(&self) -> String {
        std::fs::read_to_string(self.secrets().join("monitoring/metrics-token")).unwrap()
    }

    /// A client of the web API, signed in as the first administrator, with a drive.
    pub async fn api(&self) -> Api {
        let link = std::fs::read_to_string(self.dir().join("setup-link")).unwrap();
        let token = link.trim().split_once("token=").expect("the link has a token").1;
        Api::set_up(&self.url(Name::Web), token).await
    }

    /// A client of the web API, signed in as somebody who is there.
    pub async fn sign_in(&self, email: &str, password: &str) -> Api {
        Api::sign_in(&self.url(Name::Web), email, password).await
    }

    /// Where a service listens.
    pub fn url(&self, name: Name) -> String {
        format!("http://127.0.0.1:{}", self.ports[&name])
    }

    /// The last lines of what `migrate` said.
    pub fn migrates_log(&self) -> String {
        tail(&self.dir().join("migrate.log"))
    }

    /// The folder of blobs and artifacts.
    pub fn storage(&self) -> PathBuf {
        self.storage.clone().unwrap_or_else(|| self.dir().join("storage"))
    }

    /// Whatever a test is about: no service's role lacked a right that its work needs.
    fn refuse_missing_rights(&self) {
        for entry in std::fs::read_dir(self.dir()).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "log") {
                let log = std::fs::read_to_string(&path).unwrap();
                let refused = log.lines().find(|line| line.contains("permission denied for"));
                assert_eq!(refused, None, "in {}", path.display());
            }
        }
    }

    fn secrets(&self) -> PathBuf {
        self.dir().join("secrets")
    }

    fn dir(&self) -> &Path {
        self.dir.as_ref().expect("it is only taken on drop").path()
    }

    fn settings(&self, name: Name) -> Vec<(String, String)> {
        // As in docker-compose.yml, where a setting that nobody makes is empty.
        let of_env = self.role.as_deref().map(|role| self.database.with_role(role));
        let (url, server) = of_env.unwrap_or_default();
        let usual = [
            ("DATABASE_URL", url),
            ("POSTGRES_HOST", server),
            ("DATABASE_CONNECTIONS", "5".into()),
            ("SECRETS_DIR", self.secrets().join(name.binary()).display().to_string()),
            ("SETUP_LINK_FILE", self.dir().join("setup-link").display().to_string()),
            ("STORAGE_DIR", self.storage().display().to_string()),
            ("PROCESSOR_URL", self.url(Name::Processor)),
            ("REALTIME_URL", self.url(Name::Realtime)),
            ("PUBLIC_URL", self.url(Name::Web)),
            ("STORAGE_RESERVE_BYTES", "0".into()),
        ];
        let usual = usual.into_iter().map(|(setting, value)| (setting.to_owned(), value));
        let own = self.settings.iter().filter(|(of, ..)| *of == name);
        usual.chain(own.map(|(_, setting, value)| (setting.clone(), value.clone()))).collect()
    }
}

impl Drop for Suite {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.refuse_missing_rights();
            return;
        }
        for (name, service) in &self.services {
            eprintln!("--- {name:?}\n{}", service.log());
        }
        if let Some(dir) = self.dir.take() {
            eprintln!("--- kept for you: {}", dir.keep().display());
        }
    }
}

/// Beside the test: `target/<profile>/deps/suite-…` belongs to `target/<profile>/<name>`.
/// A program of ours, by its name.
pub fn binary(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.parent().and_then(Path::parent).expect("tests lie in target/<profile>/deps").join(name)
}

/// A folder with all that is in it.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &to.join(entry.file_name())),
            false => drop(std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap()),
        }
    }
}

/// Ports nobody has now. Somebody may take one before its service does; then that test fails loudly, and never has yet.
fn free_ports(count: usize) -> Vec<u16> {
    let held: Vec<TcpListener> = (0..count).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
    held.iter().map(|listener| listener.local_addr().unwrap().port()).collect()
}
