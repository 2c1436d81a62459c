//! The job kind, on a real job table: from a content to its pages and on to the local engine.

use crate::server::{Answer, Server};
use db::ocr::{Page, Run};
use jobs::external_ocr::{Api, ApiSettings, Cooldown, ExternalOcr, ExternalService};
use jobs::kinds::ocr_external;
use jobs::outbound::{Networks, Outbound};
use jobs::{Imports, Machine, Processor, Retention, Slots, WorkerContext, register_worker_kinds};
use model::{ContentHash, Facts, JobKind, OcrEngine, OcrLanguages, Outcome, Report};
use queue::{Done, Job, Queue, Runner};
use serde_json::json;
use sqlx::PgPool;
use std::time::Duration;
use tokio::sync::mpsc;

const TIMEOUT: Duration = Duration::from_millis(500);

fn hash() -> ContentHash {
    ContentHash::from_digest([5; 32])
}

struct Bench {
    pool: PgPool,
    server: Server,
}

impl Bench {
    /// A content without text on these pages, and a service with these answers.
    async fn new(pool: PgPool, pages: &[u32], answers: impl IntoIterator<Item = Answer>) -> Self {
        let mut conn = pool.acquire().await.unwrap();
        db::contents::upsert_pending(&mut conn, &hash(), 10, "application/pdf", None).await.unwrap();
        let facts = Facts { pages_without_text: pages.to_vec(), ..Facts::default() };
        db::contents::finish(&mut conn, &hash(), &Report { facts, ..Report::of(Outcome::Ok) }).await.unwrap();
        drop(conn);
        Self { pool, server: Server::start(answers).await }
    }

    fn service(&self, pages_a_month: u64) -> ExternalService {
        let url = format!("{}/v1", self.server.url);
        let api = Api::new(&ApiSettings { url, key: None, model: "sees".into(), timeout: TIMEOUT }).unwrap();
        ExternalService { api, requests_a_minute: 6000, pages_a_month, cooldown: Cooldown::default() }
    }

    /// Runs the content's jobs until it is handed on to the local engine. Gives its pages.
    async fn run(&self, service: Option<ExternalService>) -> Vec<Page> {
        let languages = OcrLanguages::default();
        let processor = Processor::new(&self.server.url, "token").unwrap();
        let queue = Queue::new(self.pool.clone());
        let external_ocr = ExternalOcr {
            pool: self.pool.clone(),
            queue: queue.clone(),
            processor: processor.clone(),
            service,
            languages: languages.clone(),
        };
        let day = Duration::from_secs(86400);
        let retention = Retention { events: day, jobs: day, dead_jobs: day, trash: None, contents: day, audit: day };
        let imports = Imports { outbound: Outbound::new(Networks::default()), limit_bytes: 0 };
        let (pool, machine) = (self.pool.clone(), Machine::new(None));
        let context = WorkerContext { pool, processor, retention, external_ocr, imports, machine };
        let (sender, mut handed_on) = mpsc::unbounded_channel();
        let builder = register_worker_kinds(
            &context,
            Runner::builder(queue.clone()),
            &Slots::default().with(JobKind::OcrExternal, 3),
        );
        let local = move |job: Job| {
            let sender = sender.clone();
            async move {
                sender.send(job.payload["contentHash"].as_str().unwrap().to_owned()).unwrap();
                Ok(Done::Result(json!(null)))
            }
        };
        let runner = builder.kind("ocr-process", 1, local).start();
        queue.enqueue(ocr_external::new_job(&hash())).await.unwrap();
        assert_eq!(handed_on.recv().await.unwrap(), hash().as_str());
        runner.stop(Duration::from_secs(10)).await;
        let jobs: i64 = sqlx::query_scalar("select count(*) from queue.jobs where kind = 'ocr-process'")
            .fetch_one(&self.pool)
            .await
            .unwrap();
        assert_eq!(jobs, 1, "it is handed on once");
        let run = Run { hash: &hash(), engine: OcrEngine::External, languages: &languages };
        db::ocr::list(&mut self.pool.acquire().await.unwrap(), run).await.unwrap()
    }

    async fn taken(&self) -> u64 {
        db::ocr_budget::taken(&mut self.pool.acquire().await.unwrap()).await.unwrap()
    }
}

fn summary(pages: &[Page]) -> Vec<(u32, &str, Option<&str>)> {
    pages.iter().map(|page| (page.page, page.text.as_str(), page.failure.as_deref())).collect()
}

#[sqlx::test(migrations = "../../migrations")]
async fn every_page_is_read_and_then_the_local_engine_has_its_turn(pool: PgPool) {
    let bench = Bench::new(pool.clone(), &[1, 3, 4], []).await;
    let pages = bench.run(Some(bench.service(100))).await;
    assert_eq!(summary(&pages), [(1, "the rest", None), (3, "the rest", None), (4, "the rest", None)]);
    assert_eq!(bench.taken().await, 3);
    let gate: (f64, f64) = sqlx::query_as("select rate, burst from queue.gates where key = 'ocr-external'")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(gate, (100.0, 600.0), "6,000 a minute, over all workers and contents");
}

/// A busy service, a fault, a stall and a cut answer cost time and no page.
#[sqlx::test(migrations = "../../migrations")]
async fn a_service_that_misbehaves_is_asked_again(pool: PgPool) {
    let busy = Answer::Status(429, "Retry-After: 1\r\n", "{}");
    let fault = Answer::Status(500, "", "{}");
    let bench = Bench::new(pool, &[2], [busy, fault, Answer::Stall, Answer::Text("read at last")]).await;
    let pages = bench.run(Some(bench.service(100))).await;
    assert_eq!(summary(&pages), [(2, "read at last", None)]);
    assert_eq!(bench.server.asked().len(), 4);
    assert_eq!(bench.taken().await, 3, "what the service put off is not counted");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_not_read_outside_is_left_to_the_local_engine(pool: PgPool) {
    let refused = Answer::Status(401, "", "{\"error\":{\"message\":\"Incorrect key\"}}");
    let bench = Bench::new(pool, &[1, 9], [refused]).await;
    let pages = bench.run(Some(bench.service(100))).await;
    assert_eq!(
        summary(&pages),
        [(1, "", Some("the OCR API answered 401: Incorrect key")), (9, "", Some("The page cannot be drawn."))]
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_months_budget_is_kept(pool: PgPool) {
    let bench = Bench::new(pool, &[1, 2, 3, 4, 5], []).await;
    let pages = bench.run(Some(bench.service(2))).await;
    assert_eq!(pages.iter().filter(|page| page.failure.is_none()).count(), 2);
    let left = pages.iter().filter(|page| page.failure.as_deref() == Some("The pages of this month are used up."));
    assert_eq!(left.count(), 3);
    assert_eq!((bench.server.asked().len(), bench.taken().await), (2, 2));
}

#[sqlx::test(migrations = "../../migrations")]
async fn without_a_service_the_local_engine_has_its_turn_at_once(pool: PgPool) {
    let bench = Bench::new(pool, &[1, 2], []).await;
    assert_eq!(bench.run(None).await, []);
    assert_eq!((bench.server.asked().len(), bench.taken().await), (0, 0));
}
