//! What a release left behind is there after today's migrations: every file, text, job and person is answered as before.

use reqwest::{Client, Method, StatusCode};
use serde_json::Value;
use std::path::{Path, PathBuf};
use system_tests::{Name, Suite, samples};

/// A folder for each release, made by tests/upgrade/record.sh.
fn releases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("upgrade");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut releases: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    releases.sort();
    assert!(!releases.is_empty());
    releases
}

#[tokio::test]
async fn everything_of_an_earlier_release_is_answered_as_before() {
    for release in releases() {
        let recorded: Value = serde_json::from_slice(&std::fs::read(release.join("answers.json")).unwrap()).unwrap();
        let text = |name: &str| recorded[name].as_str().unwrap();
        let suite = Suite::of(&[Name::Processor, Name::Realtime, Name::Web]).left_behind(&release).start().await;
        let ada = suite.sign_in("ada@example.org", text("password")).await;
        suite.sign_in("bob@example.org", text("password")).await;

        let answers = recorded["answers"].as_array().unwrap();
        assert!(answers.len() > 50, "only {} answers are recorded", answers.len());
        let processor = suite.processor();
        for expected in answers {
            let path = expected["path"].as_str().unwrap();
            let request = match expected["of"].as_str() {
                Some("web") => ada.request(Method::GET, path.strip_prefix("/api/v1").unwrap()),
                _ => processor.request(Method::GET, path),
            };
            let answer = request.send().await.unwrap();
            assert_eq!(u64::from(answer.status().as_u16()), expected["status"], "{path}");
            let body = answer.bytes().await.unwrap();
            match expected.get("json") {
                Some(json) => is_still_said(json, &serde_json::from_slice(&body).unwrap(), path),
                None => assert_eq!(samples::hash(&body), expected["sha256"], "{path}"),
            }
        }

        // A script's token is still one, and a file whose job had not begun is read once its kind goes on.
        let drives = Client::new().get(format!("{}/api/v1/drives", suite.url(Name::Web)));
        assert_eq!(drives.bearer_auth(text("api_token")).send().await.unwrap().status(), StatusCode::OK);
        let resumed = processor.request(Method::POST, "/api/queue/ingest-file/resume").send().await.unwrap();
        assert_eq!(resumed.status(), StatusCode::OK);
        assert_eq!(ada.file_settles(text("pending")).await["status"], "completed");
        // And it goes on as any other: the same bytes are known, new ones are read.
        let known = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/text/hello.txt")).unwrap();
        assert_eq!(ada.upload("again.txt", &known).await["deduplicated"], true);
        let new = ada.upload("new.txt", b"A file of today.").await;
        assert_eq!(ada.file_settles(new["file"]["id"].as_str().unwrap()).await["status"], "completed");
    }
}

/// Whatever was said is said again; what is said besides is a later release's.
#[track_caller]
fn is_still_said(before: &Value, now: &Value, place: &str) {
    match (before, now) {
        (Value::Object(before), Value::Object(now)) => {
            for (name, value) in before {
                let place = format!("{place} {name}");
                let now = now.get(name).unwrap_or_else(|| panic!("{place} is not said any more"));
                // Of what was read for somebody else's file first, a file no longer says when.
                let is_when = matches!(name.as_str(), "startedAt" | "processedAt");
                match (value.as_str(), now.as_str()) {
                    (Some(before), Some(now)) if is_when => assert!(now >= before, "{place}: {now} after {before}"),
                    _ => is_still_said(value, now, &place),
                }
            }
        }
        (Value::Array(before), Value::Array(now)) => {
            assert_eq!(before.len(), now.len(), "{place}: {now:?}");
            for (at, (before, now)) in before.iter().zip(now).enumerate() {
                is_still_said(before, now, &format!("{place} {at}"));
            }
        }
        (Value::String(before), Value::String(now)) => {
            assert_eq!(without_version(before), without_version(now), "{place}");
        }
        _ => assert_eq!(before, now, "{place}"),
    }
}

/// An address names the version of what lies there, so that browsers keep it; which one that is, each release says anew.
fn without_version(text: &str) -> &str {
    text.split_once("?v=").map_or(text, |(address, _)| address)
}
