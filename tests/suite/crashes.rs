//! Processes that die, stop and freeze in the middle of a burst: nothing acknowledged is lost, nothing is done twice.

use futures_util::StreamExt;
use futures_util::stream;
use serde_json::Value;
use system_tests::{Name, Processor, Suite, eventually};

const FILES: usize = 200;

/// Uploads until all are acknowledged, over whatever happens to the processor.
async fn upload_all(processor: Processor) -> Vec<Value> {
    let upload = |n: usize| {
        let processor = processor.clone();
        async move {
            let text = format!("This is text number {n} of a burst.\n").repeat(20);
            processor.upload_anyhow(&format!("{n}.txt"), text.as_bytes()).await
        }
    };
    stream::iter(0..FILES).map(upload).buffer_unordered(6).collect().await
}

async fn finished_at_least(suite: &Suite, count: i64) {
    eventually("some jobs are finished", async || {
        (suite.count("select count(*) from queue.finished").await >= count).then_some(())
    })
    .await;
}

/// Every file is read, by exactly one completed job per content, and nothing is left over.
async fn everything_is_done_once(suite: &Suite, answers: &[Value]) {
    eventually("all contents are read", async || {
        (suite.count("select count(*) from contents where status = 'completed'").await == FILES as i64).then_some(())
    })
    .await;
    assert_eq!(
        suite.count("select count(*) from queue.finished where status = 'completed' and kind = 'ingest-file'").await,
        FILES as i64
    );
    assert_eq!(suite.count("select count(*) from queue.jobs where kind = 'ingest-file'").await, FILES as i64);
    assert_eq!(
        suite
            .count("select count(distinct payload ->> 'contentHash') from queue.jobs where kind = 'ingest-file'")
            .await,
        FILES as i64
    );
    assert_eq!(suite.count("select count(*) from queue.keys where key like 'ingest:%'").await, 0);
    assert_eq!(suite.count("select count(*) from artifacts where name = 'extracted-text.txt'").await, FILES as i64);
    let processor = suite.processor();
    for answer in answers {
        let hash = answer["contentHash"].as_str().unwrap();
        let text = processor.bytes(&format!("/cache/{hash}/extracted-text.txt")).await.expect("its text is there");
        assert!(text.starts_with(b"This is text number "));
    }
}

#[tokio::test]
async fn kill_9_in_the_middle_of_a_burst_loses_and_doubles_nothing() {
    let mut suite = Suite::of(&[Name::Processor]).start().await;
    let uploads = tokio::spawn(upload_all(suite.processor()));
    for finished in [10, 60, 110] {
        finished_at_least(&suite, finished).await;
        suite.kill(Name::Processor).await;
        suite.start_service(Name::Processor).await;
    }
    let answers = uploads.await.unwrap();
    everything_is_done_once(&suite, &answers).await;
    // What was killed while it ran says so.
    let again = suite.count("select count(*) from queue.finished where attempt > 1").await;
    let crashed = suite.count("select count(*) from queue.finished where errors -> 0 ->> 'code' = 'crashed'").await;
    assert_eq!(again, crashed);
}

#[tokio::test]
async fn sigterm_hands_back_what_is_not_finished() {
    let mut suite = Suite::of(&[Name::Processor]).start().await;
    let uploads = tokio::spawn(upload_all(suite.processor()));
    finished_at_least(&suite, 20).await;
    suite.stop(Name::Processor).await;
    assert_eq!(suite.count("select count(*) from queue.hot where worker <> 0").await, 0, "nothing is left running");
    assert_eq!(suite.count("select count(*) from queue.workers").await, 0, "the worker has left");
    suite.start_service(Name::Processor).await;
    let answers = uploads.await.unwrap();
    everything_is_done_once(&suite, &answers).await;
    assert_eq!(
        suite.count("select count(*) from queue.finished where attempt > 1").await,
        0,
        "stopping costs no attempt"
    );
}

/// A processor that is frozen past its lease loses its jobs to the others, and thawed completes none of them.
#[tokio::test]
async fn a_frozen_processor_completes_nothing_it_lost() {
    let mut suite = Suite::of(&[Name::Processor, Name::Worker]).start().await;
    let uploads = tokio::spawn(upload_all(suite.processor()));
    finished_at_least(&suite, 20).await;
    suite.service(Name::Processor).signal("STOP");
    // Twenty seconds pass.
    sqlx::query(
        "update queue.workers set heartbeat_at = heartbeat_at - interval '20 seconds' where node = 'processor'",
    )
    .execute(suite.pool())
    .await
    .unwrap();
    eventually("the worker service reaps it", async || {
        (suite.count("select count(*) from queue.workers where node = 'processor'").await == 0).then_some(())
    })
    .await;
    assert_eq!(suite.count("select count(*) from queue.hot where worker <> 0 and kind = 'ingest-file'").await, 0);
    suite.service(Name::Processor).signal("CONT");
    let answers = uploads.await.unwrap();
    eventually("the rest is done", async || {
        let unfinished = "select count(*) from queue.jobs where kind = 'ingest-file' and finished_at is null";
        (suite.count(unfinished).await == 0).then_some(())
    })
    .await;
    everything_is_done_once(&suite, &answers).await;
}
