//! Setting up, signing in and out.

use crate::test_app::{Client, PASSWORD, TestApp};
use axum::http::StatusCode;
use serde_json::json;
use sqlx::PgPool;

async fn make_link(pool: &PgPool, secret: &str) {
    let mut conn = pool.acquire().await.unwrap();
    db::setup::replace(&mut conn, &web::auth::secret::hash(secret)).await.unwrap();
}

fn first_user(token: &str) -> serde_json::Value {
    json!({"token": token, "email": "Ann@Example.org", "name": "Ann", "password": PASSWORD})
}

/// The person who got that answer's cookie.
fn holder(app: &TestApp, answer: &crate::test_app::Answer) -> Client {
    let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    app.stranger().with_cookie(&cookie)
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_link_makes_the_first_administrator_once(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let stranger = app.stranger();
    assert_eq!(stranger.get("/api/v1/setup").await.json(), json!({"needed": true}));
    make_link(&pool, "old").await;
    make_link(&pool, "new").await;
    stranger.post("/api/v1/setup", first_user("guess")).await.expect_problem(StatusCode::FORBIDDEN, "forbidden");
    stranger.post("/api/v1/setup", first_user("old")).await.expect_problem(StatusCode::FORBIDDEN, "forbidden");

    let made = stranger.post("/api/v1/setup", first_user("new")).await.expect(StatusCode::CREATED);
    assert_eq!(made.json()["isAdmin"], true);
    let admin = holder(&app, &made);
    assert_eq!(admin.get("/api/v1/session").await.expect(StatusCode::OK).json()["user"]["name"], "Ann");
    assert_eq!(admin.get("/api/v1/drives").await.json()[0]["name"], "My files");

    assert_eq!(stranger.get("/api/v1/setup").await.json(), json!({"needed": false}));
    make_link(&pool, "newest").await;
    stranger.post("/api/v1/setup", first_user("newest")).await.expect_problem(StatusCode::CONFLICT, "already-set-up");
}

#[sqlx::test(migrations = "../../migrations")]
async fn two_at_once_make_one_administrator(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    make_link(&pool, "link").await;
    let stranger = app.stranger();
    let (one, two) = tokio::join!(
        stranger.post("/api/v1/setup", first_user("link")),
        stranger.post("/api/v1/setup", json!({"token": "link", "email": "b@b.b", "name": "Bob", "password": PASSWORD}))
    );
    let mut statuses = [one.status, two.status];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::CREATED, StatusCode::CONFLICT]);
}

#[sqlx::test(migrations = "../../migrations")]
async fn the_address_and_the_password_sign_in(pool: PgPool) {
    let app = TestApp::new(pool).await;
    app.user_with_password("ann@example.org").await;
    let answer =
        app.stranger().post("/api/v1/session", json!({"email": " ANN@example.org", "password": PASSWORD})).await;
    let cookie = answer.header("set-cookie").to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && !cookie.contains("Secure"), "{cookie}");
    let ann = holder(&app, &answer.expect(StatusCode::CREATED));
    ann.get("/api/v1/session").await.expect(StatusCode::OK);

    let signed_out = ann.delete("/api/v1/session").await.expect(StatusCode::NO_CONTENT);
    assert_eq!(signed_out.header("clear-site-data"), "\"cache\"", "a machine that others use keeps no picture");
    ann.get("/api/v1/session").await.expect_problem(StatusCode::UNAUTHORIZED, "unauthenticated");
}

