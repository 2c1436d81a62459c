//! Files that somebody wants read again, with the real runner and the real readers.

use crate::app::{TestApp, sample};
use db::readings::{NewReading, Reading};
use model::{ContentHash, ReadOcr, ReadWhat};
use queue::Runner;
use serde_json::Value;
use sqlx::PgPool;
use std::time::{Duration, Instant};
use uuid::Uuid;

fn at_work(app: &TestApp) -> Runner {
    let builder = Runner::builder(app.state.context.queue.clone());
    jobs::register_processor_kinds(&app.state.context, builder, &app.state.config.slots).start()
}

async fn until(what: &str, is_so: impl AsyncFn() -> bool) {
    let began = Instant::now();
    while !is_so().await {
        assert!(began.elapsed() < Duration::from_secs(120), "{what}");
        tokio::task::yield_now().await;
    }
}

/// Uploads samples and has them read.
async fn read(app: &TestApp, samples: &[&str]) -> Vec<ContentHash> {
    let mut hashes = vec![];
    for path in samples {
        hashes.push(app.upload(path.rsplit('/').next().unwrap(), &sample(path)).await);
    }
    let runner = at_work(app);
    until("all is read", async || {
        app.count("select count(*) from contents where status in ('pending', 'processing')").await == 0
            && app.count("select count(*) from queue.hot").await == 0
    })
    .await;
    runner.stop(Duration::from_secs(5)).await;
    hashes
}

/// Asks for a reading, as web does for a person.
async fn ask(app: &TestApp, what: ReadWhat, ocr: ReadOcr) -> Option<Reading> {
    let person: Uuid = sqlx::query_scalar(
        "insert into users (email, name, password_hash) values ('a@b.c', 'A', '') on conflict ((lower(email)))
         do update set name = 'A' returning id",
    )
    .fetch_one(&app.pool)
    .await
    .unwrap();
    let mut tx = db::begin(&app.pool).await.unwrap();
    let new = NewReading { asked_by: person, drive_id: None, files: None, what, ocr };
    let begun = db::readings::begin(&mut tx, &new).await.unwrap();
    tx.commit().await.unwrap();
    begun
}

async fn over(app: &TestApp, reading: &Reading) -> Reading {
    let runner = at_work(app);
    let find = async || db::readings::find(&mut app.pool.acquire().await.unwrap(), reading.id).await.unwrap().unwrap();
    until("the reading is over", async || find().await.finished_at.is_some()).await;
    runner.stop(Duration::from_secs(5)).await;
    find().await
}

/// As a build left them that did not know their format.
async fn forget_format(app: &TestApp) {
    sqlx::query(
        r#"update contents set status = 'failed', format = null, reader_version = 1, facts = '{}',
               outcome = '{"outcome": "rejected", "reason": "unsupported", "detail": "Nothing here reads this format."}'"#,
    )
    .execute(&app.pool)
    .await
    .unwrap();
    sqlx::query("delete from artifacts").execute(&app.pool).await.unwrap();
    std::fs::remove_dir_all(app.dir.path().join("derived")).unwrap();
}

async fn metadata(app: &TestApp, hash: &ContentHash) -> Value {
    app.get(&format!("/cache/{hash}/metadata")).await.ok()
}

const SAMPLES: [&str; 3] = ["pdf/three-pages.pdf", "text/hello.txt", "image/lzw.tif"];

/// The job of a file that was refused is completed, and nothing could run it again.
#[sqlx::test(migrations = "../../migrations")]
async fn files_that_a_build_did_not_know_are_read_by_one_that_does(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hashes = read(&app, &SAMPLES).await;
    let before = app.get(&format!("/cache/{}/extracted-text.txt", hashes[0])).await.text();
    assert!(ask(&app, ReadWhat::Failed, ReadOcr::AsSet).await.is_none(), "nothing has failed");
    assert!(ask(&app, ReadWhat::OlderReader, ReadOcr::AsSet).await.is_none(), "all readers are the newest");
    forget_format(&app).await;
    let reading = ask(&app, ReadWhat::OlderReader, ReadOcr::AsSet).await.unwrap();
    assert_eq!((reading.total, reading.done), (3, 0));
    let reading = over(&app, &reading).await;
    assert_eq!((reading.total, reading.done, reading.failed), (3, 3, 0));
    for (hash, status) in hashes.iter().zip(["completed", "completed", "visual"]) {
        assert_eq!(metadata(&app, hash).await["status"], status);
    }
    assert_eq!(app.get(&format!("/cache/{}/extracted-text.txt", hashes[0])).await.text(), before);
    assert_eq!(app.get(&format!("/cache/{}/thumbnail", hashes[2])).await.status, 200);
    assert_eq!(app.count("select count(*) from reading_contents").await, 0);
    assert!(ask(&app, ReadWhat::OlderReader, ReadOcr::AsSet).await.is_none(), "it is done once");
    assert_eq!(app.count("select count(*) from contents where format is null").await, 0);
}

