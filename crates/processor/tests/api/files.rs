//! What PageSpace lets go of.

use crate::app::{Form, HELLO, TestApp};
use axum::body::Body;
use axum::http::Request;
use serde_json::json;
use sqlx::PgPool;

#[sqlx::test(migrations = "../../migrations")]
async fn pagespaces_file_goes_with_all_its_pages(pool: PgPool) {
    let app = TestApp::new(pool).await;
    for page in ["page-1", "page-2"] {
        let form = Form::new().text("pageId", page).file("file", "a.txt", b"hello");
        app.post_form("/api/upload/single", form).await.ok();
    }
    let hash = HELLO.parse().unwrap();
    app.derive(&hash, "thumbnail", "image/webp", b"an image").await;
    let path = format!("/api/files/{HELLO}");
    let stranger = Request::delete(&path).body(Body::empty()).unwrap();
    app.send(stranger).await.refused(401, "unauthorized");
    let gone = json!({"success": true, "contentHash": HELLO, "originalDeleted": true, "cacheDeleted": true});
    assert_eq!(app.delete(&path).await.ok(), gone);
    for what in ["original", "thumbnail", "metadata"] {
        assert_eq!(app.get(&format!("/cache/{HELLO}/{what}")).await.status.as_u16(), 404, "{what}");
    }
    assert_eq!(app.count("select (select count(*) from files) + (select count(*) from artifacts)").await, 0);
    app.delete(&path).await.refused(404, "content_not_found");
    app.delete("/api/files/hello").await.refused(400, "bad_hash");

    // It may come again, and is read again.
    let again = Form::new().text("pageId", "page-1").file("file", "a.txt", b"hello");
    assert_eq!(app.post_form("/api/upload/single", again).await.ok()["deduplicated"], json!(false));
    let gone = json!({"success": true, "contentHash": HELLO, "originalDeleted": true, "cacheDeleted": false});
    assert_eq!(app.delete(&path).await.ok(), gone, "nothing was made of it yet");
}

/// Knowing a hash is no permission to delete what somebody else has.
#[sqlx::test(migrations = "../../migrations")]
async fn a_file_that_is_in_a_drive_too_stays_there(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let form = Form::new().text("pageId", "page-1").file("file", "a.txt", b"hello");
    app.post_form("/api/upload/single", form).await.ok();
    let drive: uuid::Uuid =
        sqlx::query_scalar("insert into drives (name) values ('d') returning id").fetch_one(&app.pool).await.unwrap();
    let form = Form::new().text("driveId", &drive.to_string()).file("file", "b.txt", b"hello");
    app.post_form("/api/upload/single", form).await.ok();
    let kept = json!({"success": true, "contentHash": HELLO, "originalDeleted": false, "cacheDeleted": false});
    for _ in 0..2 {
        assert_eq!(app.delete(&format!("/api/files/{HELLO}")).await.ok(), kept);
        assert_eq!(app.count("select count(*) from files where name = 'b.txt'").await, 1);
        assert_eq!(app.count("select count(*) from files").await, 1, "the page's is gone");
    }
    assert_eq!(&app.get(&format!("/cache/{HELLO}/original")).await.body[..], b"hello");
}
