//! Originals, artifacts, text and pages; and that a hash opens nothing.

use crate::test_app::{TestApp, hash};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use model::wire::Code;
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

#[sqlx::test(migrations = "../../migrations")]
async fn the_original_comes_back_whole_in_part_and_not_at_all(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    let path = format!("/api/v1/files/{}/original", ann.new_file(drive, "a.txt", b"0123456789").await);

    let whole = ann.get(&path).await.expect(StatusCode::OK);
    assert_eq!(whole.body, b"0123456789");
    assert_eq!(whole.header("cache-control"), "private, no-cache");
    assert_eq!(whole.header("content-length"), "10");
    assert_eq!(whole.header("content-disposition"), "inline; filename=\"a.txt\"; filename*=UTF-8''a.txt");
    assert!(whole.header("content-security-policy").starts_with("sandbox"));
    assert_eq!(whole.header("x-content-type-options"), "nosniff");

    let part = ann.get_with(&path, &[("range", "bytes=2-4")]).await.expect(StatusCode::PARTIAL_CONTENT);
    assert_eq!((part.body.as_slice(), part.header("content-range")), (b"234".as_slice(), "bytes 2-4/10"));
    let beyond = ann.get_with(&path, &[("range", "bytes=10-11")]).await;
    let beyond = beyond.expect_problem(StatusCode::RANGE_NOT_SATISFIABLE, "range-not-satisfiable");
    assert_eq!(beyond.header("content-range"), "bytes */10");

    let etag = whole.header("etag").to_owned();
    let again = ann.get_with(&path, &[("if-none-match", &etag)]).await.expect(StatusCode::NOT_MODIFIED);
    assert_eq!((again.header("etag"), again.body.len()), (etag.as_str(), 0));

    let head = ann.send(Method::HEAD, &path, &[], Body::empty()).await.expect(StatusCode::OK);
    assert_eq!((head.header("content-length"), head.body.len()), ("10", 0));
    let saved = ann.get(&format!("{path}?download=true")).await;
    assert!(saved.header("content-disposition").starts_with("attachment"));
}

