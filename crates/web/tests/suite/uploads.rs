//! Uploads pass through as streams.

use crate::test_app::{Client, TestApp};
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::middleware::map_request;
use futures_util::{StreamExt, stream};
use model::wire::Code;
use serde_json::json;
use sqlx::PgPool;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;

const HEAD: &[u8] = b"--XX\r\ncontent-disposition: form-data; name=\"file\"; filename=\"big.bin\"\r\n\r\n";
const TAIL: &[u8] = b"\r\n--XX--\r\n";
const FORM: (&str, &str) = ("content-type", "multipart/form-data; boundary=XX");

/// A body that is sent as the test goes on.
fn slow_body() -> (mpsc::Sender<Bytes>, Body) {
    let (sender, mut receiver) = mpsc::channel::<Bytes>(1);
    let chunks =
        stream::poll_fn(move |context| receiver.poll_recv(context).map(|chunk| chunk.map(Ok::<_, Infallible>)));
    (sender, Body::from_stream(chunks))
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_upload_is_stored_and_said_to_be(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    let first = ann.upload(drive, "folder/na\u{308}me.txt", b"hello").await.expect(StatusCode::CREATED).json();
    assert_eq!((&first["file"]["name"], &first["file"]["status"]), (&json!("n\u{e4}me.txt"), &json!("pending")));
    assert_eq!((&first["deduplicated"], &first["file"]["sizeBytes"]), (&json!(false), &json!(5)));
    assert_eq!(first["jobIds"].as_array().unwrap().len(), 1);
    let second = ann.upload(drive, "copy.txt", b"hello").await.expect(StatusCode::CREATED).json();
    assert_eq!(second["deduplicated"], true);
    assert_ne!(first["file"]["id"], second["file"]["id"]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_request_id_goes_along(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    let answer = ann.upload(drive, "a.txt", b"a").await;
    assert_eq!(answer.header("x-request-id"), app.processor.asked("x-request-id"));
    let chosen = [("x-request-id", "chosen-by-the-proxy")];
    assert_eq!(ann.get_with("/api/v1/drives", &chosen).await.header("x-request-id"), "chosen-by-the-proxy");
    let forged = [("x-request-id", "two words")];
    assert_ne!(ann.get_with("/api/v1/drives", &forged).await.header("x-request-id"), "two words");
}

#[sqlx::test(migrations = "../../migrations")]
async fn bytes_arrive_while_the_sender_is_still_sending(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    let (sender, body) = slow_body();
    let path = format!("/api/v1/drives/{drive}/files");
    let upload = tokio::spawn(async move { ann.send(Method::POST, &path, &[FORM], body).await });
    sender.send(Bytes::from_static(HEAD)).await.unwrap();
    // More than any buffer on the way holds, and each part is waited for before the next is sent.
    let chunk = Bytes::from(vec![7u8; 1 << 20]);
    for sent in 1..=24 {
        sender.send(chunk.clone()).await.unwrap();
        app.processor.has_received((sent - 1) << 20).await;
    }
    sender.send(Bytes::from_static(TAIL)).await.unwrap();
    drop(sender);
    let answer = upload.await.unwrap().expect(StatusCode::CREATED).json();
    assert_eq!(answer["file"]["sizeBytes"], 24 << 20);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_sender_that_breaks_off_leaves_nothing(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    let (sender, body) = slow_body();
    let path = format!("/api/v1/drives/{drive}/files");
    let upload = tokio::spawn(async move { ann.send(Method::POST, &path, &[FORM], body).await });
    sender.send(Bytes::from_static(HEAD)).await.unwrap();
    sender.send(Bytes::from(vec![7u8; 1 << 20])).await.unwrap();
    app.processor.has_received(1 << 16).await;
    drop(sender);
    upload.await.unwrap().expect_problem(StatusCode::BAD_REQUEST, "bad-request");
    let files: i64 = sqlx::query_scalar("select count(*) from files").fetch_one(&pool).await.unwrap();
    assert_eq!((files, app.processor.kept()), (0, 0));
}

#[sqlx::test(migrations = "../../migrations")]
async fn more_than_the_limit_is_refused_announced_or_not(pool: PgPool) {
    let app = TestApp::with(pool, &[("UPLOAD_MAX_BYTES", "100000")]).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    let limits = ann.get("/api/v1/limits").await.json();
    assert_eq!((&limits["maxUploadBytes"], &limits["freeBytes"]), (&100_000.into(), &serde_json::Value::Null));
    ann.upload(drive, "fits.bin", &[0; 100_000]).await.expect(StatusCode::CREATED);
    ann.upload(drive, "big.bin", &[0; 100_001]).await.expect_problem(StatusCode::PAYLOAD_TOO_LARGE, "too-large");
    let announced = [FORM, ("content-length", "9999999")];
    let path = format!("/api/v1/drives/{drive}/files");
    let answer = ann.send(Method::POST, &path, &announced, Body::empty()).await;
    answer.expect_problem(StatusCode::PAYLOAD_TOO_LARGE, "too-large");
    assert_eq!(app.processor.kept(), 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_the_processor_refuses_is_refused_with_its_reason(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    for (refusal, expected, code) in [
        (Code::TooLarge, StatusCode::PAYLOAD_TOO_LARGE, "too-large"),
        (Code::NoSpace, StatusCode::INSUFFICIENT_STORAGE, "storage-full"),
        (Code::NotYet, StatusCode::SERVICE_UNAVAILABLE, "busy"),
        (Code::QueueFull, StatusCode::TOO_MANY_REQUESTS, "queue-full"),
        (Code::PersonQueueFull, StatusCode::TOO_MANY_REQUESTS, "too-many-jobs"),
        (Code::TooManyUploads, StatusCode::TOO_MANY_REQUESTS, "too-many-requests"),
        (Code::Outcome("rejected".into()), StatusCode::UNPROCESSABLE_ENTITY, "refused"),
        (Code::Unauthorized, StatusCode::INTERNAL_SERVER_ERROR, "internal"),
    ] {
        app.processor.refuse(refusal, "not this one");
        let answer = ann.upload(drive, "a.txt", b"a").await.expect_problem(expected, code);
        let says_when = matches!(expected, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(answer.headers.contains_key("retry-after"), says_when);
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn without_a_processor_it_is_unavailable(pool: PgPool) {
    let app = TestApp::with(pool, &[("PROCESSOR_URL", "http://127.0.0.1:1")]).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    let answer = ann.upload(drive, "a.txt", b"a").await.expect_problem(StatusCode::SERVICE_UNAVAILABLE, "unavailable");
    assert_eq!(answer.header("retry-after"), "5");
}

/// Over a real connection, by somebody who reads nothing before all is sent.
#[sqlx::test(migrations = "../../migrations")]
async fn a_refusal_reaches_who_is_still_sending(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    app.processor.refuse(Code::QueueFull, "not now");
    let address = app.listen().await;
    let head = |more: &str| {
        format!(
            "POST /api/v1/drives/{drive}/files HTTP/1.1\r\nhost: x\r\ncookie: pagespace_session=session-of-ann\r\n\
             sec-fetch-site: same-origin\r\ncontent-type: {}\r\ntransfer-encoding: chunked\r\n{more}\r\n",
            FORM.1
        )
    };
    let chunk = |bytes: &[u8]| [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat();
    let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
    socket.write_all(head("").as_bytes()).await.unwrap();
    socket.write_all(&chunk(HEAD)).await.unwrap();
    for _ in 0..64 {
        socket.write_all(&chunk(&[b'x'; 1 << 18])).await.unwrap();
    }
    socket.write_all(&[chunk(TAIL), chunk(b"")].concat()).await.unwrap();
    let mut answer = [0; 12];
    socket.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 429");

    // Who asks first is told to go on only where it is worth it.
    let nobody = head("expect: 100-continue\r\n").replace("session-of-ann", "nobody");
    let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
    socket.write_all(nobody.as_bytes()).await.unwrap();
    socket.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 401");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_form_without_a_file_is_a_bad_request(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    let path = format!("/api/v1/drives/{drive}/files");
    for (headers, body) in [
        (vec![FORM], "--XX\r\ncontent-disposition: form-data; name=\"other\"\r\n\r\nx\r\n--XX--\r\n"),
        (vec![FORM], "rubbish"),
        (vec![("content-type", "application/json")], "{}"),
        (vec![], ""),
    ] {
        let answer = ann.send(Method::POST, &path, &headers, Body::from(body)).await;
        answer.expect_problem(StatusCode::BAD_REQUEST, "bad-request");
    }
}

/// A few requests of this kind, of anybody with an account, took all the memory there is.
#[sqlx::test(migrations = "../../migrations")]
async fn the_head_of_a_form_without_end_is_given_up_and_its_connection_closed(pool: PgPool) {
    let mut app = TestApp::new(pool).await;
    let taken = Arc::new(AtomicUsize::new(0));
    let counter = taken.clone();
    app.router = app.router.layer(map_request(move |request: Request| {
        let counter = counter.clone();
        let count = move |chunk: &Result<Bytes, axum::Error>| {
            counter.fetch_add(chunk.as_ref().map_or(0, Bytes::len), Relaxed);
        };
        std::future::ready(request.map(|body| Body::from_stream(body.into_data_stream().inspect(count))))
    }));
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    let address = app.listen().await;
    let name = "--XX\r\ncontent-disposition: form-data; name=\"name\"\r\n\r\na.txt\r\n";
    for beginning in ["", "--XX\r\nA: ", &format!("{name}--XX\r\nA: "), &format!("{name}--XX\r\nA: b\r\nC: ")] {
        taken.store(0, Relaxed);
        let head = format!(
            "POST /api/v1/drives/{drive}/files HTTP/1.1\r\nhost: x\r\ncookie: pagespace_session=session-of-ann\r\n\
             sec-fetch-site: same-origin\r\ncontent-type: {}\r\ntransfer-encoding: chunked\r\n\r\n",
            FORM.1
        );
        let chunk = |text: &str| format!("{:x}\r\n{text}\r\n", text.len());
        let first = if beginning.is_empty() { head } else { head + &chunk(beginning) };
        let (mut from, mut to) = tokio::net::TcpStream::connect(address).await.unwrap().into_split();
        let send = async {
            to.write_all(first.as_bytes()).await.unwrap();
            // Far from endless, so that this ends where nothing is done about it.
            for _ in 0..512 {
                if to.write_all(chunk(&"a".repeat(16 << 10)).as_bytes()).await.is_err() {
                    return;
                }
            }
        };
        let mut answer = vec![];
        let receive = async {
            // The connection may be reset after the answer, as there is more to read than anybody will.
            let _ = from.read_to_end(&mut answer).await;
        };
        tokio::join!(send, receive);
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 400 "), "{beginning:?}: {answer}");
        assert!(answer.contains("connection: close") && answer.contains("at most 65536 bytes"), "{answer}");
        let taken_bytes = taken.load(Relaxed);
        assert!(taken_bytes < 128 << 10, "{beginning:?}: {taken_bytes} bytes were taken");
    }
    assert_eq!(app.processor.kept(), 0);
}

#[sqlx::test(migrations = "../../migrations")]
async fn all_fields_before_the_file_are_small_together(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    let path = format!("/api/v1/drives/{drive}/files");
    for (count, fits) in [(15, true), (17, false)] {
        let field =
            "--XX\r\ncontent-disposition: form-data; name=\"other\"\r\n\r\n".to_owned() + &"x".repeat(4096) + "\r\n";
        let form = [field.repeat(count).as_bytes(), HEAD, b"hello", TAIL].concat();
        let answer = ann.send(Method::POST, &path, &[FORM], Body::from(form)).await;
        match fits {
            true => drop(answer.expect(StatusCode::CREATED)),
            false => drop(answer.expect_problem(StatusCode::PAYLOAD_TOO_LARGE, "too-large")),
        }
    }
}

/// M13: rights were asked once, before an upload that may take hours. Who was removed meanwhile still added the file, and a drive that
/// was deleted got a row that nobody could see.
#[sqlx::test(migrations = "../../migrations")]
async fn m13_rights_that_end_during_an_upload_end_the_upload(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let (ann, bob) = (app.person("ann").await, app.person("bob").await);
    let drive = ann.new_drive("d").await;
    for (change, status, code) in [
        ("update drive_members set role = 'viewer' where role = 'editor'", StatusCode::FORBIDDEN, "forbidden"),
        ("delete from drive_members where role = 'editor'", StatusCode::NOT_FOUND, "not-found"),
        ("delete from drives", StatusCode::NOT_FOUND, "not-found"),
    ] {
        ann.share(drive, "bob@example.org", "editor").await;
        app.processor.forget_received();
        let (sender, body) = slow_body();
        let path = format!("/api/v1/drives/{drive}/files");
        let (answer, ()) = tokio::join!(bob.send(Method::POST, &path, &[FORM], body), async {
            sender.send([HEAD, &[b'x'; 100_000]].concat().into()).await.unwrap();
            app.processor.has_received(50_000).await;
            sqlx::query(change).execute(&pool).await.unwrap();
            sender.send(TAIL.into()).await.unwrap();
            drop(sender);
        });
        answer.expect_problem(status, code);
    }
    let rows = "select (select count(*) from files) + (select count(*) from contents)";
    assert_eq!(sqlx::query_scalar::<_, i64>(rows).fetch_one(&pool).await.unwrap(), 0);
}

/// M2: whoever uploaded a guess was told whether anybody on the server had exactly that, and when it was read.
#[sqlx::test(migrations = "../../migrations")]
async fn m2_an_upload_tells_nothing_of_what_others_have(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let (ann, bob) = (app.person("ann").await, app.person("bob").await);
    let (anns, bobs) = (ann.new_drive("d").await, bob.new_drive("d").await);
    let unknown = bob.upload(bobs, "a.txt", b"PIN 4710").await.expect(StatusCode::CREATED).json();
    let known = ann.upload(anns, "letter.txt", b"PIN 4711").await.expect(StatusCode::CREATED).json();
    let hash = known["file"]["contentHash"].as_str().unwrap().parse().unwrap();
    ann.note_artifact(&hash, "extracted-text.txt", "text/plain", 8).await;
    sqlx::query(
        "update contents set status = 'completed', format = 'text', outcome = '{\"outcome\": \"ok\"}', started_at = now() - interval '1 day',
             processed_at = now() - interval '1 day', facts = '{\"words\": 2}' where hash = $1",
    )
    .bind(hash.as_str())
    .execute(&pool)
    .await
    .unwrap();
    let mut guess = bob.upload(bobs, "a.txt", b"PIN 4711").await.expect(StatusCode::CREATED).json();
    let id = guess["file"]["id"].as_str().unwrap().to_owned();
    let mut expected = unknown.clone();
    for answer in [&mut guess, &mut expected] {
        assert_eq!(answer["jobIds"].as_array().unwrap().len(), 1);
        answer["jobIds"] = json!(null);
        for field in ["id", "contentHash", "createdAt", "updatedAt"] {
            answer["file"][field] = json!(null);
        }
    }
    assert_eq!(guess, expected);
    let file = bob.get(&format!("/api/v1/files/{id}")).await.expect(StatusCode::OK).json();
    assert_eq!((&file["startedAt"], &file["processedAt"]), (&file["createdAt"], &file["createdAt"]));
    // What bob has he may know.
    let again = bob.upload(bobs, "b.txt", b"PIN 4711").await.expect(StatusCode::CREATED).json();
    assert_eq!((&again["deduplicated"], &again["file"]["status"]), (&json!(true), &json!("completed")));
}

/// L17: an answer that was lost made a second file of the upload that was sent again.
#[sqlx::test(migrations = "../../migrations")]
async fn l17_an_upload_that_is_sent_again_makes_one_file(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (ann, bob) = (app.person("ann").await, app.person("bob").await);
    let (anns, bobs) = (ann.new_drive("d").await, bob.new_drive("d").await);
    let upload = async |who: &Client, drive, key: &str, bytes: &[u8]| {
        let form = [HEAD, bytes, TAIL].concat();
        let headers = [FORM, ("idempotency-key", key)];
        who.send(Method::POST, &format!("/api/v1/drives/{drive}/files"), &headers, Body::from(form)).await
    };
    let first = upload(&ann, anns, "k-1", b"hello").await.expect(StatusCode::CREATED).json();
    let again = upload(&ann, anns, "\"k-1\"", b"hello").await.expect(StatusCode::CREATED).json();
    assert_eq!(first, again);
    let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
    upload(&ann, anns, "k-1", b"other").await.expect_problem(unprocessable, "idempotency-key-reused");
    let files = async |who: &Client, drive| {
        let list = who.get(&format!("/api/v1/drives/{drive}/files")).await.json();
        list["items"].as_array().unwrap().len()
    };
    assert_eq!(files(&ann, anns).await, 1);
    // Keys are each person's own, and another key is another upload.
    upload(&bob, bobs, "k-1", b"hello").await.expect(StatusCode::CREATED);
    let second = upload(&ann, anns, "k-2", b"hello").await.expect(StatusCode::CREATED).json();
    assert_ne!(first["file"]["id"], second["file"]["id"]);
    upload(&ann, anns, "two words", b"hello").await.expect_problem(StatusCode::BAD_REQUEST, "bad-request");
    assert_eq!(files(&ann, anns).await, 2);
}

/// L17: two at once are told apart from one after the other. The first has the key until it has ended, however it does.
#[sqlx::test(migrations = "../../migrations")]
async fn l17_a_key_is_taken_while_its_upload_is_under_way(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    let path = format!("/api/v1/drives/{drive}/files");
    let headers = [FORM, ("idempotency-key", "k")];
    let whole = || Body::from([HEAD, b"hello", TAIL].concat());
    {
        let (sender, body) = slow_body();
        let mut first = std::pin::pin!(ann.send(Method::POST, &path, &headers, body));
        let second = async {
            sender.send([HEAD, &[b'x'; 100_000]].concat().into()).await.unwrap();
            app.processor.has_received(50_000).await;
            ann.send(Method::POST, &path, &headers, whole()).await
        };
        tokio::select! {
            _ = &mut first => panic!("it was not under way"),
            second = second => drop(second.expect_problem(StatusCode::CONFLICT, "idempotency-key-in-use")),
        }
    }
    // Its sender has gone.
    ann.send(Method::POST, &path, &headers, whole()).await.expect(StatusCode::CREATED);
}
