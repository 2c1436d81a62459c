//! Texts whose files are gone though their rows are there, as after a restore of a backup without them (security review, M10): the first
//! miss deleted the row, and the text was 404 for ever.

use crate::app::{JPEG, TestApp, sample};
use db::ocr::{Page, Run};
use model::{ContentHash, OcrEngine, OcrLanguages};
use processor::Config;
use queue::{Done, Failure, Job, Runner};
use serde_json::{Value, json};
use service::Settings;
use sqlx::PgPool;
use std::time::{Duration, Instant};

/// The routes that serve a document's text, or need it.
const ROUTES: [&str; 6] =
    ["extracted-text.txt", "text.md", "pages.json", "chunks", "export?format=docx", "export?format=json"];

/// The processor's own jobs at work.
fn at_work(app: &TestApp) -> Runner {
    let builder = Runner::builder(app.state.context.queue.clone());
    jobs::register_processor_kinds(&app.state.context, builder, &app.state.config.slots).start()
}

/// All jobs over text end like this.
fn ending(app: &TestApp, end: fn() -> Result<Done, Failure>) -> Runner {
    let handler = move |_: Job| async move { end() };
    Runner::builder(app.state.context.queue.clone()).kind("text-extract", 1, handler).start()
}

async fn stop(runner: Runner) {
    runner.stop(Duration::from_secs(5)).await;
}

