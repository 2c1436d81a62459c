//! What people of ours are asked, and told, when a file of theirs has come.

use crate::app::{Form, TestApp, file_head, form_end, form_request};
use axum::body::{Body, Bytes};
use futures_util::stream;
use sqlx::PgPool;
use sqlx::types::Uuid;
use std::convert::Infallible;
use tokio::sync::mpsc;

/// Somebody with a drive of their own.
async fn person(pool: &PgPool, name: &str) -> (Uuid, Uuid) {
    let mut conn = pool.acquire().await.unwrap();
    let new = db::users::NewUser { email: name, name, password_hash: "", is_admin: false };
    let user = db::users::insert(&mut conn, &new).await.unwrap().id;
    (user, db::drives::insert(&mut conn, "d", user).await.unwrap())
}

/// The fields that web sends before a file.
fn fields(user: Uuid, drive: Uuid) -> Form {
    let (user, drive) = (user.to_string(), drive.to_string());
    Form::new().text("driveId", &drive).text("userId", &user).text("editorId", &user)
}

/// M13: rights were asked once, before the first byte. Who was removed meanwhile still added the file, and a deleted drive's file was
/// a row nobody could see, whose bytes stayed for ever.
#[sqlx::test(migrations = "../../migrations")]
async fn m13_rights_are_asked_again_when_the_file_is_added(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let (user, drive) = person(&pool, "ann").await;
    for (change, status, code) in [
        ("update drive_members set role = 'viewer'", 403, "not_an_editor"),
        ("delete from drive_members", 404, "drive_not_found"),
        ("delete from drives", 404, "drive_not_found"),
    ] {
        let (sender, mut receiver) = mpsc::channel::<Bytes>(1);
        let chunks =
            stream::poll_fn(move |context| receiver.poll_recv(context).map(|chunk| chunk.map(Ok::<_, Infallible>)));
        let request = form_request("/api/upload/single").body(Body::from_stream(chunks)).unwrap();
        let beginning = fields(user, drive).part();
        let (answer, ()) = tokio::join!(app.trusted(request), async {
            sender.send([beginning, file_head("file", "a.txt")].concat().into()).await.unwrap();
            sender.send(Bytes::from_static(b"hel")).await.unwrap();
            sqlx::query(change).execute(&pool).await.unwrap();
            sender.send([b"lo".to_vec(), form_end()].concat().into()).await.unwrap();
            drop(sender);
        });
        answer.refused(status, code);
        for table in ["files", "contents", "events", "queue.jobs"] {
            let count = format!("select count(*) from {table}");
            let left: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(count)).fetch_one(&pool).await.unwrap();
            assert_eq!(left, 0, "{change} left {table}");
        }
    }
    assert_eq!(app.temp_files(), 0);
    let stranger = fields(user, drive).text("editorId", "clx0user").file("file", "a.txt", b"hello");
    app.post_form("/api/upload/single", stranger).await.refused(400, "bad_request");
}
