//! One file of each kind through the whole suite: by the web API, and by the processor's own.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use system_tests::{Api, Name, Suite, samples};

/// What becomes of a file.
struct Expected {
    name: &'static str,
    bytes: Vec<u8>,
    status: &'static str,
    format: &'static str,
    /// Some of its text.
    text: Option<&'static str>,
    /// Some of its images and their sizes.
    images: &'static [(&'static str, u32, u32)],
}

fn expected() -> Vec<Expected> {
    vec![
        Expected {
            name: "hello.txt",
            bytes: samples::sample("text/hello.txt"),
            status: "completed",
            format: "txt",
            text: Some("Grüße aus Köln"),
            images: &[],
        },
        Expected {
            name: "gradient.png",
            bytes: samples::png(2400, 1000, 7),
            status: "visual",
            format: "png",
            text: None,
            images: &[("ai-chat", 1920, 800), ("thumbnail", 200, 83)],
        },
        Expected {
            name: "tall.png",
            bytes: samples::png(500, 3000, 8),
            status: "visual",
            format: "png",
            text: None,
            images: &[("ai-chat", 320, 1920), ("thumbnail", 33, 200)],
        },
    ]
}

#[tokio::test]
async fn every_kind_comes_out_as_expected_by_the_web_api() {
    let suite = Suite::of(&[Name::Processor, Name::Web]).start().await;
    let api = suite.api().await;
    for expected in expected() {
        let uploaded = api.upload(expected.name, &expected.bytes).await;
        assert_eq!(uploaded["deduplicated"], false, "{uploaded}");
        let file = api.file_settles(uploaded["file"]["id"].as_str().unwrap()).await;
        check_file(&api, &file, &expected).await;
    }
    let listed = api.get(&format!("/drives/{}/files", api.drive)).await;
    assert_eq!(listed["items"].as_array().unwrap().len(), expected().len());
}

async fn check_file(api: &Api, file: &Value, expected: &Expected) {
    let of = |field: &str| file[field].as_str().unwrap_or_default().to_owned();
    assert_eq!(
        (of("status"), of("format"), of("name")),
        (expected.status.into(), expected.format.into(), expected.name.into()),
        "{file}"
    );
    let id = of("id");
    assert_eq!(api.bytes(&format!("/files/{id}/original")).await, expected.bytes, "the original is what was sent");
    if let Some(text) = expected.text {
        let found = api.bytes(&format!("/files/{id}/text?format=plain")).await;
        assert!(String::from_utf8(found).unwrap().contains(text), "{}", expected.name);
    }
    for (preset, width, height) in expected.images {
        let image = api.bytes(&format!("/files/{id}/artifacts/{preset}")).await;
        assert_eq!(samples::dimensions(&image), Some((*width, *height)), "{preset} of {}", expected.name);
        let artifacts = file["artifacts"].as_array().unwrap();
        let artifact = artifacts.iter().find(|artifact| artifact["name"] == *preset).unwrap();
        assert_eq!((&artifact["width"], &artifact["height"]), (&Value::from(*width), &Value::from(*height)));
    }
    let jobs = api.get(&format!("/files/{id}/jobs")).await;
    let jobs = jobs["items"].as_array().or_else(|| jobs.as_array()).unwrap();
    assert!(jobs.iter().any(|job| job["kind"] == "ingest-file" && job["status"] == "completed"), "{jobs:?}");
}

#[tokio::test]
async fn every_kind_comes_out_as_expected_by_the_processor() {
    let suite = Suite::of(&[Name::Processor]).start().await;
    let processor = suite.processor();
    for expected in expected() {
        let uploaded = processor.upload(expected.name, &expected.bytes).await;
        assert_eq!(
            (&uploaded["success"], &uploaded["jobs"]["ingest"]),
            (&Value::Bool(true), &Value::Bool(true)),
            "{uploaded}"
        );
        let job = processor.job_ends(uploaded["jobIds"][0].as_str().unwrap()).await;
        assert_eq!(job["status"], "completed", "{job}");
        let hash = uploaded["contentHash"].as_str().unwrap();
        assert_eq!(processor.bytes(&format!("/cache/{hash}/original")).await.as_ref(), Some(&expected.bytes));
        if let Some(text) = expected.text {
            let found = processor.bytes(&format!("/cache/{hash}/extracted-text.txt")).await.expect("it has text");
            assert!(String::from_utf8(found).unwrap().contains(text), "{}", expected.name);
        }
        for (preset, width, height) in expected.images {
            let image = processor.bytes(&format!("/cache/{hash}/{preset}")).await.expect("the preset was made");
            assert_eq!(samples::dimensions(&image), Some((*width, *height)), "{preset} of {}", expected.name);
        }
    }
}

/// A preset nobody has made yet is made while the caller waits, and found the next time.
#[tokio::test]
async fn a_preset_is_made_on_demand() {
    let suite = Suite::of(&[Name::Processor]).start().await;
    let processor = suite.processor();
    let uploaded = processor.upload("tall.png", &samples::png(500, 3000, 9)).await;
    processor.job_ends(uploaded["jobIds"][0].as_str().unwrap()).await;
    let hash = uploaded["contentHash"].as_str().unwrap();
    for cached in [false, true] {
        let body = json!({"contentHash": hash, "preset": "preview", "waitForProcessing": true});
        let answer = processor.request(Method::POST, "/api/optimize").json(&body).send().await.unwrap();
        let answer: Value = answer.error_for_status().unwrap().json().await.unwrap();
        assert_eq!((&answer["status"], &answer["cached"]), (&json!("completed"), &json!(cached)), "{answer}");
    }
    let image = processor.bytes(&format!("/cache/{hash}/preview")).await.expect("the preset was made");
    assert_eq!(samples::dimensions(&image), Some((133, 800)));
}

#[tokio::test]
async fn bytes_of_no_kind_fail_with_a_reason_and_are_kept() {
    let suite = Suite::of(&[Name::Processor, Name::Web]).start().await;
    let api = suite.api().await;
    let bytes = [0u8, 1, 2, 3, 0xfe, 0xff, 0, 0].repeat(100);
    let uploaded = api.upload("unknown.bin", &bytes).await;
    let file = api.file_settles(uploaded["file"]["id"].as_str().unwrap()).await;
    assert_eq!(
        (&file["status"], &file["outcome"]["code"]),
        (&Value::from("failed"), &Value::from("rejected")),
        "{file}"
    );
    assert!(!file["outcome"]["sentence"].as_str().unwrap().is_empty());
    assert_eq!(api.bytes(&format!("/files/{}/original", file["id"].as_str().unwrap())).await, bytes);
}

#[tokio::test]
async fn the_processor_wants_its_token() {
    let suite = Suite::of(&[Name::Processor]).start().await;
    let url = suite.url(Name::Processor);
    assert_eq!(reqwest::get(format!("{url}/api/job/1")).await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert_eq!(reqwest::get(format!("{url}/api/queue/status")).await.unwrap().status(), StatusCode::OK);
}
