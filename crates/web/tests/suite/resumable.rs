//! Uploads in pieces: whose they are, what passes through, and what is said of them.

use crate::test_app::{Answer, Client, TestApp};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use db::uploads::{NewUpload, Owner};
use model::wire::Code;
use sqlx::PgPool;
use std::time::Duration;
use time::OffsetDateTime;
use uuid::Uuid;

const TUS: (&str, &str) = ("tus-resumable", "1.0.0");
const PIECE: (&str, &str) = ("content-type", "application/offset+octet-stream");

async fn tus(client: &Client, method: Method, path: &str, headers: &[(&str, &str)], body: &'static str) -> Answer {
    let answer = client.send(method, path, &[&[TUS], headers].concat(), Body::from(body)).await;
    assert_eq!(answer.header("tus-resumable"), "1.0.0");
    answer
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_piece_passes_through_with_our_word_whose_it_is(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    let all = format!("/api/v1/drives/{drive}/uploads");
    let forged = Uuid::nil().to_string();
    let headers = [("upload-length", "5"), ("upload-metadata", "filename YQ=="), ("x-editor-id", &*forged)];
    let begun = tus(&ann, Method::POST, &all, &headers, "").await.expect(StatusCode::CREATED);
    let one = format!("{all}/{}", Uuid::from_u128(7));
    assert_eq!(begun.header("location"), one);
    let (person, drive_text) = (ann.id.to_string(), drive.to_string());
    let asked = |name| app.processor.asked(name);
    assert_eq!((asked("x-editor-id"), asked("x-drive-id")), (person, drive_text));
    assert_eq!((asked("upload-length"), asked("upload-metadata")), ("5".into(), "filename YQ==".into()));
    assert_eq!(asked("cookie"), "", "what signs in here is nobody else's business");

    let piece = [PIECE, ("upload-offset", "0"), ("content-length", "5")];
    let sent = tus(&ann, Method::PATCH, &one, &piece, "hello").await.expect(StatusCode::NO_CONTENT);
    assert_eq!((sent.header("upload-offset"), asked("x-announced-bytes")), ("5", "5".into()));
    let below = format!("/api/upload/tus/{}", Uuid::from_u128(7));
    assert_eq!(app.processor.sent(&format!("PATCH {below}")).unwrap(), "hello");
    let overridden = [PIECE, ("upload-offset", "0"), ("x-http-method-override", "PATCH")];
    tus(&ann, Method::POST, &format!("{one}/"), &overridden, "again").await.expect(StatusCode::NO_CONTENT);
    assert_eq!(app.processor.sent(&format!("PATCH {below}")).unwrap(), "again");
    let head = tus(&ann, Method::HEAD, &one, &[], "").await.expect(StatusCode::OK);
    assert_eq!(head.header("upload-offset"), "0");
    tus(&ann, Method::DELETE, &one, &[], "").await.expect(StatusCode::NO_CONTENT);
    assert!(app.processor.sent(&format!("DELETE {below}")).is_some());
    assert_eq!(asked("tus-resumable"), "1.0.0", "the file store ends nothing for whoever does not say so");
}

#[sqlx::test(migrations = "../../migrations")]
async fn m13_only_who_may_add_files_begins_uploads_and_goes_on_with_them(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (ann, bob) = (app.person("ann").await, app.person("bob").await);
    let drive = ann.new_drive("d").await;
    let all = format!("/api/v1/drives/{drive}/uploads");
    let one = format!("{all}/{}", Uuid::from_u128(7));
    let begin = async |client: &Client| tus(client, Method::POST, &all, &[("upload-length", "5")], "").await;
    let go_on = async |client: &Client| tus(client, Method::PATCH, &one, &[PIECE, ("upload-offset", "0")], "x").await;
    begin(&app.stranger()).await.expect_problem(StatusCode::UNAUTHORIZED, "unauthenticated");
    for answer in [begin(&bob).await, go_on(&bob).await] {
        answer.expect_problem(StatusCode::NOT_FOUND, "not-found");
    }
    ann.share(drive, "bob@example.org", "viewer").await;
    for answer in [begin(&bob).await, go_on(&bob).await] {
        answer.expect_problem(StatusCode::FORBIDDEN, "forbidden");
    }
    assert_eq!(app.processor.kept(), 0, "nothing of them has come to the file store");
    let other_site = [TUS, ("upload-length", "5"), ("sec-fetch-site", "cross-site")];
    let answer = ann.send_exactly(Method::POST, &all, &other_site, Body::empty()).await;
    answer.expect_problem(StatusCode::FORBIDDEN, "cross-site");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_the_file_store_refuses_has_the_status_that_tus_has_for_it(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    let one = format!("/api/v1/drives/{drive}/uploads/{}", Uuid::from_u128(7));
    let old = [("tus-resumable", "0.2.2"), PIECE];
    let answer = ann.send(Method::PATCH, &one, &old, Body::empty()).await;
    let answer = answer.expect_problem(StatusCode::PRECONDITION_FAILED, "unknown-version");
    assert_eq!(answer.header("tus-version"), "1.0.0");
    for (refusal, status, code) in [
        (Code::UploadOfParts, 403, "upload-of-parts"),
        (Code::UploadNotFound, 404, "not-found"),
        (Code::OffsetMismatch, 409, "offset-mismatch"),
        (Code::UploadGone, 410, "upload-gone"),
        (Code::TooLarge, 413, "too-large"),
        (Code::NotAPiece, 415, "not-a-piece"),
        (Code::UploadLocked, 423, "upload-locked"),
        (Code::TooManyUnfinished, 429, "too-many-unfinished-uploads"),
        (Code::ChecksumMismatch, 460, "checksum-mismatch"),
        (Code::NoSpace, 507, "storage-full"),
    ] {
        app.processor.refuse(refusal, "no");
        let answer = tus(&ann, Method::PATCH, &one, &[PIECE, ("upload-offset", "0")], "x").await;
        answer.expect_problem(StatusCode::from_u16(status).unwrap(), code);
    }
    // An answer to HEAD has no body, and still the right status.
    for (refusal, status) in [(Code::UploadNotFound, 404), (Code::UploadGone, 410), (Code::UploadLocked, 423)] {
        app.processor.refuse(refusal, "no");
        assert_eq!(tus(&ann, Method::HEAD, &one, &[], "").await.status, status);
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn ones_own_unfinished_uploads_are_listed_and_ended(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (ann, bob) = (app.person("ann").await, app.person("bob").await);
    let drive = ann.new_drive("d").await;
    let new = NewUpload {
        owner: Owner { ours: Some((ann.id, drive)) },
        foreign_user: None,
        foreign_drive: None,
        page_id: None,
        name: "film.mkv",
        metadata: "",
        is_part: false,
        parts: None,
        modified_at: Some(OffsetDateTime::UNIX_EPOCH),
        length_bytes: Some(5),
    };
    let mut conn = app.pool.acquire().await.unwrap();
    let hour = Duration::from_secs(3600);
    let upload = db::uploads::insert(&mut conn, &new, hour).await.unwrap();
    db::uploads::advance(&mut conn, upload.id, 3, hour).await.unwrap();
    db::uploads::insert(&mut conn, &NewUpload { is_part: true, ..new }, hour).await.unwrap();
    db::uploads::insert(&mut conn, &new, Duration::ZERO).await.unwrap();
    let listed = ann.get("/api/v1/uploads").await.expect(StatusCode::OK).json();
    assert_eq!(listed.as_array().unwrap().len(), 1, "neither parts nor what is over: {listed}");
    let one = &listed[0];
    assert_eq!((&one["name"], &one["sizeBytes"], &one["offsetBytes"]), (&"film.mkv".into(), &5.into(), &3.into()));
    assert_eq!((&one["id"], &one["driveId"]), (&upload.id.to_string().into(), &drive.to_string().into()));
    assert!(one["expiresAt"].is_string() && one["progressedAt"].is_string());
    assert_eq!(one["modifiedAt"], "1970-01-01T00:00:00Z");
    assert_eq!(bob.get("/api/v1/uploads").await.json(), serde_json::json!([]));
    let path = format!("/api/v1/uploads/{}", upload.id);
    bob.delete(&path).await.expect_problem(StatusCode::NOT_FOUND, "not-found");
    ann.delete(&path).await.expect(StatusCode::NO_CONTENT);
    assert!(app.processor.sent(&format!("DELETE /api/upload/tus/{}", upload.id)).is_some());
    assert_eq!(app.processor.asked("tus-resumable"), "1.0.0", "whoever ends one here need not know the protocol");
}