/// As in the processor: two small writes would cost 40 ms.
#[sqlx::test(migrations = "../../migrations")]
async fn a_small_answer_leaves_in_one_piece(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    for (size, is_whole) in [(200_000, true), (300_000, false)] {
        let bytes = vec![b'a'; size];
        let path = format!("/api/v1/files/{}/original", ann.new_file(drive, "a.txt", &bytes).await);
        let answer = ann.get(&path).await.expect(StatusCode::OK);
        assert!(answer.body == bytes && answer.is_whole == is_whole, "{size}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn knowing_a_hash_or_an_id_gives_nothing(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (ann, bob, admin) = (app.person("ann").await, app.person("bob").await, app.admin().await);
    let drive = ann.new_drive("d").await;
    let secret = b"the secret plan";
    let file = ann.new_file(drive, "plan.txt", secret).await;
    app.processor.keep(&hash(secret), "extracted-text.txt", secret);
    ann.note_artifact(&hash(secret), "extracted-text.txt", "text/plain", 15).await;
    let known = hash(secret);
    let trash = format!("/api/v1/files/{file}");
    for client in [&bob, &admin] {
        for path in ["", "/original", "/artifacts", "/artifacts/extracted-text.txt", "/text", "/pages", "/jobs"] {
            client.get(&format!("{trash}{path}")).await.expect(StatusCode::NOT_FOUND);
        }
        for path in ["files", "cache", "contents"] {
            client.get(&format!("/api/v1/{path}/{known}/original")).await.expect(StatusCode::NOT_FOUND);
        }
        client.get(&format!("/cache/{known}/original")).await.expect(StatusCode::OK).expect_no(secret);
        client.post(&format!("{trash}/artifacts"), json!({"preset": "ai-chat"})).await.expect(StatusCode::NOT_FOUND);
    }
    // The very same bytes in a drive of one's own open one's own file and no other.
    let own = bob.new_drive("own").await;
    let copy = bob.upload(own, "copy.txt", secret).await.expect(StatusCode::CREATED).json();
    assert_eq!(copy["deduplicated"], false, "M2: bob is not told that somebody has them");
    bob.get(&format!("{trash}/original")).await.expect(StatusCode::NOT_FOUND);
    let copy = copy["file"]["id"].as_str().unwrap();
    assert_eq!(bob.get(&format!("/api/v1/files/{copy}/original")).await.body, secret);
    app.stranger().get(&format!("{trash}/original")).await.expect(StatusCode::UNAUTHORIZED);
}

#[sqlx::test(migrations = "../../migrations")]
async fn text_comes_plain_and_as_markdown_with_its_pages(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    let path = format!("/api/v1/files/{}", ann.new_file(drive, "a.pdf", b"pdf").await);
    ann.get(&format!("{path}/text")).await.expect_problem(StatusCode::NOT_FOUND, "not-found");
    for (name, mime, bytes) in [
        ("extracted-text.txt", "text/plain", b"one\x0ctwo".as_slice()),
        ("text.md", "text/markdown", b"<!-- page: 1 -->\none"),
        ("pages.json", "application/json", b"[{\"page\":1,\"start\":0,\"end\":3}]"),
    ] {
        app.processor.keep(&hash(b"pdf"), name, bytes);
        ann.note_artifact(&hash(b"pdf"), name, mime, bytes.len() as u64).await;
    }
    let plain = ann.get(&format!("{path}/text")).await.expect(StatusCode::OK);
    assert_eq!(
        (plain.body.as_slice(), plain.header("content-type")),
        (b"one\x0ctwo".as_slice(), "text/plain; charset=utf-8")
    );
    let markdown = ann.get(&format!("{path}/text?format=markdown")).await.expect(StatusCode::OK);
    assert!(markdown.body.starts_with(b"<!-- page: 1 -->"));
    assert_eq!(ann.get(&format!("{path}/pages")).await.json()[0]["end"], 3);
    ann.get(&format!("{path}/text?format=html")).await.expect_problem(StatusCode::BAD_REQUEST, "bad-request");
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_artifact_may_be_kept_for_ever_at_its_own_address(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    let path = format!("/api/v1/files/{}", ann.new_file(drive, "a.png", b"png").await);
    app.processor.keep(&hash(b"png"), "thumbnail", b"webp");
    ann.note_artifact(&hash(b"png"), "thumbnail", "image/webp", 4).await;
    let listed = ann.get(&path).await.json()["artifacts"][0].clone();
    let got = ann.get(listed["url"].as_str().unwrap()).await.expect(StatusCode::OK);
    assert_eq!((got.body.as_slice(), got.header("content-type")), (b"webp".as_slice(), "image/webp"));
    assert_eq!(got.header("cache-control"), "private, max-age=31536000, immutable");
    // Made again by another row of the preset: the address is another, and who asks for the old one is not to keep that.
    ann.note_artifact(&hash(b"png"), "thumbnail", "image/webp", 5).await;
    assert_ne!(ann.get(&path).await.json()["artifacts"][0]["url"], listed["url"]);
    let late = ann.get(listed["url"].as_str().unwrap()).await.expect(StatusCode::OK);
    assert_eq!(late.header("cache-control"), "private, no-cache");
    ann.note_artifact(&hash(b"png"), "thumbnail", "image/webp", 4).await;
    let plain = ann.get(&format!("{path}/artifacts/thumbnail")).await.expect(StatusCode::OK);
    assert_eq!(plain.header("cache-control"), "private, no-cache");
    for name in ["preview", "original", "..%2Foriginal", "metadata"] {
        ann.get(&format!("{path}/artifacts/{name}")).await.expect_problem(StatusCode::NOT_FOUND, "not-found");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_image_in_memory_is_shown_to_whoever_may_see_it_and_nobody_else(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (ann, bob) = (app.person("ann").await, app.person("bob").await);
    let drive = ann.new_drive("d").await;
    let path = format!("/api/v1/files/{}/artifacts", ann.new_file(drive, "a.png", b"png").await);
    for (name, mime) in [("thumbnail", "image/webp"), ("extracted-text.txt", "text/plain")] {
        app.processor.keep(&hash(b"png"), name, b"kept");
        ann.note_artifact(&hash(b"png"), name, mime, 4).await;
        ann.get(&format!("{path}/{name}")).await.expect(StatusCode::OK);
    }
    app.processor.refuse(Code::Internal, "it must not be asked");
    let image = format!("{path}/thumbnail");
    let again = ann.get(&image).await.expect(StatusCode::OK);
    assert_eq!((again.body.as_slice(), again.header("content-type")), (b"kept".as_slice(), "image/webp"));
    assert!(again.is_whole && !again.header("etag").is_empty() && again.header("content-length") == "4");
    bob.get(&image).await.expect(StatusCode::NOT_FOUND);
    app.stranger().get(&image).await.expect(StatusCode::UNAUTHORIZED);
    // Text may change, and conditions are the processor's to answer.
    ann.get(&format!("{path}/extracted-text.txt")).await.expect(StatusCode::INTERNAL_SERVER_ERROR);
    ann.get_with(&image, &[("range", "bytes=0-1")]).await.expect(StatusCode::INTERNAL_SERVER_ERROR);
}

/// They are looked up together, by one statement.
#[sqlx::test(migrations = "../../migrations")]
async fn of_many_who_ask_at_once_each_gets_the_answer_to_their_own_question(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (ann, bob) = (app.person("ann").await, app.person("bob").await);
    let drive = ann.new_drive("d").await;
    app.processor.keep(&hash(b"png"), "thumbnail", b"webp");
    let file = ann.new_file(drive, "a.png", b"png").await;
    ann.note_artifact(&hash(b"png"), "thumbnail", "image/webp", 4).await;
    let path = format!("/api/v1/files/{file}/artifacts");
    let token = async |scope: &str| {
        let made = ann.post("/api/v1/tokens", json!({"name": scope, "scopes": [scope]})).await.json();
        ann.with_token(made["secret"].as_str().unwrap())
    };
    let (reader, writer) = (token("read").await, token("write").await);
    let (stranger, forged) = (app.stranger(), ann.with_token("pgs_nonsense"));
    let unknown = format!("/api/v1/files/{}/artifacts", Uuid::new_v4());
    let questions = [
        (&ann, format!("{path}/thumbnail"), StatusCode::OK),
        (&reader, format!("{path}/thumbnail"), StatusCode::OK),
        (&writer, format!("{path}/thumbnail"), StatusCode::FORBIDDEN),
        (&bob, format!("{path}/thumbnail"), StatusCode::NOT_FOUND),
        (&stranger, format!("{path}/thumbnail"), StatusCode::UNAUTHORIZED),
        (&forged, format!("{path}/thumbnail"), StatusCode::UNAUTHORIZED),
        (&ann, format!("{path}/preview"), StatusCode::NOT_FOUND),
        // Postgres takes no such text: it must not spoil the others' answers.
        (&ann, format!("{path}/thumb%00nail"), StatusCode::NOT_FOUND),
        (&ann, format!("{unknown}/thumbnail"), StatusCode::NOT_FOUND),
    ];
    let asked = (0..40).flat_map(|_| questions.iter()).map(async |(client, path, expected)| {
        let answer = client.get(path).await;
        assert_eq!(answer.status, *expected, "{path}");
    });
    futures_util::future::join_all(asked).await;

    // Rights are looked at each time, whatever is remembered of the image.
    ann.share(drive, "bob@example.org", "viewer").await;
    bob.get(&format!("{path}/thumbnail")).await.expect(StatusCode::OK);
    ann.delete(&format!("/api/v1/drives/{drive}/members/{}", bob.id)).await.expect(StatusCode::NO_CONTENT);
    bob.get(&format!("{path}/thumbnail")).await.expect(StatusCode::NOT_FOUND);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_preset_is_there_or_is_made(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    let path = format!("/api/v1/files/{}/artifacts", ann.new_file(drive, "a.png", b"png").await);
    let queued = ann.post(&path, json!({"preset": "preview"})).await.expect(StatusCode::ACCEPTED).json();
    assert_eq!(queued["jobId"], "7");
    app.processor.keep(&hash(b"png"), "preview", b"jpeg");
    ann.note_artifact(&hash(b"png"), "preview", "image/jpeg", 4).await;
    assert_eq!(ann.post(&path, json!({"preset": "preview"})).await.expect(StatusCode::OK).json()["sizeBytes"], 4);
    let unknown = ann.post(&path, json!({"preset": "poster"})).await;
    unknown.expect_problem(StatusCode::UNPROCESSABLE_ENTITY, "unknown-preset");
    let presets = ann.get("/api/v1/presets").await.json();
    assert_eq!(presets.as_array().unwrap().iter().filter(|preset| preset["automatic"] == Value::Bool(true)).count(), 2);
    let moving = presets.as_array().unwrap().iter().filter(|preset| preset["animated"] == Value::Bool(true));
    assert_eq!(moving.map(|preset| &preset["name"]).collect::<Vec<_>>(), ["animation"]);
}

/// Exports of the text are asked for of the processor, as the file's reader may.
#[sqlx::test(migrations = "../../migrations")]
async fn text_comes_in_chunks_and_as_files(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (ann, bob) = (app.person("ann").await, app.person("bob").await);
    let drive = ann.new_drive("d").await;
    let path = format!("/api/v1/files/{}", ann.new_file(drive, "Jahres\u{fc}bersicht.v2.pdf", b"pdf").await);
    for export in ["chunks", "export?format=docx", "export?format=txt"] {
        ann.get(&format!("{path}/{export}")).await.expect_problem(StatusCode::NOT_FOUND, "not-found");
    }
    for (name, mime, bytes) in [
        ("extracted-text.txt", "text/plain; charset=utf-8", b"one\x0ctwo".as_slice()),
        ("text.md", "text/markdown; charset=utf-8", b"# one"),
    ] {
        app.processor.keep(&hash(b"pdf"), name, bytes);
        ann.note_artifact(&hash(b"pdf"), name, mime, bytes.len() as u64).await;
    }
    app.processor.keep(&hash(b"pdf"), "chunks?size=512&overlap=64", b"{\"index\":0}\n");
    app.processor.keep(&hash(b"pdf"), "chunks?size=100&overlap=0", b"{\"index\":1}\n");
    app.processor.keep(&hash(b"pdf"), "export?format=docx", b"PK");
    app.processor.keep(&hash(b"pdf"), "export?format=json", b"{}");
    app.processor.keep(&hash(b"pdf"), "export?format=pdf", b"%PDF");
    app.processor.keep(&hash(b"pdf"), "export?format=pdf&pages=3-5,9", b"%PDF-3");
    for (export, body, mime, name) in [
        ("chunks", b"{\"index\":0}\n".as_slice(), "application/jsonl", "chunks.jsonl"),
        ("chunks?size=100&overlap=0", b"{\"index\":1}\n", "application/jsonl", "chunks.jsonl"),
        ("export?format=docx", b"PK", model::DOCX_MIME, "docx"),
        ("export?format=json", b"{}", "application/json", "json"),
        ("export?format=md", b"# one", "text/markdown; charset=utf-8", "md"),
        ("export?format=pdf", b"%PDF", "application/pdf", "pdf"),
        ("export?format=pdf&pages=3-5,%209", b"%PDF-3", "application/pdf", "pdf"),
        ("export?format=txt", b"one\x0ctwo", "text/plain; charset=utf-8", "txt"),
    ] {
        let answer = ann.get(&format!("{path}/{export}")).await.expect(StatusCode::OK);
        assert_eq!((answer.body.as_slice(), answer.header("content-type")), (body, mime), "{export}");
        let disposition = format!(
            "attachment; filename=\"Jahres_bersicht.v2.{name}\"; filename*=UTF-8''Jahres%C3%BCbersicht.v2.{name}"
        );
        assert_eq!(answer.header("content-disposition"), disposition);
        assert_eq!(answer.header("cache-control"), "private, no-cache");
        bob.get(&format!("{path}/{export}")).await.expect(StatusCode::NOT_FOUND);
    }
    for wrong in [
        "chunks?size=31",
        "chunks?size=9000",
        "chunks?size=100&overlap=51",
        "chunks?size=x",
        "export",
        "export?format=odt",
        "export?format=pdf&pages=3-1",
    ] {
        ann.get(&format!("{path}/{wrong}")).await.expect_problem(StatusCode::BAD_REQUEST, "bad-request");
    }
}

/// Lost text (security review, M10): whoever asks for a text whose files are gone is told to ask again, not that it is busy or
/// that there is none; and when it cannot be read again, why.
#[sqlx::test(migrations = "../../migrations")]
async fn a_text_that_is_being_read_again_says_when_to_ask_again(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    let path = format!("/api/v1/files/{}", ann.new_file(drive, "a.pdf", b"pdf").await);
    for (name, mime) in [
        ("extracted-text.txt", "text/plain; charset=utf-8"),
        ("text.md", "text/markdown; charset=utf-8"),
        ("pages.json", "application/json"),
    ] {
        ann.note_artifact(&hash(b"pdf"), name, mime, 7).await;
    }
    let exports = [
        "text",
        "text?format=markdown",
        "pages",
        "artifacts/extracted-text.txt",
        "chunks",
        "export?format=docx",
        "export?format=json",
        "export?format=md",
        "export?format=txt",
    ];
    app.processor.refuse(Code::BeingReadAgain, "again");
    for export in exports {
        let answer = ann.get(&format!("{path}/{export}")).await;
        let answer = answer.expect_problem(StatusCode::SERVICE_UNAVAILABLE, "being-read-again");
        assert_eq!(answer.header("retry-after"), "7", "{export}");
    }
    app.processor.refuse(Code::TextLost, "It was cancelled.");
    for export in exports {
        let answer = ann.get(&format!("{path}/{export}")).await;
        let answer = answer.expect_problem(StatusCode::UNPROCESSABLE_ENTITY, "text-lost");
        assert_eq!(answer.json()["detail"], "It was cancelled.", "{export}");
    }
}
