//! Files in pieces, as tus 1.0.0 has them.

use crate::app::{Answer, HELLO, TestApp, person};
use axum::body::{Body, Bytes};
use axum::http::Request;
use futures_util::{StreamExt, stream};
use sqlx::PgPool;
use sqlx::types::Uuid;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

const PATH: &str = "/api/upload/tus";
const PIECE: (&str, &str) = ("content-type", "application/offset+octet-stream");
/// "hello" by SHA-1 and SHA-256, in Base64.
const HELLO_SHA1: &str = "sha1 qvTGHdzF6KLavt4PO0gs2a6pQ00=";
const HELLO_SHA256: &str = "sha256 LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=";

fn request(method: &str, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Request<Body> {
    let request = Request::builder().method(method).uri(path).header("tus-resumable", "1.0.0");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.body(body.into()).unwrap()
}

async fn tus(app: &TestApp, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let answer = app.trusted(request(method, path, headers, body.to_vec())).await;
    assert_eq!(answer.header("tus-resumable"), "1.0.0");
    answer
}

async fn begin(app: &TestApp, headers: &[(&str, &str)]) -> String {
    let answer = tus(app, "POST", PATH, headers, b"").await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.header("location").to_owned()
}

async fn begin_of(app: &TestApp, length: usize) -> String {
    begin(app, &[("upload-length", &length.to_string()), ("upload-metadata", "filename YS50eHQ=")]).await
}

async fn patch(app: &TestApp, path: &str, offset: usize, body: &[u8]) -> Answer {
    tus(app, "PATCH", path, &[PIECE, ("upload-offset", &offset.to_string())], body).await
}

/// Sends a piece that has to be taken, and gives the new offset.
async fn send(app: &TestApp, path: &str, offset: usize, body: &[u8]) -> usize {
    let answer = patch(app, path, offset, body).await;
    assert_eq!(answer.status, 204, "{}", answer.text());
    answer.header("upload-offset").parse().unwrap()
}

async fn head(app: &TestApp, path: &str) -> Answer {
    let answer = tus(app, "HEAD", path, &[], b"").await;
    assert!(!answer.status.is_success() || answer.header("cache-control") == "no-store");
    answer
}

async fn offset(app: &TestApp, path: &str) -> usize {
    let answer = head(app, path).await;
    assert_eq!(answer.status, 200);
    answer.header("upload-offset").parse().unwrap()
}

fn partials(app: &TestApp) -> usize {
    std::fs::read_dir(app.dir.path().join("uploads")).unwrap().count()
}

fn partial(app: &TestApp, path: &str) -> std::path::PathBuf {
    app.dir.path().join("uploads").join(path.rsplit('/').next().unwrap())
}

async fn files(app: &TestApp) -> i64 {
    app.count("select count(*) from files").await
}

/// Bytes that are not the same anywhere.
fn noise(count: usize) -> Vec<u8> {
    (0..count as u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_upload_in_pieces_becomes_one_file(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let path = begin_of(&app, 5).await;
    assert_eq!(offset(&app, &path).await, 0);
    let answer = patch(&app, &path, 0, b"hel").await;
    assert_eq!((answer.status.as_u16(), answer.header("upload-offset")), (204, "3"));
    assert!(answer.header("upload-expires").ends_with(" GMT"), "{}", answer.header("upload-expires"));
    assert_eq!(files(&app).await, 0);
    assert_eq!(send(&app, &path, 3, b"lo").await, 5);

    let answer = head(&app, &path).await;
    assert_eq!((answer.header("upload-offset"), answer.header("upload-length")), ("5", "5"));
    assert_eq!(answer.header("upload-metadata"), "filename YS50eHQ=");
    let file: (Uuid, String, String) =
        sqlx::query_as("select id, name, content_hash from files").fetch_one(&app.pool).await.unwrap();
    assert_eq!((answer.header("x-file-id"), &*file.1, &*file.2), (&*file.0.to_string(), "a.txt", HELLO));
    assert_eq!(app.count("select count(*) from queue.jobs").await, 1);
    assert_eq!(app.count("select count(*) from events where kind = 'file.created'").await, 1);
    assert_eq!((partials(&app), app.temp_files()), (0, 0));
    assert_eq!(app.get(&path).await.text(), "hello");
    assert_eq!(std::fs::read(app.dir.path().join("blobs/2c").join(HELLO)).unwrap(), b"hello");
    // Asked again as if the answer had been lost.
    assert_eq!(send(&app, &path, 5, b"").await, 5);
    patch(&app, &path, 3, b"lo").await.refused(409, "offset_mismatch");
    assert_eq!(files(&app).await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_whole_file_may_come_with_the_first_request_or_be_empty(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let answer = tus(&app, "POST", &format!("{PATH}/"), &[PIECE, ("upload-length", "5")], b"hello").await;
    assert_eq!((answer.status.as_u16(), answer.header("upload-offset")), (201, "5"));
    let empty = begin(&app, &[("upload-length", "0")]).await;
    assert_eq!(head(&app, &format!("{empty}/")).await.header("upload-length"), "0");
    assert_eq!(files(&app).await, 2);
}

/// A sender that sends so much and then nothing, or an error.
fn broken(bytes: Vec<u8>, breaks: bool) -> Body {
    let chunks: Vec<_> = bytes.chunks(64 << 10).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
    let end = match breaks {
        true => stream::iter([Err(std::io::Error::other("the connection is lost"))]).boxed(),
        false => stream::pending().boxed(),
    };
    Body::from_stream(stream::iter(chunks).chain(end))
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_came_of_a_piece_that_broke_off_is_kept(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let bytes = noise(3 << 20);
    let path = begin_of(&app, bytes.len()).await;
    let piece = request("PATCH", &path, &[PIECE, ("upload-offset", "0")], broken(bytes[..1 << 20].to_vec(), true));
    app.trusted(piece).await.refused(400, "bad_request");
    assert_eq!(offset(&app, &path).await, 1 << 20);
    assert_eq!(send(&app, &path, 1 << 20, &bytes[1 << 20..2 << 20]).await, 2 << 20);
    // Another process, which has no digest of what came before.
    let next = TestApp::with(pool, |config| config.storage_dir = app.dir.path().to_owned()).await;
    // What was written and never said to be there is not.
    let mut file = std::fs::OpenOptions::new().append(true).open(partial(&app, &path)).unwrap();
    std::io::Write::write_all(&mut file, b"torn").unwrap();
    assert_eq!(offset(&next, &path).await, 2 << 20);
    assert_eq!(send(&next, &path, 2 << 20, &bytes[2 << 20..]).await, bytes.len());
    assert!(next.get(&path).await.body == bytes);
    assert_eq!((files(&next).await, partials(&app)), (1, 0));
}

/// Of a sender that is gone nobody knows that it is; whoever comes after it need not wait until that is found out.
#[sqlx::test(migrations = "../../migrations")]
async fn a_later_request_takes_the_turn_of_a_silent_one(pool: PgPool) {
    let app = Arc::new(TestApp::new(pool).await);
    let bytes = noise(2 << 20);
    let path = begin_of(&app, bytes.len()).await;
    for begins_at in [0, 1 << 20] {
        let piece = broken(bytes[begins_at..begins_at + (1 << 20)].to_vec(), false);
        let piece = request("PATCH", &path, &[PIECE, ("upload-offset", &begins_at.to_string())], piece);
        let silent = tokio::spawn({
            let app = app.clone();
            async move { app.trusted(piece).await }
        });
        let begun = Instant::now();
        while std::fs::metadata(partial(&app, &path)).unwrap().len() < (begins_at + (768 << 10)) as u64 {
            assert!(begun.elapsed().as_secs() < 60 && !silent.is_finished(), "it has not come");
            tokio::task::yield_now().await;
        }
        if begins_at == 0 {
            assert_eq!(offset(&app, &path).await, 1 << 20);
            silent.await.unwrap().refused(423, "upload_locked");
        } else {
            // A piece takes it too, and is told where the other one ended.
            patch(&app, &path, 1 << 20, b"x").await.refused(409, "offset_mismatch");
            silent.await.unwrap().refused(423, "upload_locked");
        }
    }
    // All had come, and its sender was never told.
    assert_eq!(offset(&app, &path).await, bytes.len());
    assert!(app.get(&path).await.body == bytes);
    assert_eq!(files(&app).await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_is_not_of_the_protocol_is_refused(pool: PgPool) {
    let app = TestApp::with(pool, |config| config.upload_max_bytes = 1000).await;
    let path = begin_of(&app, 5).await;
    let old = Request::builder().method("PATCH").uri(&path).header("tus-resumable", "0.2.2");
    let answer = app.trusted(old.body(Body::empty()).unwrap()).await;
    answer.refused(412, "unknown_version");
    assert_eq!(answer.header("tus-version"), "1.0.0");
    tus(&app, "PATCH", &path, &[("upload-offset", "0")], b"hello").await.refused(415, "not_a_piece");
    tus(&app, "PATCH", &path, &[PIECE], b"hello").await.refused(400, "bad_request");
    patch(&app, &path, 1, b"ello").await.refused(409, "offset_mismatch");
    patch(&app, &path, 0, b"hello!").await.refused(413, "too_large");
    patch(&app, &format!("{PATH}/{}", Uuid::nil()), 0, b"hello").await.refused(404, "upload_not_found");
    patch(&app, &format!("{PATH}/no-id"), 0, b"hello").await.refused(404, "upload_not_found");
    for headers in [
        &[][..],
        &[("upload-length", "-1")],
        &[("upload-length", "5"), ("upload-defer-length", "1")],
        &[("upload-defer-length", "2")],
        &[("upload-length", "5"), ("upload-metadata", "filename ???")],
        &[("upload-length", "5"), ("upload-concat", "whole")],
        &[("upload-length", "5"), ("x-editor-id", "somebody")],
    ] {
        tus(&app, "POST", PATH, headers, b"").await.refused(400, "bad_request");
    }
    tus(&app, "POST", PATH, &[("upload-length", "1001")], b"").await.refused(413, "too_large");
    app.send(request("POST", PATH, &[("upload-length", "5")], Body::empty())).await;
    assert_eq!(app.count("select count(*) from uploads").await, 1, "strangers and nonsense begin nothing");
    let answer = app.trusted(Request::options(PATH).body(Body::empty()).unwrap()).await;
    assert_eq!((answer.status.as_u16(), answer.header("tus-max-size")), (204, "1000"));
    assert_eq!((answer.header("tus-version"), answer.header("tus-checksum-algorithm")), ("1.0.0", "sha1,sha256"));
    let spoken = answer.header("tus-extension");
    for extension in
        ["creation", "creation-with-upload", "creation-defer-length", "expiration", "checksum", "termination"]
    {
        assert!(spoken.split(',').any(|word| word == extension), "{spoken}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn nothing_of_a_piece_with_another_checksum_is_kept(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let path = begin_of(&app, 15).await;
    let checked = async |offset: &str, sum: &str, body: &[u8]| {
        tus(&app, "PATCH", &path, &[PIECE, ("upload-offset", offset), ("upload-checksum", sum)], body).await
    };
    assert_eq!(checked("0", HELLO_SHA1, b"hello").await.status, 204);
    checked("5", HELLO_SHA1, b"hallo").await.refused(460, "checksum_mismatch");
    checked("5", HELLO_SHA256, b"hellO").await.refused(460, "checksum_mismatch");
    for unknown in ["md5 XUFAKrxLKna5cZ2REBfFkg==", "sha1", "sha1 ???"] {
        checked("5", unknown, b"hello").await.refused(400, "bad_request");
    }
    // A part of what was to be checked is nothing.
    let headers = [PIECE, ("upload-offset", "5"), ("upload-checksum", HELLO_SHA1)];
    app.trusted(request("PATCH", &path, &headers, broken(b"hel".to_vec(), true))).await.refused(400, "bad_request");
    assert_eq!(offset(&app, &path).await, 5);
    assert_eq!(checked("5", HELLO_SHA256, b"hello").await.status, 204);
    assert_eq!(send(&app, &path, 10, b"hello").await, 15);
    assert_eq!(app.get(&path).await.text(), "hellohellohello");
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_length_may_be_said_later_and_then_stays(pool: PgPool) {
    let app = TestApp::with(pool, |config| config.upload_max_bytes = 1000).await;
    let path = begin(&app, &[("upload-defer-length", "1")]).await;
    assert_eq!(send(&app, &path, 0, b"hel").await, 3);
    let answer = head(&app, &path).await;
    assert_eq!((answer.header("upload-defer-length"), answer.header("upload-length")), ("1", ""));
    let with_length = async |length: &str, offset: &str, body: &[u8]| {
        tus(&app, "PATCH", &path, &[PIECE, ("upload-offset", offset), ("upload-length", length)], body).await
    };
    with_length("2", "3", b"").await.refused(400, "bad_request");
    with_length("1001", "3", b"").await.refused(413, "too_large");
    assert_eq!(with_length("5", "3", b"l").await.status, 204);
    with_length("6", "4", b"o").await.refused(400, "bad_request");
    assert_eq!(head(&app, &path).await.header("upload-length"), "5");
    assert_eq!(with_length("5", "4", b"o").await.status, 204);
    assert_eq!(app.get(&path).await.text(), "hello");
    // Without one, too, there is an end.
    let path = begin(&app, &[("upload-defer-length", "1")]).await;
    patch(&app, &path, 0, &[0; 1001]).await.refused(413, "too_large");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_file_is_made_of_its_parts_once(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let part = async |bytes: &[u8]| {
        let path = begin(&app, &[("upload-concat", "partial"), ("upload-length", &bytes.len().to_string())]).await;
        assert_eq!(send(&app, &path, 0, bytes).await, bytes.len());
        path
    };
    let unfinished = begin(&app, &[("upload-concat", "partial"), ("upload-length", "1")]).await;
    let (hel, lo) = (part(b"hel").await, part(b"lo").await);
    assert_eq!((head(&app, &hel).await.header("upload-concat"), files(&app).await), ("partial", 0));
    let of = |parts: &[&str]| format!("final;{}", parts.join(" "));
    let make = async |concat: &str| tus(&app, "POST", PATH, &[("upload-concat", concat)], b"").await;
    make(&of(&[&hel, &unfinished])).await.refused(400, "bad_request");
    make(&of(&[&hel, &format!("{PATH}/{}", Uuid::nil())])).await.refused(404, "upload_not_found");
    let whole = begin_of(&app, 5).await;
    make(&of(&[&hel, &whole])).await.refused(400, "bad_request");
    let concat = of(&[&hel, &format!("https://files.example.org{lo}")]);
    tus(&app, "POST", PATH, &[("upload-concat", &concat), ("upload-length", "5")], b"")
        .await
        .refused(400, "bad_request");
    let first = make(&concat).await;
    assert_eq!(first.status, 201, "{}", first.text());
    let made = first.header("location");
    let answer = head(&app, made).await;
    assert_eq!((answer.header("upload-offset"), answer.header("upload-length")), ("5", "5"));
    assert_eq!(answer.header("upload-concat"), concat);
    assert_eq!(app.get(made).await.text(), "hello");
    patch(&app, made, 5, b"").await.refused(403, "upload_of_parts");
    // Its answer was lost.
    assert_eq!(make(&concat).await.header("location"), made);
    assert_eq!(files(&app).await, 1);
    assert_eq!(head(&app, &hel).await.status, 404);
    assert_eq!(partials(&app), 2, "the parts are gone, and what nobody used is not");
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_upload_that_is_ended_leaves_nothing(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let path = begin_of(&app, 5).await;
    send(&app, &path, 0, b"hel").await;
    let override_method = [("x-http-method-override", "DELETE")];
    assert_eq!(tus(&app, "POST", &path, &override_method, b"").await.status, 204);
    assert_eq!(head(&app, &path).await.status, 404);
    assert_eq!((partials(&app), app.count("select count(*) from uploads").await), (0, 0));
    // A file that it became is a file.
    let path = begin_of(&app, 5).await;
    let patched = [PIECE, ("upload-offset", "0"), ("x-http-method-override", "PATCH")];
    assert_eq!(tus(&app, "POST", &path, &patched, b"hello").await.status, 204);
    assert_eq!(tus(&app, "DELETE", &path, &[], b"").await.status, 204);
    assert_eq!((app.get(&path).await.status.as_u16(), files(&app).await), (404, 1));
}

async fn expire(app: &TestApp) {
    sqlx::query("update uploads set expires_at = now() - interval '1 second'").execute(&app.pool).await.unwrap();
}

async fn sweep(app: &TestApp) -> i64 {
    let answer = app.trusted(Request::post("/api/storage/sweep").body(Body::empty()).unwrap()).await;
    answer.ok()["tempFiles"].as_i64().unwrap()
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_uploads_announce_is_reserved_and_given_back(pool: PgPool) {
    let app = TestApp::with(pool, |config| config.upload_max_bytes = 1 << 60).await;
    let free = app.state.context.store.space().await.unwrap().free_bytes;
    let begin = async || tus(&app, "POST", PATH, &[("upload-length", &(free / 10 * 6).to_string())], b"").await;
    for is_ended in [true, false] {
        let first = begin().await;
        assert_eq!(first.status, 201, "{}", first.text());
        begin().await.refused(507, "no_space");
        if is_ended {
            tus(&app, "DELETE", first.header("location"), &[], b"").await;
            continue;
        }
        expire(&app).await;
        assert_eq!(head(&app, first.header("location")).await.status, 410);
        patch(&app, first.header("location"), 0, b"x").await.refused(410, "upload_gone");
        assert_eq!((sweep(&app).await, partials(&app)), (1, 0));
        assert_eq!(begin().await.status, 201, "room is given back");
        // For a day it is said that its time is over; then nobody knows of it.
        let mut conn = app.pool.acquire().await.unwrap();
        assert_eq!(db::expiry::uploads(&mut conn).await.unwrap(), 0);
        let longer_ago = "update uploads set expires_at = expires_at - interval '1 day' where expires_at <= now()";
        sqlx::query(longer_ago).execute(&mut *conn).await.unwrap();
        assert_eq!(db::expiry::uploads(&mut conn).await.unwrap(), 1);
        assert_eq!(head(&app, first.header("location")).await.status, 404);
    }
}

/// M13 and H5, of uploads that may take days: what one person begins is bounded, and rights are asked at both ends.
#[sqlx::test(migrations = "../../migrations")]
async fn h5_a_person_begins_so_many_uploads_and_no_more(pool: PgPool) {
    let app = TestApp::with(pool, |config| config.unfinished_uploads_per_person = 2.try_into().unwrap()).await;
    let (ann, drive) = person_with_drive(&app).await;
    let own = [("x-editor-id", &*ann), ("x-drive-id", &*drive), ("upload-length", "5")];
    let first = begin(&app, &own).await;
    begin(&app, &own).await;
    tus(&app, "POST", PATH, &own, b"").await.refused(429, "too_many_unfinished_uploads");
    // Finished, it counts no more; somebody else's never did.
    let sent = tus(&app, "PATCH", &first, &[&own[..2], &[PIECE, ("upload-offset", "0")]].concat(), b"hello").await;
    assert_eq!(sent.status, 204, "{}", sent.text());
    begin(&app, &own).await;
    begin_of(&app, 5).await;
    let free = app.state.context.store.space().await.unwrap().free_bytes;
    let app = TestApp::with(app.pool.clone(), |config| {
        config.storage_dir = app.dir.path().to_owned();
        config.upload_max_bytes = free / 8;
    })
    .await;
    // Most of what is free stays free for others.
    let much = [own[0], own[1], ("upload-length", &(free / 10).to_string())];
    begin(&app, &much).await;
    begin(&app, &much).await;
    tus(&app, "POST", PATH, &much, b"").await.refused(429, "too_many_unfinished_uploads");
}

/// One that was begun without a length was asked about neither the queue nor the person's share.
#[sqlx::test(migrations = "../../migrations")]
async fn h5_a_length_that_is_said_later_is_bounded_like_any_other(pool: PgPool) {
    let app = TestApp::with(pool, |config| config.queue_max_pending = 1.try_into().unwrap()).await;
    let (ann, drive) = person_with_drive(&app).await;
    let own = [("x-editor-id", &*ann), ("x-drive-id", &*drive)];
    let deferred = begin(&app, &[own[0], own[1], ("upload-defer-length", "1")]).await;
    let patch = async |app: &TestApp, offset: u64, length: Option<u64>, body: &[u8]| {
        let (offset, length) = (offset.to_string(), length.map(|bytes| bytes.to_string()));
        let mut headers = [&own[..], &[PIECE, ("upload-offset", &*offset)]].concat();
        headers.extend(length.as_deref().map(|length| ("upload-length", length)));
        tus(app, "PATCH", &deferred, &headers, body).await
    };
    let small = (4 << 20) - 1;
    assert_eq!(patch(&app, 0, None, &vec![0; small as usize]).await.status, 204);
    let waiting = begin_of(&app, 5).await;
    send(&app, &waiting, 0, b"hello").await;
    // The queue is full now. What is small is asked at its end.
    patch(&app, small, Some(small + 1), b"").await.refused(429, "queue_full");
    assert_eq!(patch(&app, small, None, b"0").await.status, 204);
    patch(&app, small + 1, None, b"0").await.refused(429, "queue_full");
    assert_eq!(tus(&app, "HEAD", &deferred, &own, b"").await.header("upload-offset"), (small + 1).to_string());

    let free = app.state.context.store.space().await.unwrap().free_bytes;
    let app = TestApp::with(app.pool.clone(), |config| {
        config.storage_dir = app.dir.path().to_owned();
        config.upload_max_bytes = free / 8;
    })
    .await;
    let much = (free / 10).to_string();
    for _ in 0..2 {
        begin(&app, &[own[0], own[1], ("upload-length", &much)]).await;
    }
    patch(&app, small + 1, Some(free / 10), b"0").await.refused(429, "too_many_unfinished_uploads");
    assert_eq!(tus(&app, "HEAD", &deferred, &own, b"").await.header("upload-defer-length"), "1");
    assert_eq!(patch(&app, small + 1, Some(small + 2), b"0").await.status, 204);
}

/// What somebody has to choose again to go on, and whether it is being sent elsewhere.
#[sqlx::test(migrations = "../../migrations")]
async fn it_is_known_which_file_an_upload_is_of_and_when_it_last_came_on(pool: PgPool) {
    let app = TestApp::new(pool).await;
    // 1764522000123
    let metadata = ("upload-metadata", "filename YS50eHQ=,lastModified MTc2NDUyMjAwMDEyMw==");
    let path = begin(&app, &[("upload-length", "5"), metadata]).await;
    let is_known = "select count(*) from uploads where modified_at = to_timestamp(1764522000.123)";
    assert_eq!(app.count(is_known).await, 1);
    sqlx::query("update uploads set progressed_at = now() - interval '1 hour'").execute(&app.pool).await.unwrap();
    send(&app, &path, 0, b"hel").await;
    assert_eq!(app.count("select count(*) from uploads where progressed_at > now() - interval '1 minute'").await, 1);
}

async fn person_with_drive(app: &TestApp) -> (String, String) {
    let (ann, drive) = person(&app.pool, "ann").await;
    (ann.to_string(), drive.to_string())
}

async fn set_role(app: &TestApp, role: &'static str) {
    let members = "update drive_members set role = $1";
    sqlx::query(members).bind(role).execute(&app.pool).await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn m13_rights_are_asked_when_an_upload_begins_and_when_it_ends(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (ann, drive) = person_with_drive(&app).await;
    let own = [("x-editor-id", &*ann), ("x-drive-id", &*drive)];
    set_role(&app, "viewer").await;
    let length = [own[0], own[1], ("upload-length", "5")];
    tus(&app, "POST", PATH, &length, b"").await.refused(403, "not_an_editor");
    set_role(&app, "editor").await;
    let path = begin(&app, &length).await;
    // To others it is not there.
    assert_eq!(head(&app, &path).await.status, 404);
    let elsewhere = Uuid::nil().to_string();
    assert_eq!(tus(&app, "HEAD", &path, &[own[0], ("x-drive-id", &*elsewhere)], b"").await.status, 404);
    set_role(&app, "viewer").await;
    let piece = [own[0], own[1], PIECE, ("upload-offset", "0")];
    tus(&app, "PATCH", &path, &piece, b"hello").await.refused(403, "not_an_editor");
    assert_eq!(files(&app).await, 0);
    // All of it is there all the same, for when that person may again; asking for it is enough.
    set_role(&app, "editor").await;
    let answer = tus(&app, "HEAD", &path, &own, b"").await;
    assert_eq!((answer.header("upload-offset"), answer.header("x-file-id").is_empty()), ("5", false));
    assert_eq!(app.count("select count(*) from files where drive_id is not null").await, 1);
    // A drive that is deleted takes its uploads along.
    let path = begin(&app, &length).await;
    sqlx::query("delete from drives").execute(&app.pool).await.unwrap();
    assert_eq!(tus(&app, "HEAD", &path, &own, b"").await.status, 404);
}

/// A backup has no unfinished uploads, and its dump may have their rows.
#[sqlx::test(migrations = "../../migrations")]
async fn an_upload_whose_bytes_are_gone_has_to_be_begun_anew(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let [gone, shorter] = [begin_of(&app, 5).await, begin_of(&app, 5).await];
    for path in [&gone, &shorter] {
        send(&app, path, 0, b"hel").await;
    }
    std::fs::remove_file(partial(&app, &gone)).unwrap();
    std::fs::write(partial(&app, &shorter), b"h").unwrap();
    for path in [&gone, &shorter] {
        for _ in 0..2 {
            assert_eq!(head(&app, path).await.status, 410);
        }
        patch(&app, path, 3, b"lo").await.refused(410, "upload_gone");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_sweep_never_takes_what_can_be_gone_on_with(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let path = begin_of(&app, 5).await;
    send(&app, &path, 0, b"hel").await;
    let unknown = |n: u128| app.dir.path().join("uploads").join(Uuid::from_u128(n).to_string());
    for path in [unknown(1), unknown(2)] {
        std::fs::write(path, b"left by a crash").unwrap();
    }
    for path in [partial(&app, &path), unknown(1)] {
        let long_ago = SystemTime::now() - Duration::from_secs(90_000);
        std::fs::File::options().write(true).open(path).unwrap().set_modified(long_ago).unwrap();
    }
    assert_eq!(sweep(&app).await, 1);
    assert!(!unknown(1).exists() && unknown(2).exists());
    assert_eq!(send(&app, &path, 3, b"lo").await, 5);
    assert_eq!(app.get(&path).await.text(), "hello");
}

/// Everybody who asks at the end tries to make the file.
#[sqlx::test(migrations = "../../migrations")]
async fn an_upload_becomes_a_file_once_however_many_ask(pool: PgPool) {
    let app = Arc::new(TestApp::new(pool).await);
    let (ann, drive) = person_with_drive(&app).await;
    let path = begin(&app, &[("x-editor-id", &ann), ("x-drive-id", &drive), ("upload-length", "5")]).await;
    set_role(&app, "viewer").await;
    let piece = [("x-editor-id", &*ann), ("x-drive-id", &*drive), PIECE, ("upload-offset", "0")];
    tus(&app, "PATCH", &path, &piece, b"hello").await.refused(403, "not_an_editor");
    set_role(&app, "editor").await;
    let ask = |n: usize| {
        let (app, path, own) = (app.clone(), path.clone(), [ann.clone(), drive.clone()]);
        let headers = [("x-editor-id", &*own[0]), ("x-drive-id", &*own[1]), PIECE, ("upload-offset", "5")];
        let asked = request(if n.is_multiple_of(2) { "HEAD" } else { "PATCH" }, &path, &headers, Body::empty());
        tokio::spawn(async move { app.trusted(asked).await.status.as_u16() })
    };
    let answers: Vec<_> = (0..20).map(ask).collect();
    for answer in answers {
        let status = answer.await.unwrap();
        assert!(matches!(status, 200 | 204 | 423), "{status}");
    }
    assert_eq!(files(&app).await, 1);
    assert_eq!(app.count("select count(*) from events where kind = 'file.created'").await, 1);
}
