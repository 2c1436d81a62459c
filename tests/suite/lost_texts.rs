//! A store restored without its texts (security review, M10): texts come back by themselves.

use reqwest::{Method, StatusCode};
use system_tests::{Name, Suite, eventually};

#[tokio::test]
async fn a_lost_text_comes_back_by_itself() {
    let suite = Suite::of(&[Name::Processor, Name::Web]).start().await;
    let api = suite.api().await;
    let uploaded = api.upload("letter.md", "# Grüße\n\naus Köln\n".as_bytes()).await;
    let id = uploaded["file"]["id"].as_str().unwrap();
    assert_eq!(api.file_settles(id).await["status"], "completed");
    let (text, export) = (format!("/files/{id}/text"), format!("/files/{id}/export?format=docx"));
    let before = api.bytes(&text).await;
    std::fs::remove_dir_all(suite.storage().join("derived")).unwrap();

    let answer = api.request(Method::GET, &text).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.headers()["retry-after"].to_str().unwrap().parse::<u64>().unwrap() >= 1);
    let problem: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(problem["code"], "being-read-again", "{problem}");
    for path in [&text, &export] {
        eventually(path, async || {
            let answer = api.request(Method::GET, path).send().await.unwrap();
            let again = answer.status() == StatusCode::SERVICE_UNAVAILABLE;
            assert!(again || answer.status() == StatusCode::OK, "{}", answer.status());
            (!again).then_some(())
        })
        .await;
    }
    assert_eq!(api.bytes(&text).await, before);
    assert_eq!(suite.count("select count(*) from queue.jobs where kind = 'text-extract'").await, 1);
}
