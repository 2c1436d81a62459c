//! Files by link through the whole suite: from a server outside to a text, once, whatever is killed.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use system_tests::{Api, Builder, Name, Suite, eventually};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// The server outside, by an address that the suite is told it may reach. Everything else of the suite is at 127.0.0.1.
const OUTSIDE: &str = "127.0.0.2";

/// A server that sends a text in pieces with pauses, and counts how often it was asked.
struct Outside {
    port: u16,
    asked: Arc<AtomicUsize>,
}

impl Outside {
    /// Each request gets these pieces, one after the other, and then the end; the length is said if it is to be.
    async fn start(pieces: Vec<String>, pause: Duration, says_length: bool) -> Self {
        let listener = TcpListener::bind((OUTSIDE, 0)).await.unwrap();
        let outside = Self { port: listener.local_addr().unwrap().port(), asked: Arc::default() };
        let asked = outside.asked.clone();
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let (pieces, number) = (pieces.clone(), asked.fetch_add(1, Ordering::SeqCst));
                tokio::spawn(async move {
                    let mut head = vec![];
                    while !head.ends_with(b"\r\n\r\n") && socket.read_buf(&mut head).await.unwrap_or(0) > 0 {}
                    // What is sent is never the same twice, so that two of it would be two files.
                    let last = format!("Sent for the {number}th time.\n");
                    let length: usize = pieces.iter().map(String::len).sum::<usize>() + last.len();
                    let length = if says_length { format!("content-length: {length}\r\n") } else { String::new() };
                    let head =
                        format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: text/plain\r\n{length}\r\n");
                    let mut parts = vec![head];
                    parts.extend(pieces);
                    parts.push(last);
                    for part in parts {
                        if socket.write_all(part.as_bytes()).await.is_err() {
                            return;
                        }
                        tokio::time::sleep(pause).await;
                    }
                });
            }
        });
        outside
    }

    fn url(&self, path: &str) -> String {
        format!("http://{OUTSIDE}:{}{path}", self.port)
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn suite() -> Builder {
    Suite::of(&[Name::Processor, Name::Web, Name::Worker]).set(Name::Worker, "IMPORT_ALLOWED_NETWORKS", OUTSIDE)
}

async fn begin(api: &Api, url: &str) -> String {
    let asked = api.request(Method::POST, &format!("/drives/{}/imports", api.drive)).json(&json!({"url": url}));
    let answer = asked.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    let import: Value = answer.json().await.unwrap();
    format!("/imports/{}", import["id"].as_str().unwrap())
}

async fn ends(api: &Api, path: &str) -> Value {
    eventually(path, async || {
        let import = api.get(path).await;
        matches!(import["state"].as_str(), Some("finished" | "failed" | "cancelled")).then_some(import)
    })
    .await
}

#[tokio::test]
async fn a_link_ends_in_a_text_and_says_meanwhile_how_far_it_is() {
    let suite = suite().start().await;
    let api = suite.api().await;
    let pieces = (0..12).map(|n| format!("Line {n} of what was fetched.\n")).collect();
    let outside = Outside::start(pieces, Duration::from_millis(250), true).await;
    let path = begin(&api, &outside.url("/folder/notes%20of%20today.txt")).await;
    let underway = eventually("it says how far it is", async || {
        let import = api.get(&path).await;
        (import["state"] == "running" && import["receivedBytes"].as_u64() > Some(0)).then_some(import)
    })
    .await;
    assert!(underway["receivedBytes"].as_u64() < underway["lengthBytes"].as_u64(), "{underway}");
    let import = ends(&api, &path).await;
    assert_eq!(import["state"], "finished", "{import}");
    assert_eq!(import["receivedBytes"], import["lengthBytes"]);
    let id = import["fileId"].as_str().unwrap();
    let file = api.file_settles(id).await;
    assert_eq!((&file["name"], &file["status"]), (&json!("notes of today.txt"), &json!("completed")));
    let text = String::from_utf8(api.bytes(&format!("/files/{id}/text?format=plain")).await).unwrap();
    assert!(text.contains("Line 11 of what was fetched.") && text.contains("for the 0th time"), "{text}");
}

/// kill -9 in the middle of the bytes, of the worker and of the processor: each time nothing is left of the half, and in the end there is
/// one file, whole.
#[tokio::test]
async fn a_link_becomes_one_file_whatever_is_killed() {
    let mut suite = suite().start().await;
    let api = suite.api().await;
    let pieces: Vec<String> = (0..16).map(|n| format!("{n:04} {}\n", "words ".repeat(2000))).collect();
    let outside = Outside::start(pieces.clone(), Duration::from_millis(120), false).await;
    let path = begin(&api, &outside.url("/a.txt")).await;
    for (asked, name) in [(1, Name::Worker), (2, Name::Processor), (3, Name::Worker)] {
        eventually("it is fetched again", async || (outside.asked() >= asked).then_some(())).await;
        // Some pieces have come; that is all that the pause is for.
        tokio::time::sleep(Duration::from_millis(500)).await;
        suite.kill(name).await;
        assert_eq!(suite.count("select count(*) from files").await, 0, "half of it is no file");
        suite.start_service(name).await;
    }
    let import = ends(&api, &path).await;
    assert_eq!(import["state"], "finished", "{import}");
    assert_eq!(suite.count("select count(*) from files").await, 1);
    assert_eq!(suite.count("select count(*) from contents").await, 1);
    let id = import["fileId"].as_str().unwrap();
    let bytes = api.bytes(&format!("/files/{id}/original")).await;
    let last = format!("Sent for the {}th time.\n", outside.asked() - 1);
    assert!(bytes == format!("{}{last}", pieces.concat()).into_bytes(), "{} bytes", bytes.len());
    suite.stop(Name::Worker).await;
    suite.stop(Name::Processor).await;
    let left = std::fs::read_dir(suite.storage().join("tmp")).unwrap().count();
    assert!(left <= 1, "{left} temporary files; the processor that was killed left one");
}

/// The worker dies when the file is there and before it knows: the file is in the transaction of the import, and is found.
#[tokio::test]
async fn an_import_whose_end_the_worker_did_not_hear_of_is_over() {
    let mut suite = suite().start().await;
    let api = suite.api().await;
    let mut paths = vec![];
    for _ in 0..30 {
        let outside = Outside::start(vec!["short\n".into()], Duration::ZERO, true).await;
        paths.push((begin(&api, &outside.url("/a.txt")).await, outside));
    }
    for files in [1, 10, 20] {
        eventually("some are there", async || (suite.count("select count(*) from files").await >= files).then_some(()))
            .await;
        suite.kill(Name::Worker).await;
        suite.start_service(Name::Worker).await;
    }
    for (path, _) in &paths {
        assert_eq!(ends(&api, path).await["state"], "finished");
    }
    assert_eq!(suite.count("select count(*) from files").await, 30);
    eventually("all jobs are over", async || {
        let done = "select count(*) from queue.jobs where kind = 'import-link' and status = 'completed'";
        (suite.count(done).await == 30).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_link_into_the_suite_itself_or_over_the_limit_fails_with_a_sentence() {
    let suite = suite().set(Name::Worker, "UPLOAD_MAX_BYTES", "100").start().await;
    let api = suite.api().await;
    for url in
        [suite.url(Name::Processor), suite.url(Name::Worker), "http://localhost:5432/".into(), "http://[::1]/".into()]
    {
        let import = ends(&api, &begin(&api, &url).await).await;
        assert_eq!((&import["state"], &import["code"]), (&json!("failed"), &json!("address-not-public")), "{url}");
        assert_eq!(import["error"], "The link leads to an address that is not public.");
    }
    for says_length in [true, false] {
        let outside = Outside::start(vec!["x".repeat(200)], Duration::ZERO, says_length).await;
        let import = ends(&api, &begin(&api, &outside.url("/")).await).await;
        assert_eq!(import["code"], "too-large", "{import}");
        assert_eq!(import["error"], "The file is larger than 100 bytes.");
    }
    assert_eq!(suite.count("select count(*) from files").await, 0);
}
