//! Worker processes: this very test binary, started once more as a test that does nothing unless it is told its name.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use crate::cluster::Cluster;
use crate::logs::{Begun, Log, Millis, now};
use queue::{Done, Failure, Job, Queue, Runner};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

/// Room for jobs of each kind in a process.
pub const SLOTS: usize = 12;

/// Completed by the handler, together with the row it writes.
pub const EFFECT: &str = "effect";
/// Completed by the runner.
pub const RESULT: &str = "result";

/// What a handler is to do.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Task {
    /// Works for so long.
    pub sleep_ms: u64,
    /// Fails in so many attempts first.
    pub fails: i16,
    /// Is given up.
    pub doomed: bool,
    /// Works until this file is there.
    pub until: Option<PathBuf>,
    /// Waits for that file in the middle of its transaction.
    pub inside: bool,
}

/// A process that takes jobs. It ends with this.
pub struct Worker {
    pub node: String,
    process: Child,
}

impl Worker {
    pub fn start(cluster: &Cluster, node: &str) -> Self {
        let log = File::create(cluster.folder().join(format!("{node}.log"))).unwrap();
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["worker::process", "--exact", "--nocapture"]);
        command.env("CRASH_NODE", node).env("CRASH_URL", cluster.url()).env("CRASH_FOLDER", cluster.folder());
        command.stdin(Stdio::piped()).stdout(log.try_clone().unwrap()).stderr(log);
        Self { node: node.into(), process: command.spawn().unwrap() }
    }

    /// `kill -9`; answers when that was.
    pub fn kill(mut self) -> Millis {
        let at = now();
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        at
    }

    /// SIGSTOP: it does nothing at all any more, and does not know it; answers when that was.
    pub fn freeze(&self) -> Millis {
        self.signal("STOP");
        now()
    }

    /// SIGCONT.
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    pub fn lives(&mut self) -> bool {
        self.process.try_wait().unwrap().is_none()
    }

    fn signal(&self, signal: &str) {
        let process = self.process.id().to_string();
        let status = Command::new("sh").args(["-c", r#"kill -s "$0" "$1""#, signal, &process]).status().unwrap();
        assert!(status.success());
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The process itself. As a test it is nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn process() {
    let Ok(node) = std::env::var("CRASH_NODE") else { return };
    // A test that is killed must not leave processes behind: their input ends with it.
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter("info,sqlx=off").with_ansi(false).init();
    let options = PgPoolOptions::new().max_connections(8).acquire_timeout(Duration::from_secs(3));
    let pool = options.connect_lazy(&std::env::var("CRASH_URL").unwrap()).unwrap();
    let begun = Log::begun(Path::new(&std::env::var_os("CRASH_FOLDER").unwrap()));
    let hands = Arc::new(Hands { node: node.clone(), pool: pool.clone(), begun });
    let handler = move |job: Job| {
        let hands = hands.clone();
        async move { hands.work(job).await }
    };
    let queue = Queue::new(pool);
    let _runner =
        Runner::builder(queue).node(node).kind(EFFECT, SLOTS, handler.clone()).kind(RESULT, SLOTS, handler).start();
    std::future::pending::<()>().await;
}

struct Hands {
    node: String,
    pool: PgPool,
    begun: Log,
}

impl Hands {
    async fn work(&self, job: Job) -> Result<Done, Failure> {
        self.begun.write(&Begun { id: job.id, attempt: job.attempt, node: self.node.clone(), at: now() });
        let task: Task = serde_json::from_value(job.payload.clone()).map_err(soon)?;
        tokio::time::sleep(Duration::from_millis(task.sleep_ms)).await;
        if !task.inside {
            there(&task.until).await;
        }
        if job.attempt <= task.fails {
            return Err(soon("asked to fail"));
        }
        if &*job.kind == EFFECT {
            self.effect(&job, &task).await.map_err(soon)?;
            return Ok(Done::FinishedInTransaction);
        }
        if task.doomed {
            return Err(Failure::fatal("doomed", "asked to give up"));
        }
        Ok(Done::Result(json!({"node": self.node})))
    }

    async fn effect(&self, job: &Job, task: &Task) -> Result<(), queue::Error> {
        let mut tx = self.pool.begin().await?;
        if task.doomed {
            job.fail_on(&mut tx, "doomed", "asked to give up").await?;
        } else {
            let effect =
                sqlx::query("insert into effects (job_id, node) values ($1, $2)").bind(job.id.0).bind(&self.node);
            effect.execute(&mut *tx).await?;
            job.finish_on(&mut tx, json!({"node": self.node})).await?;
        }
        if task.inside {
            there(&task.until).await;
        }
        tx.commit().await?;
        Ok(())
    }
}

/// The usual pause would make rounds long.
fn soon(error: impl ToString) -> Failure {
    Failure::Retry { error: error.to_string(), after: Some(Duration::from_millis(200)) }
}

/// A file is something that a process can be told by whether Postgres runs or not.
async fn there(file: &Option<PathBuf>) {
    while file.as_ref().is_some_and(|file| !file.exists()) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
