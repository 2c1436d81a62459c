//! Jobs that ended without their handlers, and what becomes of their content.

use db::ocr::{Page, Run};
use jobs::external_ocr::reconcile_pages;
use model::{ContentHash, Facts, OcrEngine, OcrLanguages, Outcome, Report};
use sqlx::PgPool;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(60);

fn hash() -> ContentHash {
    ContentHash::from_digest([6; 32])
}

/// A content without text on three pages, of which the first was read.
async fn content(pool: &PgPool, run: Run<'_>) {
    let mut conn = pool.acquire().await.unwrap();
    db::contents::upsert_pending(&mut conn, &hash(), 10, "application/pdf", None).await.unwrap();
    let facts = Facts { pages_without_text: vec![1, 2, 5], ..Facts::default() };
    db::contents::finish(&mut conn, &hash(), &Report { facts, ..Report::of(Outcome::Ok) }).await.unwrap();
    let read = Page { page: 1, text: "read".into(), confidence: None, failure: None };
    db::ocr::insert(&mut conn, run, &read, None).await.unwrap();
}

/// A job of a page that ended so many minutes ago.
async fn page_job(pool: &PgPool, page: u32, status: &str, minutes: i32) {
    sqlx::query(
        "insert into queue.finished (id, priority, attempt, max_attempts, created_at, finished_at, status, kind, unique_key,
                                     subject, payload)
         values (nextval('queue.job_ids'), 2, 4, 4, now() - interval '1 hour', now() - make_interval(mins => $3), $2,
                 'ocr-external', 'ocr-external:' || $4 || ':' || $1, $4, jsonb_build_object('contentHash', $4, 'page', $1))",
    )
    .bind(page as i32)
    .bind(status)
    .bind(minutes)
    .bind(hash().as_str())
    .execute(pool)
    .await
    .unwrap();
}

async fn local_jobs(pool: &PgPool) -> i64 {
    let sql = "select count(*) from queue.jobs where kind = 'ocr-process'";
    sqlx::query_scalar(sql).fetch_one(pool).await.unwrap()
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_content_whose_last_page_lost_its_job_is_handed_on_once(pool: PgPool) {
    let languages = OcrLanguages::default();
    let run = Run { hash: &hash(), engine: OcrEngine::External, languages: &languages };
    content(&pool, run).await;
    let reconcile = async || reconcile_pages(&pool, &languages, PATIENCE).await.unwrap();
    page_job(&pool, 1, "completed", 9).await;
    assert_eq!(reconcile().await, 0, "nothing was lost");

    page_job(&pool, 2, "failed", 9).await;
    page_job(&pool, 5, "cancelled", 9).await;
    let mut conn = pool.acquire().await.unwrap();
    let key = format!("ocr-external:{}:9", hash());
    let in_flight = queue::NewJob::new("ocr-external", serde_json::json!({})).subject(hash().as_str()).unique(key);
    let in_flight = queue::enqueue(&mut conn, &in_flight).await.unwrap();
    assert_eq!(reconcile().await, 0, "a page is still asked for, and after it the content goes on by itself");
    queue::cancel(&mut conn, in_flight.id).await.unwrap();

    assert_eq!((reconcile().await, local_jobs(&pool).await), (1, 1));
    let pages = db::ocr::list(&mut conn, run).await.unwrap();
    let failed: Vec<(u32, bool)> = pages.iter().map(|page| (page.page, page.failure.is_some())).collect();
    assert_eq!(failed, [(1, false), (2, true), (5, true)]);
    assert_eq!((reconcile().await, local_jobs(&pool).await), (0, 1), "once");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_was_lost_just_now_may_still_be_somebody_elses_work(pool: PgPool) {
    let languages = OcrLanguages::default();
    content(&pool, Run { hash: &hash(), engine: OcrEngine::External, languages: &languages }).await;
    page_job(&pool, 2, "failed", 0).await;
    assert_eq!(reconcile_pages(&pool, &languages, PATIENCE).await.unwrap(), 0);
    assert_eq!(local_jobs(&pool).await, 0);
}
