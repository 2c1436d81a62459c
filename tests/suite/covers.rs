//! The face of a document: made after its text, behind everything that somebody waits for, and told to those who look on.

use reqwest::Method;
use serde_json::{Value, json};
use system_tests::{Name, Suite, eventually, samples};

#[tokio::test]
async fn a_pdf_gets_a_small_image_of_its_first_page() {
    gets_an_image("paper.pdf", "pdf/three-pages.pdf", 200).await;
}

#[tokio::test]
async fn a_book_gets_a_small_image_of_its_cover() {
    gets_an_image("book.epub", "epub/covered.epub", 48).await;
}

/// Of that size at most.
async fn gets_an_image(name: &str, sample: &str, longest: u32) {
    let suite = Suite::of(&[Name::Processor, Name::Web]).start().await;
    let api = suite.api().await;
    let uploaded = api.upload(name, &samples::sample(sample)).await;
    let id = uploaded["file"]["id"].as_str().unwrap();
    assert_eq!(api.file_settles(id).await["status"], "completed");
    let image = eventually("the image", async || {
        let file = api.get(&format!("/files/{id}")).await;
        let made = file["artifacts"].as_array()?.iter().find(|artifact| artifact["name"] == "thumbnail")?.clone();
        assert_eq!(file["status"], "completed", "its text is what it is about");
        Some(made)
    });
    let image = image.await;
    let bytes = api.bytes(&format!("/files/{id}/artifacts/thumbnail")).await;
    let size = samples::dimensions(&bytes).expect("a picture");
    assert_eq!((&image["width"], &image["height"]), (&Value::from(size.0), &Value::from(size.1)));
    assert_eq!(size.0.max(size.1), longest);
    assert_eq!(suite.count("select priority::bigint from queue.finished where kind = 'image-optimize'").await, 2);
    assert_eq!(suite.count("select count(*) from events where kind = 'file.updated' and file_id is not null").await, 1);
}

/// As PageSpace asks for pictures, and for pages with the same words.
#[tokio::test]
async fn a_model_gets_the_first_page_on_demand() {
    let suite = Suite::of(&[Name::Processor]).start().await;
    let processor = suite.processor();
    let uploaded = processor.upload("paper.pdf", &samples::sample("pdf/three-pages.pdf")).await;
    processor.job_ends(uploaded["jobIds"][0].as_str().unwrap()).await;
    let hash = uploaded["contentHash"].as_str().unwrap();
    let body = json!({"contentHash": hash, "preset": "ai-chat", "waitForProcessing": true});
    let answer = processor.request(Method::POST, "/api/optimize").json(&body).send().await.unwrap();
    let answer: Value = answer.error_for_status().unwrap().json().await.unwrap();
    assert_eq!(answer["status"], "completed", "{answer}");
    let image = processor.bytes(&format!("/cache/{hash}/ai-chat")).await.expect("the preset was made");
    assert_eq!(samples::dimensions(&image).map(|(width, height)| width.max(height)), Some(1920));
}
