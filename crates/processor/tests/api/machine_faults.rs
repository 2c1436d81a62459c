//! M18: what the machine cannot do for a while is no file's fault. All files that came during ten minutes of a full disk had failed
//! for good.

use crate::app::TestApp;
use model::ContentHash;
use queue::{JobRecord, Runner, Status};
use sqlx::PgPool;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

fn work(app: &TestApp) -> Runner {
    let builder = Runner::builder(app.state.context.queue.clone());
    jobs::register_processor_kinds(&app.state.context, builder, &app.state.config.slots).start()
}

/// Uploads of texts, each longer than what a full disk may have left.
async fn upload_some(app: &TestApp) -> Vec<ContentHash> {
    let mut hashes = vec![];
    for n in 0..3 {
        hashes.push(app.upload("a.txt", format!("{n} words ").repeat(4000).as_bytes()).await);
    }
    hashes
}

async fn jobs_of(app: &TestApp) -> Vec<JobRecord> {
    let mut conn = app.pool.acquire().await.unwrap();
    queue::list(&mut conn, &queue::Filter::default(), None, 100).await.unwrap()
}

async fn is_degraded(app: &TestApp) -> bool {
    app.get("/health").await.json()["checks"]["machine"]["status"] == "degraded"
}

/// Waits until that many seconds have passed at most.
async fn until(seconds: u64, what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !is_so().await {
        assert!(began.elapsed() < Duration::from_secs(seconds), "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// While the machine is ill all jobs wait, without an attempt, and somebody is told; then all are done.
async fn files_wait_while(app: &TestApp, mend: impl FnOnce()) {
    let runner = work(app);
    until(60, "nobody was told", async || is_degraded(app).await).await;
    for job in jobs_of(app).await {
        // One may just be looking.
        let attempts = i16::from(job.status == Status::Processing);
        assert!(matches!(job.status, Status::Pending | Status::Processing), "{job:?}");
        assert_eq!((job.attempts, job.errors.len()), (attempts, 0), "{job:?}");
    }
    mend();
    until(90, "not all were done", async || jobs_of(app).await.iter().all(|job| job.finished_at.is_some())).await;
    for job in jobs_of(app).await {
        assert_eq!((job.status, job.attempts, job.errors.len()), (Status::Completed, 1, 0), "{job:?}");
    }
    assert_eq!(app.count("select count(*) from contents where status <> 'completed'").await, 0);
    assert!(!is_degraded(app).await, "it did not recover by itself");
    runner.stop(Duration::from_secs(5)).await;
}

/// A disk of its own for the store, which can be full. Nothing where nobody may mount one.
struct Disk {
    dir: tempfile::TempDir,
}

impl Disk {
    fn mount() -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=32m", "small-disk"]).arg(dir.path());
        mount.output().is_ok_and(|output| output.status.success()).then_some(Self { dir })
    }

    fn ballast(&self) -> std::path::PathBuf {
        self.dir.path().join("ballast")
    }

    fn fill(&self, leave_bytes: u64) {
        let mut ballast = File::create(self.ballast()).unwrap();
        loop {
            match ballast.write(&[b'x'; 64 << 10]) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull => break,
                Err(error) => panic!("{error}"),
            }
        }
        let size = ballast.metadata().unwrap().len();
        ballast.set_len(size - leave_bytes).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.dir.path()).status();
    }
}

/// Where nothing can be mounted, the store that is away stands for it.
async fn a_full_disk(pool: PgPool, leave_bytes: u64) {
    let Some(disk) = Disk::mount() else { return a_store_that_is_away(pool).await };
    let app = TestApp::with(pool, |config| config.storage_dir = disk.dir.path().join("store")).await;
    upload_some(&app).await;
    disk.fill(leave_bytes);
    files_wait_while(&app, || std::fs::remove_file(disk.ballast()).unwrap()).await;
}

async fn a_store_that_is_away(pool: PgPool) {
    let app = TestApp::new(pool).await;
    upload_some(&app).await;
    let (root, elsewhere) = (app.dir.path().to_owned(), app.dir.path().with_extension("elsewhere"));
    std::fs::rename(&root, &elsewhere).unwrap();
    files_wait_while(&app, || std::fs::rename(&elsewhere, &root).unwrap()).await;
}

/// Readers have no room for what they write.
#[sqlx::test(migrations = "../../migrations")]
async fn m18_files_wait_while_the_disk_is_full_for_readers(pool: PgPool) {
    a_full_disk(pool, 0).await;
}

/// Readers have room, and what they made has none in the store.
#[sqlx::test(migrations = "../../migrations")]
async fn m18_files_wait_while_the_disk_is_full_for_the_store(pool: PgPool) {
    a_full_disk(pool, 100 << 10).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn m18_files_wait_while_the_store_is_away(pool: PgPool) {
    a_store_that_is_away(pool).await;
}

/// An upload is told so, too, and not that something is wrong on our side.
#[sqlx::test(migrations = "../../migrations")]
async fn m18_uploads_to_a_store_that_is_away_are_refused_for_now(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let elsewhere = app.dir.path().with_extension("elsewhere");
    std::fs::rename(app.dir.path(), &elsewhere).unwrap();
    let form = crate::app::Form::new().file("file", "a.txt", b"hello");
    let answer = app.post_form("/api/upload/single", form).await;
    answer.refused(503, "unavailable");
    assert_eq!(answer.header("retry-after"), "5");
    assert_eq!(app.get("/health").await.json()["checks"]["storage"]["status"], "unhealthy");
    std::fs::rename(&elsewhere, app.dir.path()).unwrap();
    app.upload("a.txt", b"hello").await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn m18_files_wait_while_no_reader_can_be_started(pool: PgPool) {
    let programs = tempfile::tempdir().unwrap();
    let program = programs.path().join("processor");
    let app = TestApp::with(pool, |config| config.sandbox.program = program.clone()).await;
    upload_some(&app).await;
    let real = Path::new(env!("CARGO_BIN_EXE_processor"));
    files_wait_while(&app, || std::os::unix::fs::symlink(real, &program).unwrap()).await;
}

/// What a reader writes has a bound of its own: a file that goes beyond it says the same as a full disk, and is to blame for it.
#[sqlx::test(migrations = "../../migrations")]
async fn m18_a_file_that_alone_has_no_room_ends(pool: PgPool) {
    let app = TestApp::with(pool, |config| config.sandbox.output_bytes = 1000).await;
    app.upload("a.txt", &[b'a'; 5000]).await;
    let runner = work(&app);
    until(60, "it did not end", async || jobs_of(&app).await[0].finished_at.is_some()).await;
    let [job] = jobs_of(&app).await.try_into().unwrap();
    assert_eq!((job.status, job.code.as_deref(), job.attempts), (Status::Failed, Some("internal"), 3), "{job:?}");
    assert!(!is_degraded(&app).await);
    runner.stop(Duration::from_secs(5)).await;
}
