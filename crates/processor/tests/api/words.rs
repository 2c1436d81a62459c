//! Where the words of recognised pages are seen, and the PDF in which they are found.

use crate::app::{TestApp, sample};
use db::ocr::{Page, Run};
use model::{ContentHash, OcrEngine, OcrLanguages, Outcome, PageWord, PageWords};
use sqlx::PgPool;

fn words(page: u32) -> PageWords {
    let word = PageWord {
        text: "Invoice".into(),
        left: 200,
        top: 300,
        width: 160,
        height: 40,
        confidence: 96,
        line: 0,
        angle: 0,
        is_divided: false,
    };
    let (width_points, height_points) = (595.0, 842.0);
    let engine = "tesseract".into();
    PageWords {
        page,
        width_points,
        height_points,
        width: 1654,
        height: 2339,
        engine,
        confidence: 96.0,
        words: vec![word],
    }
}

/// A scan whose page of that number was recognised.
async fn scan(app: &TestApp, page: u32) -> ContentHash {
    let hash = app.upload("scan.pdf", &sample("pdf/scan.pdf")).await;
    app.finish(&hash, Outcome::Ok).await;
    let run = Run { hash: &hash, engine: OcrEngine::Tesseract, languages: &OcrLanguages::default() };
    let read = Page { page, text: "Invoice".into(), confidence: Some(96.0), failure: None };
    let mut conn = app.pool.acquire().await.unwrap();
    assert!(db::ocr::insert(&mut conn, run, &read, Some(&words(page))).await.unwrap());
    hash
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_words_of_a_recognised_page_are_answered_with_their_places(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = scan(&app, 1).await;
    let path = format!("/cache/{hash}/pages/1/words");
    let answer = app.get(&path).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/json"));
    assert_eq!(serde_json::from_str::<PageWords>(&answer.text()).unwrap(), words(1));
    let word = &answer.json()["words"][0];
    assert_eq!((&word["left"], &word["line"]), (&200.into(), &0.into()));
    assert!(word.get("angle").is_none() && word.get("isDivided").is_none(), "what is usual is not said: {word}");
    assert_eq!(app.get_with(&path, &[("if-none-match", answer.header("etag"))]).await.status, 304);

    app.get(&format!("/cache/{hash}/pages/2/words")).await.refused(404, "no_such_page");
    app.get(&format!("/cache/{hash}/pages/4294967295/words")).await.refused(404, "no_such_page");
    app.get(&format!("/cache/{hash}/pages/4294967296/words")).await.refused(400, "bad_request");
    app.get(&format!("/cache/{hash}/pages/one/words")).await.refused(400, "bad_request");
    let unknown = "0".repeat(64);
    app.get(&format!("/cache/{unknown}/pages/1/words")).await.refused(404, "content_not_found");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_scan_is_exported_as_a_pdf_that_has_its_words_and_nothing_is_left_behind(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = scan(&app, 1).await;
    let path = format!("/cache/{hash}/export?format=pdf");
    let answer = app.get(&path).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/pdf"), "{}", answer.text());
    assert!(answer.body.starts_with(b"%PDF-"));
    let has_layer = |body: &[u8]| body.windows(14).any(|bytes| bytes == b"RecognisedText");
    assert!(has_layer(&answer.body));
    let etag = answer.header("etag").to_owned();
    assert_eq!(app.get_with(&path, &[("if-none-match", &etag)]).await.status, 304);
    assert_eq!(app.temp_files(), 0);

    // Read anew, it is another file.
    let run = Run { hash: &hash, engine: OcrEngine::Accurate, languages: &OcrLanguages::default() };
    let read = Page { page: 1, text: "Invoice".into(), confidence: Some(99.0), failure: None };
    db::ocr::insert(&mut app.pool.acquire().await.unwrap(), run, &read, Some(&words(1))).await.unwrap();
    assert_eq!(app.get_with(&path, &[("if-none-match", &etag)]).await.status, 200);
}

#[sqlx::test(migrations = "../../migrations")]
async fn pages_are_chosen_and_what_has_none_is_refused_in_a_sentence(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let hash = app.upload("three.pdf", &sample("pdf/three-pages.pdf")).await;
    app.finish(&hash, Outcome::Ok).await;
    let sizes = ["", "&pages=2", "&pages=1-2"].map(|pages| format!("/cache/{hash}/export?format=pdf{pages}"));
    for path in &sizes {
        assert_eq!(app.get(path).await.status, 200, "{path}");
    }
    app.get(&format!("/cache/{hash}/export?format=pdf&pages=9")).await.refused(422, "rejected");
    app.get(&format!("/cache/{hash}/export?format=pdf&pages=3-1")).await.refused(400, "bad_request");
    let note = app.upload("a.txt", b"no page to see").await;
    app.get(&format!("/cache/{note}/export?format=pdf")).await.refused(422, "unsupported");
    let unknown = "0".repeat(64);
    app.get(&format!("/cache/{unknown}/export?format=pdf")).await.refused(404, "content_not_found");
}
