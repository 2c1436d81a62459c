//! The scrub: a byte that changed on the disk is found, named, and told to whoever looks at the file.

use crate::app::{JPEG, TestApp};
use jobs::{ScrubPace, Scrubbed};
use model::ContentHash;
use serde_json::{Value, json};
use sqlx::PgPool;
use std::num::NonZeroU64;
use std::path::PathBuf;
use std::time::Duration;

const PACE: ScrubPace =
    ScrubPace { every: Duration::from_secs(30 * 86_400), bytes_per_second: NonZeroU64::new(1 << 30).unwrap() };

fn blob(app: &TestApp, hash: &ContentHash) -> PathBuf {
    app.dir.path().join("blobs").join(hash.shard()).join(hash.as_str())
}

async fn days_pass(app: &TestApp, days: i32) {
    sqlx::query("update contents set checked_at = checked_at - make_interval(days => $1)")
        .bind(days)
        .execute(&app.pool)
        .await
        .unwrap();
}

async fn warnings(app: &TestApp, hash: &ContentHash) -> Value {
    app.get(&format!("/cache/{hash}/metadata")).await.ok()["warnings"].clone()
}

#[sqlx::test(migrations = "../../migrations")]
async fn one_flipped_byte_is_found_and_named_until_it_is_put_right(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (sound, damaged) = (app.upload("a.txt", b"hello").await, app.upload("b.jpg", JPEG).await);
    assert_eq!(app.state.scrub_next(PACE).await.unwrap(), Scrubbed::NothingDue, "they were hashed when they came");
    let mut bytes = JPEG.to_vec();
    bytes[9] ^= 1;
    std::fs::write(blob(&app, &damaged), bytes).unwrap();
    days_pass(&app, 31).await;

    let mut found = vec![app.state.scrub_next(PACE).await.unwrap(), app.state.scrub_next(PACE).await.unwrap()];
    found.sort_by_key(|scrubbed| matches!(scrubbed, Scrubbed::Damaged(..)));
    assert_eq!(found[0], Scrubbed::Sound(sound.clone()));
    assert!(matches!(&found[1], Scrubbed::Damaged(hash, _) if *hash == damaged), "{found:?}");
    assert_eq!(app.state.scrub_next(PACE).await.unwrap(), Scrubbed::NothingDue);

    assert_eq!(warnings(&app, &damaged).await[0]["code"], json!("damaged"));
    assert_eq!(warnings(&app, &sound).await, json!([]));
    assert_eq!(app.count("select count(*) from events where kind = 'file.status'").await, 1);
    let health = app.health_becomes("storage", "degraded").await;
    assert!(health["message"].as_str().unwrap().contains(damaged.as_str()), "{health}");

    std::fs::write(blob(&app, &damaged), JPEG).unwrap();
    days_pass(&app, 1).await;
    assert_eq!(app.state.scrub_next(PACE).await.unwrap(), Scrubbed::Sound(damaged.clone()));
    assert_eq!(warnings(&app, &damaged).await, json!([]));
    app.health_becomes("storage", "healthy").await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_file_that_is_missing_from_the_store_is_damaged_too(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("a.txt", b"hello").await;
    std::fs::remove_file(blob(&app, &hash)).unwrap();
    days_pass(&app, 31).await;
    let found = app.state.scrub_next(PACE).await.unwrap();
    assert!(matches!(&found, Scrubbed::Damaged(_, damage) if damage.contains("missing")), "{found:?}");
}

/// A slow pass over a large file is not to be waited for when the service stops, nor is that file to wait for a month.
#[sqlx::test(migrations = "../../migrations")]
async fn a_scrub_that_is_asked_to_stop_takes_the_file_up_again(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("a.txt", b"hello").await;
    days_pass(&app, 31).await;
    let slow = ScrubPace { bytes_per_second: NonZeroU64::MIN, ..PACE };
    let stopped = jobs::scrub_next(&app.state.context, slow, std::future::ready(())).await.unwrap();
    assert_eq!(stopped, Scrubbed::Stopped);
    assert_eq!(app.state.scrub_next(PACE).await.unwrap(), Scrubbed::Sound(hash));
}
