//! The watched folder: what is taken from it, once, and what is left or set aside.

use crate::app::{TestApp, person};
use processor::WatchedFolder;
use sqlx::PgPool;
use sqlx::types::Uuid;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tempfile::TempDir;

struct Bench {
    app: TestApp,
    watched: WatchedFolder,
    root: TempDir,
    owner: Uuid,
    drive: Uuid,
    now: Instant,
}

impl Bench {
    /// A watched folder with one drive's, whose owner is a person of ours.
    async fn new(pool: PgPool) -> Self {
        let (owner, drive) = person(&pool, "ann").await;
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join(drive.to_string())).unwrap();
        let app = TestApp::with(pool, |config| config.upload_max_bytes = 1000).await;
        Self { app, watched: WatchedFolder::new(root.path()), root, owner, drive, now: Instant::now() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(self.drive.to_string()).join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    /// One look, so many milliseconds after the last.
    async fn look(&mut self, after_ms: u64) {
        self.now += Duration::from_millis(after_ms);
        self.watched.round(&self.app.state, self.now).await;
    }

    /// Looks until whatever lies there has had its time.
    async fn pass(&mut self) {
        for _ in 0..2 {
            self.look(5_000).await;
        }
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.path(folder)) else { return vec![] };
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// The names of all files and how many bytes each has, in the order they were added.
    async fn files(&self) -> Vec<(String, i64)> {
        sqlx::query_as(
            "select f.name, c.size_bytes from files f join contents c on c.hash = f.content_hash order by f.created_at, f.name",
        )
        .fetch_all(&self.app.pool)
        .await
        .unwrap()
    }

    async fn remembered(&self) -> i64 {
        self.app.count("select count(*) from watched_files").await
    }
}

fn file(name: &str, size_bytes: i64) -> (String, i64) {
    (name.to_owned(), size_bytes)
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_file_is_taken_when_it_has_not_changed_for_five_seconds(pool: PgPool) {
    let mut bench = Bench::new(pool).await;
    bench.write("a.txt", "half");
    bench.look(0).await;
    bench.look(4_999).await;
    assert!(bench.files().await.is_empty());
    bench.write("a.txt", "half and half");
    bench.look(1).await;
    bench.look(4_999).await;
    assert!(bench.files().await.is_empty(), "it was written to");
    bench.look(1).await;
    assert_eq!(bench.files().await, [file("a.txt", 13)]);
    assert_eq!((bench.names(""), bench.names("done")), (vec!["done".into()], vec!["a.txt".into()]));
    assert_eq!(std::fs::read(bench.path("done/a.txt")).unwrap(), b"half and half");
    let whose: (Uuid, Uuid) =
        sqlx::query_as("select drive_id, owner_id from files").fetch_one(&bench.app.pool).await.unwrap();
    assert_eq!(whose, (bench.drive, bench.owner));
    assert_eq!(bench.app.count("select count(*) from queue.jobs where kind = 'ingest-file'").await, 1);
    assert_eq!(bench.app.count("select count(*) from events where kind = 'file.created'").await, 1);
    assert_eq!((bench.remembered().await, bench.app.temp_files()), (0, 0));
    // Another one under its name is another file.
    bench.write("a.txt", "more");
    bench.pass().await;
    assert_eq!(bench.files().await, [file("a.txt", 13), file("a.txt", 4)]);
    assert_eq!(bench.names("done"), ["a (2).txt", "a.txt"]);
}

/// The file is added, and what comes after does not come about: a crash, a full disk, a folder without rights.
#[sqlx::test(migrations = "../../migrations")]
async fn what_was_taken_and_not_moved_is_not_taken_again(pool: PgPool) {
    let mut bench = Bench::new(pool).await;
    bench.write("a.txt", "hello");
    bench.write("done", "no folder at all");
    bench.pass().await;
    assert_eq!(bench.files().await, [file("a.txt", 5)]);
    assert!(bench.path("a.txt").exists());
    for _ in 0..3 {
        // Another process: it knows nothing but what is written down.
        bench.watched = WatchedFolder::new(bench.root.path());
        bench.pass().await;
    }
    assert_eq!(bench.files().await, [file("a.txt", 5)]);
    assert_eq!(bench.remembered().await, 1);
    std::fs::remove_file(bench.path("done")).unwrap();
    bench.pass().await;
    assert_eq!((bench.names("done"), bench.remembered().await), (vec!["a.txt".into()], 0));
    assert_eq!(bench.files().await, [file("a.txt", 5)]);
}

/// The file is moved, and the process dies before that is forgotten; or a person tidies up before it is moved.
#[sqlx::test(migrations = "../../migrations")]
async fn what_is_remembered_of_a_file_that_left_keeps_nothing_from_being_taken(pool: PgPool) {
    let mut bench = Bench::new(pool).await;
    sqlx::query("insert into watched_files values ($1, 'a.txt', 1, 5, $1), ($1, 'b.txt', 1, 5, $1)")
        .bind(bench.drive)
        .execute(&bench.app.pool)
        .await
        .unwrap();
    bench.write("a.txt", "hello");
    bench.pass().await;
    assert_eq!(bench.files().await, [file("a.txt", 5)], "it is not the one that was taken then");
    assert_eq!((bench.names("done"), bench.remembered().await), (vec!["a.txt".into()], 0));
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_cannot_be_taken_is_set_aside_with_a_sentence(pool: PgPool) {
    let mut bench = Bench::new(pool).await;
    for _ in 0..2 {
        bench.write("large.bin", [7u8; 1001]);
        bench.pass().await;
    }
    assert!(bench.files().await.is_empty());
    let expected = ["large (2).bin", "large (2).bin.error.txt", "large.bin", "large.bin.error.txt"];
    assert_eq!(bench.names("failed"), expected);
    let sentence = std::fs::read_to_string(bench.path("failed/large.bin.error.txt")).unwrap();
    assert_eq!(sentence, "The file is larger than 1000 bytes.\n");
    assert_eq!(bench.names(""), ["failed"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn links_special_files_and_what_is_hidden_are_left_alone(pool: PgPool) {
    let mut bench = Bench::new(pool).await;
    let secret = tempfile::tempdir().unwrap();
    std::fs::write(secret.path().join("secret.txt"), "secret").unwrap();
    symlink(secret.path().join("secret.txt"), bench.path("link.txt")).unwrap();
    symlink(secret.path(), bench.path("folder")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(bench.path("pipe")).status().unwrap();
    assert!(made.success());
    let _socket = std::os::unix::net::UnixListener::bind(bench.path("socket")).unwrap();
    std::fs::create_dir(bench.path("inner")).unwrap();
    bench.write("inner/x.txt", "deeper");
    bench.write(".a.txt.part", "half");
    // Drives that are links, strangers, nobody's, or called otherwise than they are.
    let other = bench.drive.to_string().to_uppercase();
    for name in ["notes", "00000000-0000-0000-0000-000000000007", &*other] {
        std::fs::create_dir(bench.root.path().join(name)).unwrap();
        std::fs::write(bench.root.path().join(name).join("x.txt"), "x").unwrap();
    }
    symlink(secret.path(), bench.root.path().join("00000000-0000-0000-0000-000000000008")).unwrap();
    std::fs::write(bench.root.path().join("x.txt"), "x").unwrap();
    bench.write("good.txt", "good");
    let before = bench.names("");
    bench.pass().await;
    assert_eq!(bench.files().await, [file("good.txt", 4)]);
    let mut after = bench.names("");
    after.retain(|name| name != "done");
    assert_eq!(after, before.into_iter().filter(|name| name != "good.txt").collect::<Vec<_>>());
    assert_eq!(std::fs::read_dir(secret.path()).unwrap().count(), 1);
}

/// Whoever may write to the folder does not get the service to move files elsewhere.
#[sqlx::test(migrations = "../../migrations")]
async fn nothing_is_moved_over_a_link(pool: PgPool) {
    let mut bench = Bench::new(pool).await;
    let elsewhere = tempfile::tempdir().unwrap();
    symlink(elsewhere.path(), bench.path("done")).unwrap();
    symlink(elsewhere.path(), bench.path("failed")).unwrap();
    bench.write("a.txt", "hello");
    bench.write("large.bin", [7u8; 1001]);
    bench.pass().await;
    bench.pass().await;
    assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 0);
    assert_eq!(bench.files().await, [file("a.txt", 5)], "taken once, and still where it was");
    assert!(bench.path("a.txt").exists() && bench.path("large.bin").exists());
}

#[sqlx::test(migrations = "../../migrations")]
async fn files_of_a_drive_whose_owner_is_disabled_wait(pool: PgPool) {
    let mut bench = Bench::new(pool.clone()).await;
    bench.write("a.txt", "hello");
    let mut conn = pool.acquire().await.unwrap();
    db::users::set_disabled(&mut conn, bench.owner, true).await.unwrap();
    bench.pass().await;
    assert_eq!((bench.files().await, bench.names("")), (vec![], vec!["a.txt".into()]));
    db::users::set_disabled(&mut conn, bench.owner, false).await.unwrap();
    bench.pass().await;
    assert_eq!(bench.files().await, [file("a.txt", 5)]);
}

/// Two processors over one folder: the other one looks while this one holds it, and finds nothing to do.
#[sqlx::test(migrations = "../../migrations")]
async fn one_processor_watches_at_a_time(pool: PgPool) {
    let mut bench = Bench::new(pool).await;
    bench.write("a.txt", "hello");
    let folder = std::fs::File::open(bench.root.path()).unwrap();
    folder.lock().unwrap();
    bench.pass().await;
    assert!(bench.files().await.is_empty());
    folder.unlock().unwrap();
    bench.pass().await;
    assert_eq!(bench.files().await, [file("a.txt", 5)]);
}

/// A name that is no text, and one that begins like an option.
#[sqlx::test(migrations = "../../migrations")]
async fn any_name_is_taken_and_made_harmless(pool: PgPool) {
    use std::os::unix::ffi::OsStrExt;
    let mut bench = Bench::new(pool).await;
    let odd = std::ffi::OsStr::from_bytes(b"gr\xfc\xdfe.txt");
    std::fs::write(bench.path("").join(odd), "odd").unwrap();
    bench.write("-rf \u{202e}fdp.txt", "dash");
    bench.write("empty.txt", "");
    bench.pass().await;
    let mut names: Vec<String> = bench.files().await.into_iter().map(|(name, _)| name).collect();
    names.sort();
    assert_eq!(names, ["-rf fdp.txt", "empty.txt", "gr\u{fffd}\u{fffd}e.txt"]);
    assert_eq!(std::fs::read(bench.path("done").join(odd)).unwrap(), b"odd", "its own name is kept");
}
