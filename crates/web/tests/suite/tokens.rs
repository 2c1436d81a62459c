//! API tokens.

use crate::test_app::{Client, TestApp};
use axum::http::StatusCode;
use serde_json::{Value, json};
use sqlx::PgPool;

async fn token(client: &Client, body: Value) -> Value {
    client.post("/api/v1/tokens", body).await.expect(StatusCode::CREATED).json()
}

fn secret(token: &Value) -> &str {
    token["secret"].as_str().unwrap()
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_token_is_shown_once_and_acts_as_its_owner(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let ann = app.person("ann").await;
    let made = token(&ann, json!({"name": "backup"})).await;
    assert_eq!(made["scopes"], json!(["read", "write"]));
    assert!(secret(&made).starts_with("pgs_"));

    let program = ann.with_token(secret(&made));
    program.post("/api/v1/drives", json!({"name": "d"})).await.expect(StatusCode::CREATED);
    let listed = ann.get("/api/v1/tokens").await.json();
    assert!(listed[0]["secret"].is_null() && listed[0]["lastUsedAt"].is_string());

    ann.delete(&format!("/api/v1/tokens/{}", made["id"].as_str().unwrap())).await.expect(StatusCode::NO_CONTENT);
    program.get("/api/v1/drives").await.expect_problem(StatusCode::UNAUTHORIZED, "unauthenticated");
}

#[sqlx::test(migrations = "../../migrations")]
async fn scopes_bound_what_a_token_does(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let ann = app.person("ann").await;
    let drive = ann.new_drive("d").await;
    let reader = ann.with_token(secret(&token(&ann, json!({"name": "r", "scopes": ["read"]})).await));
    reader.get("/api/v1/drives").await.expect(StatusCode::OK);
    reader.post("/api/v1/drives", json!({"name": "x"})).await.expect_problem(StatusCode::FORBIDDEN, "forbidden");
    reader.upload(drive, "a.txt", b"a").await.expect_problem(StatusCode::FORBIDDEN, "forbidden");
    let writer = ann.with_token(secret(&token(&ann, json!({"name": "w", "scopes": ["write"]})).await));
    writer.upload(drive, "a.txt", b"a").await.expect(StatusCode::CREATED);
    writer.get("/api/v1/drives").await.expect_problem(StatusCode::FORBIDDEN, "forbidden");
    // L1: what a socket tells is read.
    writer.post("/api/v1/realtime/ticket", json!({})).await.expect_problem(StatusCode::FORBIDDEN, "forbidden");
    ann.post("/api/v1/tokens", json!({"name": "n", "scopes": []})).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_token_cannot_touch_the_account(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let admin = app.admin().await;
    let program = admin.with_token(secret(&token(&admin, json!({"name": "t"})).await));
    program.post("/api/v1/tokens", json!({"name": "child"})).await.expect_problem(StatusCode::FORBIDDEN, "forbidden");
    program.get("/api/v1/tokens").await.expect(StatusCode::FORBIDDEN);
    program.delete("/api/v1/sessions").await.expect(StatusCode::FORBIDDEN);
    program.get("/api/v1/users").await.expect(StatusCode::FORBIDDEN);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_token_ends_when_it_said_it_would(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let ann = app.person("ann").await;
    let past = json!({"name": "t", "expiresAt": "2001-01-01T00:00:00Z"});
    ann.post("/api/v1/tokens", past).await.expect_problem(StatusCode::UNPROCESSABLE_ENTITY, "already-expired");
    let made = token(&ann, json!({"name": "t", "expiresAt": "2999-01-01T00:00:00Z"})).await;
    let program = ann.with_token(secret(&made));
    program.get("/api/v1/drives").await.expect(StatusCode::OK);
    sqlx::query("update api_tokens set expires_at = now()").execute(&pool).await.unwrap();
    program.get("/api/v1/drives").await.expect(StatusCode::UNAUTHORIZED);
}

#[sqlx::test(migrations = "../../migrations")]
async fn somebody_elses_token_cannot_be_revoked(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (ann, bob) = (app.person("ann").await, app.person("bob").await);
    let made = token(&ann, json!({"name": "t"})).await;
    let path = format!("/api/v1/tokens/{}", made["id"].as_str().unwrap());
    bob.delete(&path).await.expect_problem(StatusCode::NOT_FOUND, "not-found");
    ann.with_token(secret(&made)).get("/api/v1/drives").await.expect(StatusCode::OK);
}
