//! The client by itself: what it asks, and what it makes of good and bad answers.

use crate::server::{Answer, PNG, Server};
use jobs::external_ocr::{Api, ApiError, ApiSettings};
use std::time::Duration;

fn api(url: &str, key: Option<&str>, timeout: Duration) -> Api {
    Api::new(&ApiSettings { url: url.into(), key: key.map(str::to_owned), model: "sees-well".into(), timeout }).unwrap()
}

async fn read(answer: Answer) -> Result<String, ApiError> {
    let server = Server::start([answer]).await;
    api(&format!("{}/v1/", server.url), None, Duration::from_millis(500)).read(PNG, "image/png").await
}

#[tokio::test]
async fn a_page_is_asked_for_as_the_api_wants_it() {
    let server = Server::start([Answer::Text("Invoice 7")]).await;
    let api = api(&format!("{}/v1", server.url), Some("sk-secret"), Duration::from_secs(10));
    assert_eq!(api.read(PNG, "image/png").await, Ok("Invoice 7".into()));
    assert_eq!(api.read(PNG, "image/png").await, Ok("the rest".into()), "on the same connection");
    let (head, body) = server.asked().remove(0);
    assert!(head.starts_with("POST /v1/chat/completions HTTP/1.1\r\n"), "{head}");
    assert!(head.to_lowercase().contains("authorization: bearer sk-secret"), "{head}");
    assert_eq!(body["model"], "sees-well");
    let content = &body["messages"][0]["content"];
    assert!(content[0]["text"].as_str().unwrap().contains("Transcribe"));
    assert_eq!(content[1]["image_url"]["url"], "data:image/png;base64,iVBORyBvZiBhIHBhZ2U=");
}

#[tokio::test]
async fn busy_is_not_broken_and_broken_is_not_final() {
    assert_eq!(
        read(Answer::Status(429, "Retry-After: 2\r\n", "{}")).await,
        Err(ApiError::Busy(Duration::from_secs(2)))
    );
    for answer in [
        Answer::Status(500, "", "oops"),
        Answer::Status(502, "", "<html>bad gateway</html>"),
        Answer::Status(200, "", "{\"choices\":"),
        Answer::Stall,
        Answer::Cut,
    ] {
        let error = read(answer.clone()).await;
        assert!(matches!(error, Err(ApiError::Temporary(_))), "{answer:?}: {error:?}");
    }
    let refused = read(Answer::Status(401, "", "{\"error\":{\"message\":\"Incorrect API key\"}}")).await;
    assert_eq!(refused, Err(ApiError::Permanent("the OCR API answered 401: Incorrect API key".into())));
    let nobody = api("http://127.0.0.1:9", None, Duration::from_secs(2)).read(PNG, "image/png").await;
    assert!(matches!(nobody, Err(ApiError::Temporary(_))), "{nobody:?}");
}

#[test]
fn an_address_is_an_address() {
    let of = |url: &str| {
        let timeout = Duration::from_secs(1);
        Api::new(&ApiSettings { url: url.into(), key: None, model: "m".into(), timeout }).is_ok()
    };
    assert!(of("https://api.example.org/v1") && of("http://10.0.0.7:8000/v1/chat/completions"));
    assert!(!of("api.example.org") && !of("ftp://example.org") && !of(""));
}
