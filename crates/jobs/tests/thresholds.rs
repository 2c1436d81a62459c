//! Each threshold is passed and kept again, on a real job table: an alert begins, lasts, and is over.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as loudly as tests")]

use db::alerts::Alert;
use db::service_status::Report;
use jobs::evaluate;
use model::JobKind;
use queue::NewJob;
use serde_json::json;
use sqlx::PgPool;

/// A look; what began, what ended, and what lasts, each by name and subject.
async fn look(pool: &PgPool) -> [Vec<String>; 3] {
    let names = |alerts: &[Alert]| alerts.iter().map(|alert| format!("{} {}", alert.name, alert.subject)).collect();
    let changes = evaluate(pool).await.unwrap().changes;
    let lasting = db::alerts::lasting(&mut pool.acquire().await.unwrap()).await.unwrap();
    [names(&changes.began), names(&changes.ended), names(&lasting)]
}

/// Nothing is wrong; `pass` does something, and the alert begins and lasts; `keep` undoes it, and the alert is over.
async fn trips(pool: &PgPool, alert: &str, pass: &[&str], keep: &[&str]) {
    let nothing: [Vec<String>; 3] = Default::default();
    let run = async |statements: &[&str]| {
        for statement in statements {
            sqlx::raw_sql(sqlx::AssertSqlSafe((*statement).to_owned())).execute(pool).await.unwrap();
        }
    };
    let alert = || vec![alert.to_owned()];
    assert_eq!(look(pool).await, nothing, "before {:?}", alert());
    run(pass).await;
    assert_eq!(look(pool).await, [alert(), vec![], alert()]);
    assert_eq!(look(pool).await, [vec![], vec![], alert()], "it is told once");
    run(keep).await;
    assert_eq!(look(pool).await, [vec![], alert(), vec![]]);
    assert_eq!(look(pool).await, nothing);
}

