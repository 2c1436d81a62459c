//! Uploads of several files, and the jobs they make.

use reqwest::multipart::{Form, Part};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use std::collections::HashSet;
use system_tests::{Name, Suite};

/// PageSpace's processor lost all but the first job of a batch.
#[tokio::test]
async fn a_batch_keeps_all_its_jobs() {
    let suite = Suite::of(&[Name::Processor]).start().await;
    let processor = suite.processor();
    let form = (0..10).fold(Form::new(), |form, n| {
        form.part("files", Part::bytes(format!("Text number {n}.\n").into_bytes()).file_name(format!("{n}.txt")))
    });
    let answer = processor.request(Method::POST, "/api/upload/multiple").multipart(form).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let answer: Value = answer.json().await.unwrap();
    let files = answer["files"].as_array().unwrap();
    assert_eq!(files.len(), 10);
    let jobs: HashSet<&str> =
        files.iter().map(|file| file["jobIds"][0].as_str().expect("every file has a job")).collect();
    assert_eq!(jobs.len(), 10);
    for file in files {
        let job = processor.job_ends(file["jobIds"][0].as_str().unwrap()).await;
        assert_eq!(job["status"], "completed", "{job}");
        assert_eq!(job["contentHash"], file["contentHash"]);
        assert_eq!(job["type"], "ingest-file");
        assert_eq!(job["attempts"], 1);
    }
    assert_eq!(suite.count("select count(*) from queue.finished where status = 'completed'").await, 10);
    assert_eq!(suite.count("select count(*) from queue.keys").await, 0);
}

#[tokio::test]
async fn an_unknown_job_is_not_found() {
    let suite = Suite::of(&[Name::Processor]).start().await;
    for id in ["4711", "not-a-number", "-1", "99999999999999999999"] {
        let (status, body) = suite.processor().get(&format!("/api/job/{id}")).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{body}");
    }
}

#[tokio::test]
async fn the_same_bytes_are_stored_and_read_once() {
    let suite = Suite::of(&[Name::Processor]).start().await;
    let processor = suite.processor();
    let first = processor.upload("one.txt", b"The same bytes.\n").await;
    processor.job_ends(first["jobIds"][0].as_str().unwrap()).await;
    let second = processor.upload("two.txt", b"The same bytes.\n").await;
    assert_eq!((&second["deduplicated"], &second["contentHash"]), (&Value::Bool(true), &first["contentHash"]));
    assert_ne!(second["fileId"], first["fileId"]);
    assert_eq!(suite.count("select count(*) from contents").await, 1);
    assert_eq!(suite.count("select count(*) from queue.jobs").await, 1);
}
