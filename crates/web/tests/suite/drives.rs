//! Drives and their members.

use crate::test_app::TestApp;
use axum::http::StatusCode;
use serde_json::json;
use sqlx::PgPool;

#[sqlx::test(migrations = "../../migrations")]
async fn a_drive_is_its_members_and_nobody_elses(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (ann, bob) = (app.person("ann").await, app.person("bob").await);
    let drive = ann.new_drive("Plans").await;
    let path = format!("/api/v1/drives/{drive}");
    assert_eq!(ann.get(&path).await.expect(StatusCode::OK).json()["role"], "owner");
    bob.get(&path).await.expect_problem(StatusCode::NOT_FOUND, "not-found");
    bob.get(&format!("{path}/files")).await.expect(StatusCode::NOT_FOUND);
    bob.get(&format!("{path}/members")).await.expect(StatusCode::NOT_FOUND);
    bob.patch(&path, json!({"name": "mine"})).await.expect(StatusCode::NOT_FOUND);
    bob.delete(&path).await.expect(StatusCode::NOT_FOUND);
    assert_eq!(bob.get("/api/v1/drives").await.json(), json!([]));
    app.stranger().get(&path).await.expect(StatusCode::UNAUTHORIZED);
}

#[sqlx::test(migrations = "../../migrations")]
async fn roles_bound_what_a_member_does(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (ann, ed, vi) = (app.person("ann").await, app.person("ed").await, app.person("vi").await);
    let drive = ann.new_drive("Plans").await;
    ann.share(drive, "ed@example.org", "editor").await;
    ann.share(drive, "VI@example.org", "viewer").await;
    let path = format!("/api/v1/drives/{drive}");

    let file = ed.new_file(drive, "a.txt", b"a").await;
    vi.upload(drive, "b.txt", b"b").await.expect_problem(StatusCode::FORBIDDEN, "forbidden");
    assert_eq!(app.processor.kept(), 1);
    let file_path = format!("/api/v1/files/{file}");
    vi.get(&file_path).await.expect(StatusCode::OK);
    vi.patch(&file_path, json!({"name": "c.txt"})).await.expect(StatusCode::FORBIDDEN);
    vi.delete(&file_path).await.expect(StatusCode::FORBIDDEN);
    ed.patch(&file_path, json!({"name": "c.txt"})).await.expect(StatusCode::OK);

    ed.patch(&path, json!({"name": "x"})).await.expect(StatusCode::FORBIDDEN);
    ed.put(&format!("{path}/members"), json!({"email": "vi@example.org", "role": "owner"}))
        .await
        .expect(StatusCode::FORBIDDEN);
    ann.patch(&path, json!({"name": "Old plans"})).await.expect(StatusCode::OK);
    assert_eq!(vi.get("/api/v1/drives").await.json()[0]["name"], "Old plans");
    assert_eq!(vi.get("/api/v1/drives").await.json()[0]["fileCount"], 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_membership_ends_and_with_it_every_right(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (ann, bob) = (app.person("ann").await, app.person("bob").await);
    let drive = ann.new_drive("Plans").await;
    ann.share(drive, "bob@example.org", "viewer").await;
    let file = ann.new_file(drive, "a.txt", b"a").await;
    bob.get(&format!("/api/v1/files/{file}/original")).await.expect(StatusCode::OK);
    let members = format!("/api/v1/drives/{drive}/members");
    bob.delete(&format!("{members}/{}", ann.id)).await.expect(StatusCode::FORBIDDEN);
    bob.delete(&format!("{members}/{}", bob.id)).await.expect(StatusCode::NO_CONTENT);
    bob.get(&format!("/api/v1/files/{file}/original")).await.expect(StatusCode::NOT_FOUND);
    assert_eq!(ann.get(&members).await.json().as_array().unwrap().len(), 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn open_sockets_hear_at_once_that_a_right_ended(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let (ann, bob) = (app.person("ann").await, app.person("bob").await);
    let drive = ann.new_drive("Plans").await;
    ann.share(drive, "bob@example.org", "viewer").await;
    let mut listener = sqlx::postgres::PgListener::connect_with(&pool).await.unwrap();
    listener.listen(db::room_rights::CHANNEL).await.unwrap();
    ann.delete(&format!("/api/v1/drives/{drive}/members/{}", bob.id)).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(listener.recv().await.unwrap().payload(), bob.id.to_string());
    ann.delete(&format!("/api/v1/drives/{drive}")).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(listener.recv().await.unwrap().payload(), ann.id.to_string());
    bob.delete("/api/v1/session").await.expect(StatusCode::NO_CONTENT);
    assert_eq!(listener.recv().await.unwrap().payload(), bob.id.to_string());
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_drive_keeps_an_owner(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (ann, _bob) = (app.person("ann").await, app.person("bob").await);
    let drive = ann.new_drive("Plans").await;
    let members = format!("/api/v1/drives/{drive}/members");
    let step_down = json!({"email": "ann@example.org", "role": "viewer"});
    ann.put(&members, step_down.clone()).await.expect_problem(StatusCode::CONFLICT, "last-owner");
    ann.delete(&format!("{members}/{}", ann.id)).await.expect_problem(StatusCode::CONFLICT, "last-owner");
    ann.share(drive, "bob@example.org", "owner").await;
    ann.put(&members, step_down).await.expect(StatusCode::OK);
    let nobody = json!({"email": "nobody@example.org", "role": "viewer"});
    ann.put(&members, nobody.clone()).await.expect(StatusCode::FORBIDDEN);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_deleted_drive_takes_its_files_along(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("Plans").await;
    let file = ann.new_file(drive, "a.txt", b"a").await;
    ann.delete(&format!("/api/v1/drives/{drive}")).await.expect(StatusCode::NO_CONTENT);
    ann.get(&format!("/api/v1/files/{file}")).await.expect(StatusCode::NOT_FOUND);
}
