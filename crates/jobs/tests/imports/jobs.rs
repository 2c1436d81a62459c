//! The job kind, on a real job table, with a processor that notes what it is sent.

use crate::server::{ALLOWED, INNER, Server, answer};
use db::drives::Role;
use db::imports::{Begun, Import, NewImport};
use db::users::NewUser;
use jobs::external_ocr::ExternalOcr;
use jobs::outbound::Outbound;
use jobs::{Imports, Machine, Processor, Retention, Slots, WorkerContext, register_worker_kinds};
use model::{ContentHash, JobKind, OcrLanguages};
use queue::{JobRecord, Queue, Runner, Status};
use serde_json::json;
use sqlx::PgPool;
use sqlx::types::Uuid;
use std::time::Duration;
use time::OffsetDateTime;

const LIMIT_BYTES: u64 = 1000;

struct Bench {
    pool: PgPool,
    processor: Server,
    person: Uuid,
    drive: Uuid,
    file: Uuid,
}

impl Bench {
    /// A person with a drive, and a processor that gives every request this answer.
    async fn with(pool: PgPool, answer: impl Fn(Uuid) -> String) -> Self {
        let mut conn = pool.acquire().await.unwrap();
        let new = NewUser { email: "ann@example.org", name: "Ann", password_hash: "", is_admin: false };
        let person = db::users::insert(&mut conn, &new).await.unwrap().id;
        let drive = db::drives::insert(&mut conn, "d", person).await.unwrap();
        let file = Uuid::from_u128(7);
        let processor = Server::start(INNER, answer(file)).await;
        Self { pool: pool.clone(), processor, person, drive, file }
    }

    async fn new(pool: PgPool) -> Self {
        Self::with(pool, |file| {
            let stored = json!({
                "contentHash": ContentHash::from_digest([5; 32]), "deduplicated": false, "fileId": file, "jobIds": [],
                "jobs": {"ingest": true}, "size": 5, "success": true,
            });
            answer("200 OK", "content-type: application/json\r\n", &stored.to_string())
        })
        .await
    }

    async fn begin(&self, url: &str) -> Import {
        let mut tx = self.pool.begin().await.unwrap();
        let new = NewImport { asked_by: self.person, drive_id: self.drive, url, key: None };
        let Begun::New(import) = db::imports::begin(&mut tx, &new).await.unwrap() else { panic!("it is new") };
        tx.commit().await.unwrap();
        import
    }

    /// Runs the import's job until it is over, or waits for another try, and gives it.
    async fn run(&self, import: &Import) -> JobRecord {
        let (queue, processor) = (Queue::new(self.pool.clone()), self.processor.url(INNER, ""));
        let processor = Processor::new(processor, "token").unwrap();
        let day = Duration::from_secs(86400);
        let context = WorkerContext {
            pool: self.pool.clone(),
            processor: processor.clone(),
            retention: Retention { events: day, jobs: day, dead_jobs: day, trash: None, contents: day, audit: day },
            external_ocr: ExternalOcr {
                pool: self.pool.clone(),
                queue: queue.clone(),
                processor,
                service: None,
                languages: OcrLanguages::default(),
            },
            imports: Imports { outbound: Outbound::new(ALLOWED.parse().unwrap()), limit_bytes: LIMIT_BYTES },
            machine: Machine::new(None),
        };
        let slots = Slots::default().with(JobKind::ImportLink, 1);
        let runner = register_worker_kinds(&context, Runner::builder(queue), &slots).start();
        let job = loop {
            let mut conn = self.pool.acquire().await.unwrap();
            let job = queue::find(&mut conn, import.job_id.unwrap()).await.unwrap().unwrap();
            let is_put_off = job.run_at.is_some_and(|at| at > OffsetDateTime::now_utc() + Duration::from_secs(1));
            if is_put_off || !matches!(job.status, Status::Pending | Status::Processing) || !job.errors.is_empty() {
                break job;
            }
            drop(conn);
            tokio::time::sleep(Duration::from_millis(10)).await;
        };
        runner.stop(Duration::from_secs(10)).await;
        job
    }

