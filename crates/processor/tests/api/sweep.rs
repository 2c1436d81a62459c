//! The sweep of the store: what it takes, when it refuses, and that nothing it takes is lost at once.

use crate::app::{Answer, JPEG, TestApp};
use axum::body::Body;
use axum::http::Request;
use model::ContentHash;
use processor::Config;
use serde_json::json;
use sqlx::PgPool;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use time::OffsetDateTime;

fn age(path: &Path) {
    File::options()
        .write(true)
        .open(path)
        .unwrap()
        .set_modified(SystemTime::now() - Duration::from_secs(90_000))
        .unwrap();
}

fn blob(app: &TestApp, hash: &ContentHash) -> PathBuf {
    app.dir.path().join("blobs").join(hash.shard()).join(hash.as_str())
}

async fn upload(app: &TestApp, bytes: &[u8]) -> ContentHash {
    let hash = app.upload("a.txt", bytes).await;
    age(&blob(app, &hash));
    hash
}

async fn forget(app: &TestApp, hash: &ContentHash) {
    sqlx::query("delete from files where content_hash = $1").bind(hash.as_str()).execute(&app.pool).await.unwrap();
    sqlx::query("delete from contents where hash = $1").bind(hash.as_str()).execute(&app.pool).await.unwrap();
}

/// Blobs nobody knows, as they lie there after a dump from before their uploads was restored.
fn strangers(app: &TestApp, count: u32) -> Vec<PathBuf> {
    let add = |n: u32| {
        let mut digest = [7; 32];
        digest[..4].copy_from_slice(&n.to_le_bytes());
        let path = blob(app, &ContentHash::from_digest(digest));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, b"a stranger").unwrap();
        age(&path);
        path
    };
    (0..count).map(add).collect()
}

async fn sweep(app: &TestApp, query: &str) -> Answer {
    app.trusted(Request::post(format!("/api/storage/sweep{query}")).body(Body::empty()).unwrap()).await
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_sweep_puts_what_belongs_to_nothing_into_the_trash(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (kept, orphan) = (upload(&app, JPEG).await, upload(&app, b"hello").await);
    app.derive(&orphan, "thumbnail", "image/webp", b"RIFF....WEBP").await;
    forget(&app, &orphan).await;
    let left = app.dir.path().join("tmp/left-by-a-crash");
    std::fs::write(&left, b"half").unwrap();
    age(&left);
    app.send(Request::post("/api/storage/sweep").body(Body::empty()).unwrap()).await.refused(401, "unauthorized");
    let body = sweep(&app, "").await.ok();
    assert_eq!(
        body,
        json!({"success": true, "tempFiles": 1, "blobs": 1, "trashedBytes": 5, "freedBytes": 0, "waitsForBackup": false})
    );
    assert!(blob(&app, &kept).exists() && !blob(&app, &orphan).exists() && !left.exists());
    let trash = app.dir.path().join("trash").join(OffsetDateTime::now_utc().date().to_string());
    let inside = |folder: &str| trash.join(folder).join(orphan.shard()).join(orphan.as_str());
    assert_eq!(std::fs::read(inside("blobs")).unwrap(), b"hello");
    assert!(inside("cache").join("thumbnail").exists());
}

/// L11: bytes in the cache without a row were nobody's business, and a crash between the two left them for ever.
#[sqlx::test(migrations = "../../migrations")]
async fn l11_a_sweep_removes_artifacts_without_a_row(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = upload(&app, JPEG).await;
    let gone = ContentHash::from_digest([9; 32]);
    let cached =
        |hash: &ContentHash, name: &str| app.dir.path().join("cache").join(hash.shard()).join(hash.as_str()).join(name);
    app.derive(&hash, "thumbnail", "image/webp", b"RIFF....WEBP").await;
    let kept = cached(&hash, "thumbnail");
    let (left, without_content, young) =
        (cached(&hash, "ai-chat"), cached(&gone, "pages.json"), cached(&hash, "text.md"));
    for path in [&left, &without_content, &young] {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, b"left").unwrap();
    }
    for path in [&kept, &left, &without_content] {
        age(path);
    }
    let body = sweep(&app, "").await.ok();
    assert_eq!(body["freedBytes"], json!(8));
    assert!(!left.exists() && !without_content.exists(), "their rows are not there");
    assert!(kept.exists(), "it has a row");
    let moved = app.dir.path().join("derived").join(hash.shard()).join(hash.as_str()).join("text.md");
    assert!(!young.exists() && moved.exists(), "its row may be about to be written, and it is no image");
}

