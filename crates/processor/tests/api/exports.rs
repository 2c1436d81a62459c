//! Exports of a text.

use crate::app::{JPEG, TestApp, sample};
use model::{Chunk, ContentHash};
use sqlx::PgPool;
use std::io::Read;

const PLAIN: &str = "Title\n\nFirst page, Zoë.\u{c}Second page.\n";
const MARKDOWN: &str = "<!-- page: 1 -->\n\n# Title\n\nFirst page, Zoë.\n<!-- page: 2 -->\n\nSecond page.\n";
const PAGES: &str = r#"[{"page":1,"start":0,"end":23},{"page":2,"start":24,"end":37}]"#;

async fn document(app: &TestApp) -> ContentHash {
    let hash = app.upload("a.txt", b"stands for a document").await;
    app.derive(&hash, "extracted-text.txt", "text/plain; charset=utf-8", PLAIN.as_bytes()).await;
    app.derive(&hash, "text.md", "text/markdown; charset=utf-8", MARKDOWN.as_bytes()).await;
    app.derive(&hash, "pages.json", "application/json", PAGES.as_bytes()).await;
    hash
}

#[sqlx::test(migrations = "../../migrations")]
async fn chunks_are_lines_of_json_with_pages_and_headings(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = document(&app).await;
    let path = format!("/cache/{hash}/chunks");
    let answer = app.get(&path).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/jsonl"));
    let chunks: Vec<Chunk> = answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let whole = PLAIN.trim_end();
    assert_eq!(chunks.len(), 1);
    assert_eq!((chunks[0].text.as_str(), chunks[0].start, chunks[0].end), (whole, 0, whole.chars().count() as u64));
    assert_eq!((chunks[0].first_page, chunks[0].last_page, &chunks[0].headings[..]), (1, 2, &["Title".to_owned()][..]));
    let etag = answer.header("etag");
    assert_eq!(app.get_with(&path, &[("if-none-match", etag)]).await.status, 304);
    assert_eq!(app.get_with(&format!("{path}?size=100"), &[("if-none-match", etag)]).await.status, 200);
    assert_eq!(app.get_with(&path, &[("range", "bytes=0-9")]).await.body, answer.body[..10]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn recognised_text_is_cut_too_and_what_has_no_text_is_not_found(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("a.jpg", JPEG).await;
    for export in ["chunks", "export?format=docx", "export?format=json"] {
        app.get(&format!("/cache/{hash}/{export}")).await.refused(404, "artifact_not_found");
    }
    app.derive(&hash, "ocr-text.txt", "text/plain; charset=utf-8", b"seen in a picture").await;
    assert!(app.get(&format!("/cache/{hash}/chunks")).await.text().contains("\"text\":\"seen in a picture\""));
    for query in ["size=31", "size=8193", "size=64&overlap=33", "size=many"] {
        app.get(&format!("/cache/{hash}/chunks?{query}")).await.refused(400, "bad_request");
    }
    app.get(&format!("/cache/{hash}/export?format=odt")).await.refused(400, "bad_request");
    let unknown = "0".repeat(64);
    app.get(&format!("/cache/{unknown}/chunks")).await.refused(404, "artifact_not_found");
}

#[sqlx::test(migrations = "../../migrations")]
async fn json_has_the_text_its_pages_and_what_is_known(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = document(&app).await;
    let export = app.get(&format!("/cache/{hash}/export?format=json")).await.ok();
    assert_eq!((export["text"].as_str(), export["pages"][1]["start"].as_u64()), (Some(PLAIN), Some(24)));
    assert_eq!(export["contentHash"], hash.as_str());
    assert!(export["facts"].is_object() && export["warnings"].is_array());
}

/// Written by a confined child, and a Word document.
#[sqlx::test(migrations = "../../migrations")]
async fn a_word_document_is_made_of_the_markdown(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = document(&app).await;
    let answer = app.get(&format!("/cache/{hash}/export?format=docx")).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, model::DOCX_MIME));
    assert_eq!(answer.header("content-length"), answer.body.len().to_string());
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(answer.body)).unwrap();
    let mut xml = String::new();
    archive.by_name("word/document.xml").unwrap().read_to_string(&mut xml).unwrap();
    assert!(xml.contains("Zoë") && xml.contains("Heading1") && xml.contains("pageBreakBefore"), "{xml}");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_text_too_long_for_word_is_refused_with_a_sentence(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("a.txt", b"stands for a long document").await;
    app.derive(&hash, "extracted-text.txt", "text/plain; charset=utf-8", b"x").await;
    let long = "word ".repeat((10 << 20) / 5 + 1);
    app.derive(&hash, "text.md", "text/markdown; charset=utf-8", long.as_bytes()).await;
    app.get(&format!("/cache/{hash}/export?format=docx")).await.refused(422, "rejected");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_page_is_drawn_for_who_reads_it_elsewhere(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("a.pdf", &sample("pdf/three-pages.pdf")).await;
    let answer = app.get(&format!("/cache/{hash}/pages/2/image")).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "image/png"), "{}", answer.text());
    assert!(answer.body.starts_with(b"\x89PNG\r\n\x1a\n"));
    for page in ["0", "4"] {
        assert_eq!(app.get(&format!("/cache/{hash}/pages/{page}/image")).await.status, 422, "{page}");
    }
    app.get(&format!("/cache/{hash}/pages/two/image")).await.refused(400, "bad_request");
    let words = app.upload("a.txt", b"no page to draw").await;
    app.get(&format!("/cache/{words}/pages/1/image")).await.refused(422, "rejected");
    let unknown = "0".repeat(64);
    app.get(&format!("/cache/{unknown}/pages/1/image")).await.refused(404, "content_not_found");
}