async fn put(pool: &PgPool, kind: JobKind, jobs: usize) {
    let new = |number: usize| NewJob::new(kind.name(), json!({"number": number}));
    let jobs: Vec<NewJob> = (0..jobs).map(new).collect();
    queue::enqueue_many(&mut pool.acquire().await.unwrap(), &jobs).await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn memory_above_nine_tenths_of_a_services_cap(pool: PgPool) {
    let write = async |service: &str, node: &str, used: u64, limit: Option<u64>| {
        let memory = json!({"usedBytes": used, "limitBytes": limit, "peakBytes": used, "oomKills": 0});
        let report = Report { service, node, version: "1", memory, store: None };
        db::service_status::report(&mut pool.acquire().await.unwrap(), &report).await.unwrap();
    };
    write("processor", "a", 90, Some(100)).await;
    write("processor", "b", 10, Some(100)).await;
    write("web", "a", 1 << 40, None).await;
    let use_bytes = |bytes: u64| {
        format!(
            "update service_status set memory = jsonb_set(memory, '{{usedBytes}}', '{bytes}')
             where service = 'processor' and node = 'a'"
        )
    };
    trips(&pool, "memory processor", &[&use_bytes(91)], &[&use_bytes(90)]).await;
    // A program that is gone is not out of memory.
    let leave = "update service_status set reported_at = now() - interval '1 minute' where node = 'a' and service = 'processor'";
    trips(&pool, "memory processor", &[&use_bytes(99)], &[leave]).await;
    // And when nobody is left of its name, that is said.
    let all = "update service_status set reported_at = now() - interval '1 minute' where service = 'processor'";
    let back = "update service_status set reported_at = now() where node = 'b'";
    trips(&pool, "missing-service processor", &[all], &[back]).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn two_of_the_daily_backups_are_missing(pool: PgPool) {
    let made = "insert into backups (id, label, started_at, finished_at, files, bytes)
                select gen_random_uuid(), day::text, now() - make_interval(days => day), now() - make_interval(days => day), 0, 0
                from generate_series(1, 3) as day";
    sqlx::raw_sql(made).execute(&pool).await.unwrap();
    let later =
        "update backups set started_at = started_at - interval '27 h', finished_at = finished_at - interval '27 h'";
    let anew =
        "insert into backups (id, label, finished_at, files, bytes) values (gen_random_uuid(), 'now', now(), 0, 0)";
    trips(&pool, "backup-age ", &[later], &[anew]).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn more_than_a_hundred_jobs_wait(pool: PgPool) {
    put(&pool, JobKind::IngestFile, 60).await;
    put(&pool, JobKind::ImageOptimize, 40).await;
    // These may wait, however many they are.
    put(&pool, JobKind::OcrProcess, 500).await;
    let one_more = "insert into queue.hot (segment, place, id, priority, max_attempts, kind, payload)
                    values (0, nextval('queue.job_ids'), nextval('queue.job_ids'), 1, 3, 'text-extract', '{}')";
    trips(&pool, "pending-jobs ", &[one_more], &["delete from queue.hot where kind = 'text-extract'"]).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn text_recognition_waits_for_more_than_an_hour(pool: PgPool) {
    put(&pool, JobKind::OcrProcess, 1).await;
    put(&pool, JobKind::IngestFile, 1).await;
    let since = |minutes: u32| format!("update queue.hot set queued_at = now() - interval '{minutes} minutes'");
    assert_eq!(look(&pool).await[2], Vec::<String>::new());
    trips(&pool, "waiting-jobs ocr-process", &[&since(61)], &[&since(59)]).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn one_file_takes_more_than_thirty_seconds(pool: PgPool) {
    put(&pool, JobKind::IngestFile, 1).await;
    put(&pool, JobKind::OcrProcess, 1).await;
    let run_since = |seconds: u32| {
        format!("update queue.hot set worker = 7, started_at = clock_timestamp() - interval '{seconds} seconds'")
    };
    let at_work = run_since(5);
    sqlx::raw_sql(sqlx::AssertSqlSafe(at_work.clone())).execute(&pool).await.unwrap();
    trips(&pool, "slow-file ingest-file", &[&run_since(35)], &[&at_work]).await;
    // One that begins and ends between two looks is seen all the same, and forgotten by the next but one.
    let ended = "insert into queue.finished (id, created_at, started_at, finished_at, priority, attempt, max_attempts, status, kind, payload)
                 values (nextval('queue.job_ids'), now() - interval '50 s', now() - interval '45 s', now() - interval '10 s', 1, 1, 3,
                         'completed', 'ingest-file', '{}')";
    let later = "update queue.finished set started_at = started_at - interval '25 s', finished_at = finished_at - interval '25 s'";
    trips(&pool, "slow-file ingest-file", &[ended], &[later]).await;
}

#[sqlx::test(migrations = "../../migrations")]
async fn more_than_a_twentieth_fails(pool: PgPool) {
    let end = |jobs: u32, status: &str, code: &str| {
        format!(
            "insert into queue.finished (id, created_at, started_at, finished_at, priority, attempt, max_attempts, status, kind, payload,
                                         code)
             select nextval('queue.job_ids'), now() - interval '3 minutes', now() - interval '2 minutes',
                    now() - interval '2 minutes', 1, 1, 3, '{status}', 'ingest-file', '{{}}', {code}
             from generate_series(1, {jobs})"
        )
    };
    // Two of two is all of them, and not yet worth a call.
    sqlx::raw_sql(sqlx::AssertSqlSafe(end(2, "failed", "'crashed'"))).execute(&pool).await.unwrap();
    let (third, enough) = (end(1, "failed", "'crashed'"), end(57, "completed", "null"));
    trips(&pool, "failed-jobs ingest-file", &[&third], &[&enough]).await;
    // Three of sixty are a twentieth, and not more.
    let (fourth, hour) =
        (end(1, "failed", "'crashed'"), "update queue.finished set finished_at = now() - interval '61 minutes'");
    trips(&pool, "failed-jobs ingest-file", &[&fourth], &[hour]).await;
}

/// Whichever program looks: what it finds of the queue is the same.
#[sqlx::test(migrations = "../../migrations")]
async fn several_who_look_at_once_tell_each_alert_once(pool: PgPool) {
    put(&pool, JobKind::IngestFile, 101).await;
    let looks = tokio::join!(evaluate(&pool), evaluate(&pool), evaluate(&pool));
    let began: usize = [looks.0, looks.1, looks.2].iter().map(|look| look.as_ref().unwrap().changes.began.len()).sum();
    assert_eq!(began, 1);
}