/// The database was lost, or another was named, while the store stayed: within the hour every original was gone.
#[sqlx::test(migrations = "../../migrations")]
async fn an_empty_database_does_not_empty_the_store(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = upload(&app, b"hello").await;
    forget(&app, &hash).await;
    sqlx::query("delete from store_identity").execute(&app.pool).await.unwrap();
    let left = app.dir.path().join("tmp/left-by-a-crash");
    std::fs::write(&left, b"half").unwrap();
    age(&left);
    for query in ["", "?force=true"] {
        let body = sweep(&app, query).await.refused(409, "not_bonded");
        assert!(body["message"].as_str().unwrap().contains("and the database has none"), "{body}");
    }
    assert!(blob(&app, &hash).exists() && left.exists(), "nothing is touched");
    let health = app.health_becomes("storage", "degraded").await;
    assert!(health["message"].as_str().unwrap().contains("STORAGE_BOND"), "{health}");
}

/// Another volume was mounted under the running suite.
#[sqlx::test(migrations = "../../migrations")]
async fn a_foreign_store_is_not_swept(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = upload(&app, b"hello").await;
    forget(&app, &hash).await;
    std::fs::write(app.dir.path().join("id"), "aaaaaaaa-1111-4111-8111-111111111111").unwrap();
    let body = sweep(&app, "").await.refused(409, "not_bonded");
    assert!(body["message"].as_str().unwrap().contains("the store has the id aaaaaaaa"), "{body}");
    assert!(blob(&app, &hash).exists());
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_processor_does_not_start_over_a_store_that_is_another_databases(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let hash = upload(&app, b"hello").await;
    forget(&app, &hash).await;
    sqlx::query("delete from store_identity").execute(&pool).await.unwrap();
    let store = app.dir.path();
    let again = async |bond: Option<String>| {
        let change = |config: &mut Config| (config.storage_dir, config.storage_bond) = (store.to_owned(), bond);
        TestApp::open(pool.clone(), change).await.map(drop)
    };
    let refused = format!("{:#}", again(None).await.unwrap_err());
    assert!(refused.contains(&*store.to_string_lossy()) && refused.lines().count() == 1, "{refused}");
    let (pair, _) = refused.rsplit_once("STORAGE_BOND=").unwrap().1.split_once(' ').unwrap();
    again(Some(pair.to_owned())).await.unwrap();
    again(None).await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_sweep_of_too_much_takes_nothing_until_it_is_forced(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let kept = upload(&app, b"hello").await;
    let strangers = strangers(&app, 101);
    let body = sweep(&app, "").await.refused(409, "too_many_orphans");
    let message = body["message"].as_str().unwrap();
    assert!(message.contains("101 of the 102 files") && message.contains("force=true"), "{message}");
    assert!(strangers.iter().all(|path| path.exists()));
    app.health_becomes("storage", "degraded").await;
    sweep(&app, "?forse=true").await.refused(400, "bad_request");

    assert_eq!(sweep(&app, "?force=true").await.ok()["blobs"], json!(101));
    assert!(!strangers.iter().any(|path| path.exists()) && blob(&app, &kept).exists());
    app.health_becomes("storage", "healthy").await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_hundred_files_deleted_from_a_small_store_are_swept_unasked(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let strangers = strangers(&app, 100);
    assert_eq!(sweep(&app, "").await.ok()["blobs"], json!(100));
    assert!(!strangers.iter().any(|path| path.exists()));
}

/// A content that is deleted while a backup is made is in its dump all the same, so that its bytes have to be there to be copied.
#[sqlx::test(migrations = "../../migrations")]
async fn nothing_is_swept_while_a_backup_is_made(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let orphan = upload(&app, b"hello").await;
    forget(&app, &orphan).await;
    sqlx::query("insert into backups (id, label) values (gen_random_uuid(), 'now')").execute(&app.pool).await.unwrap();
    for query in ["", "?force=true"] {
        let body = sweep(&app, query).await.ok();
        assert_eq!((&body["blobs"], &body["waitsForBackup"]), (&json!(0), &json!(true)), "{body}");
    }
    assert!(blob(&app, &orphan).exists());
    let died = "update backups set alive_at = now() - interval '11 minutes'";
    sqlx::query(died).execute(&app.pool).await.unwrap();
    let body = sweep(&app, "").await.ok();
    assert_eq!((&body["blobs"], &body["waitsForBackup"]), (&json!(1), &json!(false)), "{body}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_trash_is_emptied_after_a_week(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let today = OffsetDateTime::now_utc().date();
    let [week, longer] = [7, 8].map(|days| {
        let folder = app.dir.path().join("trash").join((today - time::Duration::days(days)).to_string());
        std::fs::create_dir_all(folder.join("blobs/2c")).unwrap();
        std::fs::write(folder.join("blobs/2c/a-blob"), b"hello").unwrap();
        folder
    });
    let strangers = strangers(&app, 101);
    sweep(&app, "").await.refused(409, "too_many_orphans");
    assert!(longer.exists(), "a sweep that is refused empties nothing either");
    strangers.iter().for_each(|path| std::fs::remove_file(path).unwrap());
    assert_eq!(sweep(&app, "").await.ok()["freedBytes"], json!(5));
    assert!(week.exists() && !longer.exists());
}