    /// How an import of this link ends: its code and its sentence.
    async fn failure(&self, url: &str) -> (String, String) {
        let import = self.begin(url).await;
        let job = self.run(&import).await;
        assert_eq!(job.status, Status::Failed, "{job:?}");
        (job.code.unwrap(), job.error.unwrap())
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_a_link_leads_to_goes_to_the_processor_as_uploads_do(pool: PgPool) {
    let bench = Bench::new(pool.clone()).await;
    let headers = "content-type: application/pdf\r\ncontent-disposition: attachment; filename=\"a b.pdf\"\r\n";
    let outer = Server::start(ALLOWED, answer("200 OK", headers, "hello")).await;
    let import = bench.begin(&outer.url(ALLOWED, "/x")).await;
    let job = bench.run(&import).await;
    assert_eq!((job.status, job.result), (Status::Completed, Some(json!({"fileId": bench.file}))));
    let head = bench.processor.heads()[0].to_ascii_lowercase();
    assert!(head.starts_with("post /api/upload/single ") && head.contains("authorization: bearer token\r\n"), "{head}");
    assert!(head.contains("x-announced-bytes: 5\r\n"), "{head}");
    let body = String::from_utf8(bench.processor.bodies()[0].clone()).unwrap();
    for (field, value) in [
        ("driveId", bench.drive.to_string()),
        ("userId", bench.person.to_string()),
        ("editorId", bench.person.to_string()),
        ("importId", import.id.to_string()),
        ("name", "a b.pdf".into()),
        ("sizeBytes", "5".into()),
    ] {
        let at = body.find(&format!("name=\"{field}\"")).unwrap_or_else(|| panic!("no {field} in {body}"));
        assert!(body[at..].split("\r\n--").next().unwrap().contains(&value), "{field} is not {value}: {body}");
    }
    assert!(body.contains("hello"));
    assert!(!job.payload.to_string().contains(ALLOWED), "the link may have a secret in it: {}", job.payload);
    // Begun again as if the worker had died before it wrote that down.
    sqlx::query("insert into contents (hash, size_bytes, mime) values (repeat('a', 64), 5, 'x')")
        .execute(&pool)
        .await
        .unwrap();
    sqlx::query("insert into files (id, content_hash, name) values ($1, repeat('a', 64), 'x')")
        .bind(bench.file)
        .execute(&pool)
        .await
        .unwrap();
    let again = bench.begin(&outer.url(ALLOWED, "/x")).await;
    db::imports::finish(&mut pool.acquire().await.unwrap(), again.id, bench.file, 5).await.unwrap();
    assert_eq!(bench.run(&again).await.result, Some(json!({"fileId": bench.file})));
    assert_eq!((outer.heads().len(), bench.processor.heads().len()), (1, 1), "nobody was asked again");
}

/// With a length that is said, and without one: then it is cut where it goes over, and nothing whole reaches the processor.
#[sqlx::test(migrations = "../../migrations")]
async fn an_answer_over_the_limit_is_refused_or_cut(pool: PgPool) {
    let bench = Bench::new(pool).await;
    let expected = ("too-large".to_owned(), "The file is larger than 1000 bytes.".to_owned());
    let said = Server::start(ALLOWED, answer("200 OK", "", &"x".repeat(1001))).await;
    assert_eq!(bench.failure(&said.url(ALLOWED, "/")).await, expected);
    assert!(bench.processor.heads().is_empty(), "it was known before a byte of it came");
    // As much as whoever reads it takes.
    let endless = format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{}", "x".repeat(8 << 20));
    let endless = Server::start(ALLOWED, endless).await;
    assert_eq!(bench.failure(&endless.url(ALLOWED, "/")).await, expected);
    for body in bench.processor.ended_bodies().await {
        assert!(body.len() < 3000 && !body.ends_with(b"0\r\n\r\n"), "{} bytes and an end", body.len());
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_answer_that_breaks_off_is_no_file_and_is_tried_again(pool: PgPool) {
    let bench = Bench::new(pool).await;
    for half in ["content-length: 100\r\n\r\nhalf of it", "transfer-encoding: chunked\r\n\r\n9\r\nhalf of it\r\n"] {
        let outer = Server::start(ALLOWED, format!("HTTP/1.1 200 OK\r\n{half}")).await;
        let import = bench.begin(&outer.url(ALLOWED, "/")).await;
        let job = bench.run(&import).await;
        assert_eq!(job.status, Status::Pending);
        assert_eq!(job.errors[0].error, "The server stopped before the file was whole.");
    }
    let bodies = bench.processor.ended_bodies().await;
    assert_eq!(bodies.len(), 2);
    for body in bodies {
        assert!(!body.ends_with(b"0\r\n\r\n"), "{}", String::from_utf8_lossy(&body));
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn errors_have_a_code_and_a_sentence(pool: PgPool) {
    let bench = Bench::new(pool).await;
    let (code, sentence) = bench.failure(&format!("http://{INNER}:1/")).await;
    assert_eq!((&*code, &*sentence), ("address-not-public", "The link leads to an address that is not public."));
    let missing = Server::start(ALLOWED, answer("404 Not Found", "", "")).await;
    let (code, sentence) = bench.failure(&missing.url(ALLOWED, "/")).await;
    assert_eq!((&*code, &*sentence), ("refused-by-server", "The server answered 404."));
}

/// Who has lost the right since asking is not fetched for, and what the processor says at the end holds, too.
#[sqlx::test(migrations = "../../migrations")]
async fn rights_are_asked_for_before_and_after(pool: PgPool) {
    let refusal =
        json!({"code": "not_an_editor", "error": "Forbidden", "message": "No.", "success": false}).to_string();
    let bench =
        Bench::with(pool.clone(), |_| answer("403 Forbidden", "content-type: application/json\r\n", &refusal)).await;
    let outer = Server::start(ALLOWED, answer("200 OK", "", "hello")).await;
    let link = outer.url(ALLOWED, "/");
    assert_eq!(bench.failure(&link).await.0, "not-an-editor");
    assert_eq!((outer.heads().len(), bench.processor.heads().len()), (1, 1));
    let mut conn = pool.acquire().await.unwrap();
    db::drives::set_member(&mut conn, bench.drive, bench.person, Role::Viewer).await.unwrap();
    assert_eq!(bench.failure(&link).await.0, "not-an-editor");
    db::drives::set_member(&mut conn, bench.drive, bench.person, Role::Owner).await.unwrap();
    db::users::set_disabled(&mut conn, bench.person, true).await.unwrap();
    assert_eq!(bench.failure(&link).await.0, "not-an-editor");
    assert_eq!((outer.heads().len(), bench.processor.heads().len()), (1, 1), "nobody was asked");
}

/// A processor that takes nothing at the moment costs no attempt.
#[sqlx::test(migrations = "../../migrations")]
async fn a_processor_that_is_full_is_waited_for(pool: PgPool) {
    let refusal =
        json!({"code": "no_space", "error": "x", "message": "The store is full.", "success": false}).to_string();
    let bench =
        Bench::with(pool, |_| answer("507 Insufficient Storage", "content-type: application/json\r\n", &refusal)).await;
    let outer = Server::start(ALLOWED, answer("200 OK", "", "hello")).await;
    let import = bench.begin(&outer.url(ALLOWED, "/")).await;
    let job = bench.run(&import).await;
    assert_eq!((job.status, job.attempts, job.errors.len()), (Status::Pending, 0, 0), "{job:?}");
}
