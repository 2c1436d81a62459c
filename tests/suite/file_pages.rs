//! Looking at a file page by page: pictures made when somebody asks, words with their places, and neither for anybody else.

use reqwest::{Method, StatusCode};
use serde_json::Value;
use system_tests::{Name, Suite, samples};

#[tokio::test]
async fn pages_of_a_pdf_are_seen_and_measured() {
    let suite = Suite::of(&[Name::Processor, Name::Web]).start().await;
    let api = suite.api().await;
    let uploaded = api.upload("paper.pdf", &samples::sample("pdf/three-pages.pdf")).await;
    let id = uploaded["file"]["id"].as_str().unwrap();
    assert_eq!(api.file_settles(id).await["status"], "completed");
    let pages = format!("/files/{id}/pages");

    let sizes = api.get(&format!("{pages}/sizes")).await;
    assert_eq!((sizes.as_array().map(Vec::len), &sizes[2]["widthPoints"]), (Some(3), &Value::from(612.0)), "{sizes}");
    for (page, width, height) in [(1, 800, 1035), (3, 2400, 3106)] {
        let image = api.bytes(&format!("{pages}/{page}/image?width={width}")).await;
        assert_eq!(samples::dimensions(&image), Some((width, height)));
    }
    let words = api.get(&format!("{pages}/1/words")).await;
    assert_eq!((&words["engine"], &words["words"][0]["text"]), (&"reader".into(), &"Heading".into()));
    let listed = api.get(&format!("/files/{id}")).await["artifacts"].to_string();
    assert!(!listed.contains("page-"), "{listed}");

    let path = format!("{pages}/1/image?width=700");
    let known = api.request(Method::GET, &path).send().await.unwrap().headers()["etag"].clone();
    let again = api.request(Method::GET, &path).header("if-none-match", known).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn what_has_no_such_page_says_so_in_one_form() {
    let suite = Suite::of(&[Name::Processor, Name::Web]).start().await;
    let api = suite.api().await;
    for (name, sample, page, status, code) in [
        ("paper.pdf", "pdf/three-pages.pdf", 4, StatusCode::NOT_FOUND, "not-found"),
        ("locked.pdf", "pdf/encrypted-secret.pdf", 1, StatusCode::UNPROCESSABLE_ENTITY, "encrypted"),
        ("letter.docx", "docx/letter.docx", 1, StatusCode::UNPROCESSABLE_ENTITY, "unsupported"),
    ] {
        let uploaded = api.upload(name, &samples::sample(sample)).await;
        let id = uploaded["file"]["id"].as_str().unwrap();
        api.file_settles(id).await;
        for what in ["image", "words"] {
            let path = format!("/files/{id}/pages/{page}/{what}");
            let answer = api.request(Method::GET, &path).send().await.unwrap();
            let found = (answer.status(), answer.json::<Value>().await.unwrap());
            assert_eq!((found.0, &found.1["code"]), (status, &code.into()), "{path}: {}", found.1);
        }
    }
}