/// Asks until the answer has that status.
async fn until(app: &TestApp, path: &str, status: u16) -> String {
    let began = Instant::now();
    loop {
        let answer = app.get(path).await;
        if answer.status == status {
            return answer.text();
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{path}: {} {}", answer.status, answer.text());
        tokio::task::yield_now().await;
    }
}

/// Says of each answer what it was.
async fn texts(app: &TestApp, hash: &ContentHash) -> Vec<String> {
    let mut texts = vec![];
    for route in ROUTES {
        let answer = app.get(&format!("/cache/{hash}/{route}")).await;
        assert_eq!(answer.status, 200, "{route}: {}", answer.text());
        texts.push(answer.text());
    }
    texts
}

/// Uploads a sample and has it read.
async fn read(app: &TestApp, path: &str) -> ContentHash {
    let runner = at_work(app);
    let hash = app.upload(path.rsplit('/').next().unwrap(), &sample(path)).await;
    until(app, &format!("/cache/{hash}/extracted-text.txt"), 200).await;
    stop(runner).await;
    hash
}

fn lose_texts(app: &TestApp) {
    std::fs::remove_dir_all(app.dir.path().join("derived")).unwrap();
}

async fn jobs_over_text(app: &TestApp) -> i64 {
    app.count("select count(*) from queue.jobs where kind in ('text-extract', 'ocr-process', 'ocr-external')").await
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_lost_text_is_read_again_once_and_is_what_it_was(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = read(&app, "pdf/three-pages.pdf").await;
    let before = texts(&app, &hash).await;
    let rows = app.count("select count(*) from artifacts").await;
    lose_texts(&app);
    for route in ROUTES {
        let answer = app.get(&format!("/cache/{hash}/{route}")).await;
        answer.refused(503, "being_read_again");
        assert!(answer.header("retry-after").parse::<u64>().unwrap() >= 1, "{route}");
    }
    assert_eq!(app.count("select count(*) from artifacts").await, rows, "no row is lost with its file");
    assert_eq!(jobs_over_text(&app).await, 1);
    let runner = at_work(&app);
    for route in ROUTES {
        until(&app, &format!("/cache/{hash}/{route}"), 200).await;
    }
    stop(runner).await;
    assert_eq!(texts(&app, &hash).await, before);
    assert_eq!(jobs_over_text(&app).await, 1);

    // A text that was brought back can be lost again.
    lose_texts(&app);
    app.get(&format!("/cache/{hash}/text.md")).await.refused(503, "being_read_again");
    assert_eq!(jobs_over_text(&app).await, 2);
}

/// What is made of several files is not made without the one that is lost.
#[sqlx::test(migrations = "../../migrations")]
async fn a_form_is_not_made_of_half_a_text(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = read(&app, "pdf/three-pages.pdf").await;
    for (lost, export) in [("pages.json", "chunks"), ("text.md", "chunks"), ("text.md", "export?format=docx")] {
        app.state.context.store.remove_artifact(&hash, lost).await.unwrap();
        app.get(&format!("/cache/{hash}/{export}")).await.refused(503, "being_read_again");
        app.get(&format!("/cache/{hash}/{lost}")).await.refused(503, "being_read_again");
        let runner = at_work(&app);
        until(&app, &format!("/cache/{hash}/{lost}"), 200).await;
        stop(runner).await;
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_text_that_cannot_be_read_again_says_so_until_somebody_tries(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = read(&app, "pdf/three-pages.pdf").await;
    let path = format!("/cache/{hash}/extracted-text.txt");
    lose_texts(&app);
    let runner = ending(&app, || Err(Failure::fatal("memory", "It needs more memory than is allowed.")));
    until(&app, &path, 422).await;
    stop(runner).await;
    for route in ROUTES {
        let refused = app.get(&format!("/cache/{hash}/{route}")).await.refused(422, "text_lost");
        let said = refused["message"].as_str().unwrap();
        assert!(said.ends_with("failed: It needs more memory than is allowed."), "{said}");
    }
    assert_eq!(jobs_over_text(&app).await, 1, "it is not tried again by itself");

    let job: i64 = app.count("select id from queue.jobs where kind = 'text-extract'").await;
    app.post(&format!("/api/job/{job}/retry"), json!({})).await.ok();
    app.get(&path).await.refused(503, "being_read_again");
    app.post(&format!("/api/job/{job}/cancel"), json!({})).await.ok();
    app.get(&path).await.refused(422, "text_lost");
    app.post(&format!("/api/job/{job}/retry"), json!({})).await.ok();
    let runner = at_work(&app);
    until(&app, &path, 200).await;
    stop(runner).await;
}

/// A newer reader may see no text where an older one did.
#[sqlx::test(migrations = "../../migrations")]
async fn a_text_that_reading_again_does_not_bring_back_is_not_waited_for(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = read(&app, "pdf/three-pages.pdf").await;
    lose_texts(&app);
    let runner = ending(&app, || Ok(Done::Result(json!({}))));
    until(&app, &format!("/cache/{hash}/text.md"), 422).await;
    stop(runner).await;
    app.get(&format!("/cache/{hash}/text.md")).await.refused(422, "text_lost");
    assert_eq!(jobs_over_text(&app).await, 1);
}

/// A content that waits for its first reading, or for another, is not read twice for that.
#[sqlx::test(migrations = "../../migrations")]
async fn what_is_read_already_is_waited_for_and_a_full_queue_takes_no_more(pool: PgPool) {
    let app = TestApp::with(pool, |config| config.queue_max_pending = 1.try_into().unwrap()).await;
    let hash = app.upload("a.txt", b"hello").await;
    app.derive(&hash, "extracted-text.txt", "text/plain; charset=utf-8", b"hello").await;
    lose_texts(&app);
    let path = format!("/cache/{hash}/extracted-text.txt");
    app.get(&path).await.refused(503, "being_read_again");
    assert_eq!(jobs_over_text(&app).await, 0);
    sqlx::query("update contents set status = 'completed'").execute(&app.pool).await.unwrap();
    app.get(&path).await.refused(429, "queue_full");
    assert_eq!(jobs_over_text(&app).await, 0);
}

/// Pages that were recognised are kept, and become the text again without being read.
#[sqlx::test(migrations = "../../migrations")]
async fn a_lost_text_of_a_picture_is_made_of_what_was_recognised(pool: PgPool) {
    let app = recognising(pool).await;
    let hash = app.upload("a.jpg", JPEG).await;
    let facts = json!({"width": 640, "height": 480});
    recognised(&app, &hash, "image/jpeg", &facts, 1, "Stop: school bus").await;
    let before = app.get(&format!("/cache/{hash}/extracted-text.txt")).await.text();
    assert!(before.contains("Stop: school bus"));
    lose_texts(&app);
    for name in ["ocr-text.txt", "extracted-text.txt", "chunks"] {
        app.get(&format!("/cache/{hash}/{name}")).await.refused(503, "being_read_again");
    }
    assert_eq!(app.count("select count(*) from queue.jobs where kind = 'text-extract'").await, 0, "it has no text");
    let runner = with_worker(&app);
    assert_eq!(until(&app, &format!("/cache/{hash}/extracted-text.txt"), 200).await, before);
    assert_eq!(app.get(&format!("/cache/{hash}/ocr-text.txt")).await.text(), before);
    stop(runner).await;
}

/// Half of it is the document's own text, which has to be there before the recognised pages go into it.
#[sqlx::test(migrations = "../../migrations")]
async fn a_lost_text_of_a_document_with_recognised_pages_is_whole_again(pool: PgPool) {
    let app = recognising(pool).await;
    let hash = read(&app, "pdf/three-pages.pdf").await;
    let facts = json!({"pages": 3, "pagesWithoutText": [2]});
    recognised(&app, &hash, "application/pdf", &facts, 2, "A page that was a picture").await;
    let before = texts(&app, &hash).await;
    let pages: Vec<&str> = before[0].split('\u{c}').collect();
    assert!(pages[0].contains("Second paragraph") && pages[1].contains("A page that was a picture"), "{pages:?}");
    lose_texts(&app);
    app.get(&format!("/cache/{hash}/text.md")).await.refused(503, "being_read_again");
    let runner = with_worker(&app);
    until(&app, &format!("/cache/{hash}/text.md"), 200).await;
    stop(runner).await;
    assert_eq!(texts(&app, &hash).await, before);
    assert_eq!(app.get(&format!("/cache/{hash}/ocr-text.txt")).await.text(), "A page that was a picture\n");
}

/// Nobody is there to make it, and nobody is told to wait.
#[sqlx::test(migrations = "../../migrations")]
async fn a_lost_text_that_was_recognised_is_not_waited_for_where_that_is_off(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("a.jpg", JPEG).await;
    app.finish(&hash, model::Outcome::Ok).await;
    app.derive(&hash, "ocr-text.txt", "text/plain; charset=utf-8", b"seen").await;
    lose_texts(&app);
    for name in ["ocr-text.txt", "chunks"] {
        let refused = app.get(&format!("/cache/{hash}/{name}")).await.refused(422, "text_lost");
        assert!(refused["message"].as_str().unwrap().contains("ENABLE_OCR"), "{refused}");
    }
    assert_eq!(jobs_over_text(&app).await, 0);
}

/// A processor where an outside service alone recognises text.
async fn recognising(pool: PgPool) -> TestApp {
    let outside = Settings::from_env()
        .with("DATABASE_URL", "postgres://the-test-has-its-own-pool/")
        .with("PROCESSOR_TOKEN", "unused")
        .with("ENABLE_EXTERNAL_OCR", "true");
    let ocr = Config::read(&outside).unwrap().ocr;
    TestApp::with(pool, |config| config.ocr = ocr).await
}

/// The processor's own jobs at work, and in the worker's place one that finds each content's pages read.
fn with_worker(app: &TestApp) -> Runner {
    let (pool, queue) = (app.pool.clone(), app.state.context.queue.clone());
    let worker = move |job: Job| {
        let (pool, queue) = (pool.clone(), queue.clone());
        async move {
            let hash = job.payload["contentHash"].as_str().unwrap().parse().unwrap();
            let languages = OcrLanguages::default();
            let run = Run { hash: &hash, engine: OcrEngine::External, languages: &languages };
            let mut tx = pool.begin().await?;
            queue::enqueue(&mut tx, &jobs::kinds::ocr_process::new_job(run, None)).await?;
            job.finish_on(&mut tx, json!({})).await?;
            tx.commit().await?;
            queue.wake();
            Ok(Done::FinishedInTransaction)
        }
    };
    let builder = Runner::builder(app.state.context.queue.clone()).kind("ocr-external", 1, worker);
    jobs::register_processor_kinds(&app.state.context, builder, &app.state.config.slots).start()
}

/// Recognises one page of a content that has these facts.
async fn recognised(app: &TestApp, hash: &ContentHash, mime: &str, facts: &Value, page: u32, text: &str) {
    app.finish(hash, model::Outcome::Ok).await;
    let sql = "update contents set status = 'visual', mime = $1, facts = $2";
    sqlx::query(sql).bind(mime).bind(facts).execute(&app.pool).await.unwrap();
    let languages = OcrLanguages::default();
    let run = Run { hash, engine: OcrEngine::External, languages: &languages };
    let read = Page { page, text: text.into(), confidence: None, failure: None };
    let mut conn = app.pool.acquire().await.unwrap();
    db::ocr::insert(&mut conn, run, &read, None).await.unwrap();
    queue::enqueue(&mut conn, &jobs::kinds::ocr_process::new_job(run, None)).await.unwrap();
    drop(conn);
    let runner = with_worker(app);
    until(app, &format!("/cache/{hash}/ocr-text.txt"), 200).await;
    stop(runner).await;
}

/// Who looked before the text was there again and asks after its job has ended had it read once more.
#[sqlx::test(migrations = "../../migrations")]
async fn a_text_that_came_back_meanwhile_is_not_read_again(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = read(&app, "text/hello.txt").await;
    let mut tx = db::begin(&app.pool).await.unwrap();
    let seen = db::artifacts::find(&mut tx, &hash, "extracted-text.txt").await.unwrap().unwrap();
    let again = async |conn: &mut sqlx::PgConnection| jobs::read_again(conn, None, &seen).await.unwrap();
    sqlx::query("update artifacts set created_at = created_at + interval '1 s'").execute(&mut *tx).await.unwrap();
    assert_eq!(again(&mut tx).await, jobs::Again::Underway);
    sqlx::query("update artifacts set created_at = created_at - interval '1 s'").execute(&mut *tx).await.unwrap();
    assert_eq!(again(&mut tx).await, jobs::Again::Begun);
}
