//! Pictures of people.

use crate::app::{Form, JPEG, TestApp};
use axum::body::Body;
use axum::http::Request;
use serde_json::json;
use sqlx::PgPool;

fn form(user: &str, bytes: &[u8]) -> Form {
    Form::new().file("file", "me.png", bytes).text("userId", user)
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_avatar_is_kept_shown_and_removed(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let body = app.post_form("/api/avatar/upload", form("user-1", JPEG)).await.ok();
    let path = body["path"].as_str().unwrap();
    assert_eq!(path, format!("/avatars/user-1/{}", body["filename"].as_str().unwrap()));
    let answer = app.get(path).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("content-type"), &answer.body[..]),
        (200, "image/jpeg", JPEG),
        "by content"
    );

    let newer = app.post_form("/api/avatar/upload", form("user-1", b"GIF89a and so on")).await.ok();
    app.get(path).await.refused(404, "avatar_not_found");
    assert_eq!(app.get(newer["path"].as_str().unwrap()).await.header("content-type"), "image/gif");

    assert_eq!(app.delete("/api/avatar/user-1").await.ok()["success"], json!(true));
    app.get(newer["path"].as_str().unwrap()).await.refused(404, "avatar_not_found");
    assert_eq!(app.delete("/api/avatar/user-1").await.ok()["success"], json!(true), "twice is no mistake");
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_avatar_is_a_small_picture_of_somebody(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let path = "/api/avatar/upload";
    app.post_form(path, form("user-1", b"<svg onload='alert(1)'/>")).await.refused(415, "not_a_picture");
    app.post_form(path, form("user-1", b"")).await.refused(415, "not_a_picture");
    let large = [JPEG, &vec![0; 5 << 20]].concat();
    app.post_form(path, form("user-1", &large)).await.refused(413, "too_large");
    for user in ["", "..", "a/b", "a\0b"] {
        app.post_form(path, form(user, JPEG)).await.refused(400, "bad_request");
    }
    app.post_form(path, Form::new().text("userId", "user-1")).await.refused(400, "bad_request");
    app.delete("/api/avatar/..%2fblobs").await.refused(400, "bad_request");
    app.get("/avatars/user-1/..%2f..%2fx.png").await.refused(404, "avatar_not_found");
    app.get("/avatars/user-1/x.exe").await.refused(404, "avatar_not_found");
    let stranger = Request::delete("/api/avatar/user-1").body(Body::empty()).unwrap();
    app.send(stranger).await.refused(401, "unauthorized");
}

/// PageSpace's web app fetches them without a token.
#[sqlx::test(migrations = "../../migrations")]
async fn a_picture_is_shown_to_whoever_knows_its_random_name(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let open = async |path: &str| app.send(Request::get(path).body(Body::empty()).unwrap()).await;
    let mut names = Vec::new();
    for user in ["user-1", "user-2"] {
        let body = app.post_form("/api/avatar/upload", form(user, JPEG)).await.ok();
        let (path, filename) = (body["path"].as_str().unwrap(), body["filename"].as_str().unwrap());
        let answer = open(path).await;
        assert_eq!((answer.status.as_u16(), &answer.body[..]), (200, JPEG));
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("content-security-policy"), "default-src 'none'; sandbox");
        let stem = filename.strip_suffix(".jpg").unwrap().parse::<uuid::Uuid>().unwrap();
        assert_eq!(stem.get_version_num(), 4, "{filename} could be guessed by who knows when it came");
        names.push(filename.to_owned());
    }
    open(&format!("/avatars/user-2/{}", names[0])).await.refused(404, "avatar_not_found");
    for path in ["/avatars/user-1/..%2f..%2fid", "/avatars/..%2fblobs/x.png", "/avatars/user-1/x.html"] {
        open(path).await.refused(404, "avatar_not_found");
    }
    assert!(matches!(open("/avatars/user-1/").await.status.as_u16(), 401 | 404), "no list of them");
    app.send(form("user-3", JPEG).request("/api/avatar/upload")).await.refused(401, "unauthorized");
}