/// The bytes on the disk are others by now, say: reading again finds less than there is.
#[sqlx::test(migrations = "../../migrations")]
async fn what_was_read_stays_when_reading_it_again_fails(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hashes = read(&app, &["pdf/three-pages.pdf", "text/hello.txt"]).await;
    let text = |hash: &ContentHash| format!("/cache/{hash}/extracted-text.txt");
    let before = app.get(&text(&hashes[0])).await.text();
    let blob = app.dir.path().join("blobs").join(hashes[0].shard()).join(hashes[0].as_str());
    std::fs::write(&blob, b"%PDF-1.7 and then nothing").unwrap();
    let reading = over(&app, &ask(&app, ReadWhat::All, ReadOcr::AsSet).await.unwrap()).await;
    assert_eq!((reading.total, reading.done, reading.failed), (2, 2, 1));
    let content = metadata(&app, &hashes[0]).await;
    assert_eq!((&content["status"], &content["outcome"]["outcome"]), (&"completed".into(), &"ok".into()), "{content}");
    assert_eq!(app.get(&text(&hashes[0])).await.text(), before);
    assert_eq!(app.get(&text(&hashes[1])).await.status, 200);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_content_is_on_one_list_at_a_time_and_leaves_it_when_that_is_ended(pool: PgPool) {
    let app = TestApp::new(pool).await;
    read(&app, &["text/hello.txt"]).await;
    let waiting = app.upload("new.txt", b"not read yet").await;
    let first = ask(&app, ReadWhat::All, ReadOcr::AsSet).await.unwrap();
    assert_eq!(first.total, 1, "what waits for its first reading is read anyway");
    assert!(ask(&app, ReadWhat::All, ReadOcr::Force).await.is_none(), "it is on a list already");
    assert_eq!(app.count("select count(*) from queue.jobs where kind = 'read-again'").await, 1);

    let mut tx = db::begin(&app.pool).await.unwrap();
    assert!(db::readings::cancel(&mut tx, first.id).await.unwrap());
    assert!(!db::readings::cancel(&mut tx, first.id).await.unwrap(), "it is over");
    tx.commit().await.unwrap();
    let runner = at_work(&app);
    until("the new one is read", async || metadata(&app, &waiting).await["status"] == "completed").await;
    until("the job ends", async || app.count("select count(*) from queue.hot").await == 0).await;
    runner.stop(Duration::from_secs(5)).await;
    let second = over(&app, &ask(&app, ReadWhat::All, ReadOcr::AsSet).await.unwrap()).await;
    assert_eq!((second.total, second.done), (2, 2));
}

/// Images that an earlier reader made, wrong perhaps, are not shown beside those of the new one.
#[sqlx::test(migrations = "../../migrations")]
async fn images_of_an_earlier_reader_go_with_it(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = read(&app, &["image/lzw.tif"]).await.remove(0);
    app.derive(&hash, "ai-vision", "image/jpeg", crate::app::JPEG).await;
    over(&app, &ask(&app, ReadWhat::All, ReadOcr::AsSet).await.unwrap()).await;
    app.get(&format!("/cache/{hash}/ai-vision")).await.refused(404, "artifact_not_found");
    assert_eq!(app.get(&format!("/cache/{hash}/thumbnail")).await.status, 200);
}

/// A refusal is final as long as nobody reads better.
#[sqlx::test(migrations = "../../migrations")]
async fn bytes_that_an_older_reader_refused_are_read_when_they_come_again(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = read(&app, &["text/hello.txt"]).await.remove(0);
    forget_format(&app).await;
    app.upload("hello.txt", &sample("text/hello.txt")).await;
    assert_eq!(metadata(&app, &hash).await["status"], "pending");
}

/// It was answered with 409: the job of a file that nothing could be made of is completed.
#[sqlx::test(migrations = "../../migrations")]
async fn the_completed_job_of_a_file_that_was_refused_can_be_run_again(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = read(&app, &["text/hello.txt"]).await.remove(0);
    let job = app.count("select id from queue.jobs where kind = 'ingest-file'").await;
    let retry = format!("/api/job/{job}/retry");
    app.post(&retry, serde_json::json!({})).await.refused(409, "conflict");
    forget_format(&app).await;
    let answer = app.post(&retry, serde_json::json!({})).await.ok();
    assert_ne!(answer["jobId"], job.to_string());
    assert_eq!(metadata(&app, &hash).await["status"], "pending");
    app.post(&retry, serde_json::json!({})).await.refused(409, "conflict");
    let runner = at_work(&app);
    until("it is read", async || metadata(&app, &hash).await["status"] == "completed").await;
    runner.stop(Duration::from_secs(5)).await;
}