#[sqlx::test(migrations = "../../migrations")]
async fn over_https_the_cookie_is_secure(pool: PgPool) {
    let app = TestApp::with(pool, &[("PUBLIC_URL", "https://files.example.org")]).await;
    app.user_with_password("ann@example.org").await;
    let answer =
        app.stranger().post("/api/v1/session", json!({"email": "ann@example.org", "password": PASSWORD})).await;
    assert!(answer.header("set-cookie").ends_with("; Secure"));
    assert!(answer.header("set-cookie").starts_with("__Host-pagespace_session="));
    assert_eq!(answer.header("strict-transport-security"), "max-age=31536000");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_wrong_password_and_an_unknown_address_look_the_same(pool: PgPool) {
    let app = TestApp::new(pool).await;
    app.user_with_password("ann@example.org").await;
    let wrong = app.stranger().post("/api/v1/session", json!({"email": "ann@example.org", "password": "guess"})).await;
    let unknown =
        app.stranger().post("/api/v1/session", json!({"email": "bob@example.org", "password": "guess"})).await;
    assert_eq!(wrong.body, unknown.body);
    wrong.expect_problem(StatusCode::UNAUTHORIZED, "wrong-credentials");
    unknown.expect_problem(StatusCode::UNAUTHORIZED, "wrong-credentials");
}

#[sqlx::test(migrations = "../../migrations")]
async fn guessing_one_account_is_slowed_down_and_leaves_others_alone(pool: PgPool) {
    let app = TestApp::new(pool).await;
    app.user_with_password("ann@example.org").await;
    app.user_with_password("bob@example.org").await;
    let stranger = app.stranger();
    for _ in 0..10 {
        let guess = json!({"email": "ann@example.org", "password": "guess"});
        stranger.post("/api/v1/session", guess).await.expect_problem(StatusCode::UNAUTHORIZED, "wrong-credentials");
    }
    let right = json!({"email": "Ann@example.org", "password": PASSWORD});
    let slowed = stranger
        .post("/api/v1/session", right)
        .await
        .expect_problem(StatusCode::TOO_MANY_REQUESTS, "too-many-requests");
    assert!(slowed.header("retry-after").parse::<u64>().unwrap() <= 31);
    let bob = json!({"email": "bob@example.org", "password": PASSWORD});
    stranger.post("/api/v1/session", bob).await.expect(StatusCode::CREATED);
}

#[sqlx::test(migrations = "../../migrations")]
async fn signing_in_often_with_the_right_password_is_no_offence(pool: PgPool) {
    let app = TestApp::new(pool).await;
    app.user_with_password("ann@example.org").await;
    for _ in 0..12 {
        let right = json!({"email": "ann@example.org", "password": PASSWORD});
        app.stranger().post("/api/v1/session", right).await.expect(StatusCode::CREATED);
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn signing_out_everywhere_ends_every_session_of_that_person(pool: PgPool) {
    let app = TestApp::new(pool).await;
    app.user_with_password("ann@example.org").await;
    let bob = app.person("bob").await;
    let right = json!({"email": "ann@example.org", "password": PASSWORD});
    let here = holder(&app, &app.stranger().post("/api/v1/session", right.clone()).await);
    let there = holder(&app, &app.stranger().post("/api/v1/session", right).await);
    here.delete("/api/v1/sessions").await.expect(StatusCode::NO_CONTENT);
    here.get("/api/v1/session").await.expect(StatusCode::UNAUTHORIZED);
    there.get("/api/v1/session").await.expect(StatusCode::UNAUTHORIZED);
    bob.get("/api/v1/session").await.expect(StatusCode::OK);
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_ended_session_is_nobodys(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let ann = app.person("ann").await;
    sqlx::query("update sessions set expires_at = now()").execute(&pool).await.unwrap();
    ann.get("/api/v1/session").await.expect(StatusCode::UNAUTHORIZED);
    let mut conn = pool.acquire().await.unwrap();
    assert_eq!(db::sessions::delete_expired(&mut conn).await.unwrap(), 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_new_password_ends_the_other_sessions(pool: PgPool) {
    let app = TestApp::new(pool).await;
    app.user_with_password("ann@example.org").await;
    let right = json!({"email": "ann@example.org", "password": PASSWORD});
    let here = holder(&app, &app.stranger().post("/api/v1/session", right.clone()).await);
    let there = holder(&app, &app.stranger().post("/api/v1/session", right.clone()).await);
    let wrong = json!({"current": "guess", "new": "another long password"});
    here.put("/api/v1/password", wrong).await.expect_problem(StatusCode::UNPROCESSABLE_ENTITY, "wrong-password");
    let short = json!({"current": PASSWORD, "new": "short"});
    here.put("/api/v1/password", short).await.expect_problem(StatusCode::UNPROCESSABLE_ENTITY, "password-too-short");
    let change = json!({"current": PASSWORD, "new": "another long password"});
    here.put("/api/v1/password", change).await.expect(StatusCode::NO_CONTENT);
    here.get("/api/v1/session").await.expect(StatusCode::OK);
    there.get("/api/v1/session").await.expect(StatusCode::UNAUTHORIZED);
    app.stranger().post("/api/v1/session", right).await.expect(StatusCode::UNAUTHORIZED);
}

#[sqlx::test(migrations = "../../migrations")]
async fn administrators_add_people_and_others_do_not(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let (admin, ann) = (app.admin().await, app.person("ann").await);
    let new = json!({"email": "bob@example.org", "name": "Bob", "password": PASSWORD});
    ann.post("/api/v1/users", new.clone()).await.expect_problem(StatusCode::FORBIDDEN, "forbidden");
    admin.post("/api/v1/users", new.clone()).await.expect(StatusCode::CREATED);
    admin.post("/api/v1/users", new.clone()).await.expect_problem(StatusCode::CONFLICT, "email-taken");
    let bad = json!({"email": "not an address", "name": "Bob", "password": PASSWORD});
    admin.post("/api/v1/users", bad).await.expect_problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid-email");
    assert_eq!(admin.get("/api/v1/users").await.json().as_array().unwrap().len(), 3);
    let bob = json!({"email": "bob@example.org", "password": PASSWORD});
    let bob = holder(&app, &app.stranger().post("/api/v1/session", bob).await);
    assert_eq!(bob.get("/api/v1/drives").await.json()[0]["role"], "owner");
}
