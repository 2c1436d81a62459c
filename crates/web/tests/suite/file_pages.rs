//! The pages of a file: pictures, sizes and words, for who may read it.

use crate::test_app::{TestApp, hash};
use axum::http::StatusCode;
use model::wire::Code;
use serde_json::json;
use sqlx::PgPool;

#[sqlx::test(migrations = "../../migrations")]
async fn a_page_is_shown_to_who_may_read_the_file(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (ann, bob) = (app.person("ann").await, app.person("bob").await);
    let drive = ann.new_drive("d").await;
    let path = format!("/api/v1/files/{}", ann.new_file(drive, "a.pdf", b"pdf").await);
    app.processor.keep(&hash(b"pdf"), "page-7-800.jpg", b"jpeg");
    let image = format!("{path}/pages/7/image?width=700");
    // Rounded up to a width there is, and asked for whether it was made or not.
    let answer = ann.get(&image).await.expect(StatusCode::OK);
    assert_eq!((answer.body.as_slice(), answer.header("content-type")), (&b"jpeg"[..], "image/jpeg"));
    assert_eq!(answer.header("cache-control"), "private, no-cache");
    assert_eq!(answer.header("content-disposition").split(';').next(), Some("inline"));
    let known = [("if-none-match", answer.header("etag"))];
    assert_eq!(ann.get_with(&image, &known).await.expect(StatusCode::NOT_MODIFIED).body.len(), 0);
    let part = ann.get_with(&image, &[("range", "bytes=1-2")]).await.expect(StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.body, b"pe");
    for other in ["700", "801", "0", "99999"] {
        let other = format!("{path}/pages/7/image?width={other}");
        assert_eq!(ann.get(&other).await.status.is_success(), other.ends_with("=700"), "{other}");
    }

    bob.get(&image).await.expect_problem(StatusCode::NOT_FOUND, "not-found");
    app.stranger().get(&image).await.expect(StatusCode::UNAUTHORIZED);
    let token = ann.post("/api/v1/tokens", json!({"name": "write", "scopes": ["write"]})).await.json();
    let writer = ann.with_token(token["secret"].as_str().unwrap());
    writer.get(&image).await.expect_problem(StatusCode::FORBIDDEN, "forbidden");
}

/// Once made, its row is known, and what is in memory is asked of nobody; the file's lists do not have it.
#[sqlx::test(migrations = "../../migrations")]
async fn a_page_that_was_made_comes_from_memory_and_is_listed_nowhere(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (ann, bob) = (app.person("ann").await, app.person("bob").await);
    let drive = ann.new_drive("d").await;
    let path = format!("/api/v1/files/{}", ann.new_file(drive, "a.pdf", b"pdf").await);
    app.processor.keep(&hash(b"pdf"), "page-1-1200.jpg", b"jpeg");
    ann.note_artifact(&hash(b"pdf"), "page-1-1200.jpg", "image/jpeg", 4).await;
    let image = format!("{path}/pages/1/image");
    ann.get(&image).await.expect(StatusCode::OK);
    app.processor.refuse(Code::Internal, "it must not be asked");
    assert_eq!(ann.get(&image).await.expect(StatusCode::OK).body, b"jpeg");
    bob.get(&image).await.expect(StatusCode::NOT_FOUND);
    assert_eq!(ann.get(&path).await.json()["artifacts"], json!([]));
    assert_eq!(ann.get(&format!("{path}/artifacts")).await.json(), json!([]));
}

#[sqlx::test(migrations = "../../migrations")]
async fn why_a_page_is_not_shown_is_a_word_and_a_sentence(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    let path = format!("/api/v1/files/{}/pages", ann.new_file(drive, "a.pdf", b"pdf").await);
    let asked = ["1/image", "1/words", "sizes"];
    for (code, status, word) in [
        (Code::NotYet, StatusCode::SERVICE_UNAVAILABLE, "busy"),
        (Code::NoSuchPage, StatusCode::NOT_FOUND, "not-found"),
        (Code::Outcome("encrypted".into()), StatusCode::UNPROCESSABLE_ENTITY, "encrypted"),
        (Code::Outcome("timeout".into()), StatusCode::UNPROCESSABLE_ENTITY, "timeout"),
        (Code::Outcome("unsupported".into()), StatusCode::UNPROCESSABLE_ENTITY, "unsupported"),
        (Code::Outcome("of-tomorrow".into()), StatusCode::UNPROCESSABLE_ENTITY, "refused"),
        (Code::NoSpace, StatusCode::INSUFFICIENT_STORAGE, "storage-full"),
    ] {
        app.processor.refuse(code, "A sentence.");
        for what in asked {
            let problem = ann.get(&format!("{path}/{what}")).await.expect_problem(status, word).json();
            assert!(status != StatusCode::UNPROCESSABLE_ENTITY || problem["detail"] == "A sentence.", "{problem}");
        }
    }
    for wrong in ["x/image", "-1/image", "4294967296/image"] {
        ann.get(&format!("{path}/{wrong}")).await.expect_problem(StatusCode::NOT_FOUND, "not-found");
    }
    ann.get(&format!("{path}/1/image?width=wide")).await.expect_problem(StatusCode::BAD_REQUEST, "bad-request");
}

/// Where words stand and how large pages are is for who may read the file, as its text is.
#[sqlx::test(migrations = "../../migrations")]
async fn the_words_and_sizes_of_pages_are_for_who_may_read_the_file(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (ann, bob) = (app.person("ann").await, app.person("bob").await);
    let drive = ann.new_drive("d").await;
    let path = format!("/api/v1/files/{}/pages", ann.new_file(drive, "scan.pdf", b"scan").await);
    app.processor.keep(&hash(b"scan"), "pages/2/words", b"{\"page\":2}");
    app.processor.keep(&hash(b"scan"), "page-sizes.json", b"[{\"page\":1}]");
    for (what, body) in [("2/words", &b"{\"page\":2}"[..]), ("sizes", b"[{\"page\":1}]")] {
        let answer = ann.get(&format!("{path}/{what}")).await.expect(StatusCode::OK);
        assert_eq!((answer.body.as_slice(), answer.header("content-type")), (body, "application/json"));
        assert_eq!(answer.header("cache-control"), "private, no-cache");
        bob.get(&format!("{path}/{what}")).await.expect(StatusCode::NOT_FOUND);
    }
    ann.get(&format!("{path}/1/words")).await.expect(StatusCode::NOT_FOUND);
}
