//! Signing in while strangers try to: they are slowed down, and whose account it is gets in.

use crate::test_app::{Answer, Client, PASSWORD, TestApp};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::PgPool;

const JSON: (&str, &str) = ("content-type", "application/json");

/// The service behind a proxy, so that a test can come from any address.
async fn behind_a_proxy(pool: &PgPool) -> TestApp {
    let app = TestApp::with(pool.clone(), &[("TRUSTED_PROXIES", "0.0.0.0")]).await;
    app.user_with_password("ann@example.org").await;
    app.user_with_password("bob@example.org").await;
    app
}

fn right(email: &str) -> Value {
    json!({"email": email, "password": PASSWORD})
}

async fn sign_in_from(client: &Client, address: &str, body: Value) -> Answer {
    let headers = [JSON, ("x-forwarded-for", address)];
    client.send(Method::POST, "/api/v1/session", &headers, Body::from(body.to_string())).await
}

/// As many wrong passwords for Ann's account as one address may try. They are too long to be hashed, which would take minutes.
async fn guess_from(app: &TestApp, address: &str) {
    for _ in 0..10 {
        let guess = json!({"email": "ann@example.org", "password": "x".repeat(1025)});
        let answer = sign_in_from(&app.stranger(), address, guess).await;
        answer.expect_problem(StatusCode::UNAUTHORIZED, "wrong-credentials");
    }
}

/// A stranger with everything the browser keeps after a sign-in but the session.
fn browser_of(app: &TestApp, answer: &Answer) -> Client {
    let cookies = answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    let mut cookies = cookies.map(|cookie| cookie.split(';').next().unwrap());
    app.stranger().with_cookie(cookies.find(|cookie| cookie.starts_with("pagespace_browser=")).unwrap())
}

/// M7: ten wrong passwords from anywhere kept everybody out of the account, its owner too.
#[sqlx::test(migrations = "../../migrations")]
async fn m7_guesses_from_one_address_do_not_lock_out_another(pool: PgPool) {
    let app = behind_a_proxy(&pool).await;
    guess_from(&app, "203.0.113.1").await;
    let refused = sign_in_from(&app.stranger(), "203.0.113.1", right("ann@example.org")).await;
    refused.expect_problem(StatusCode::TOO_MANY_REQUESTS, "too-many-requests");
    sign_in_from(&app.stranger(), "198.51.100.7", right("ann@example.org")).await.expect(StatusCode::CREATED);
}

/// M7: a browser that signed in before gets in even when guesses come from so many addresses that no new one does.
#[sqlx::test(migrations = "../../migrations")]
async fn m7_a_known_browser_gets_in_while_many_addresses_guess(pool: PgPool) {
    let app = behind_a_proxy(&pool).await;
    let ann = sign_in_from(&app.stranger(), "198.51.100.7", right("ann@example.org")).await;
    let bob = sign_in_from(&app.stranger(), "198.51.100.8", right("bob@example.org")).await;
    let (ann, bob) = (browser_of(&app, &ann), browser_of(&app, &bob));
    for network in 0..20 {
        guess_from(&app, &format!("203.0.113.{network}")).await;
    }
    for stranger in [app.stranger(), bob] {
        let refused = sign_in_from(&stranger, "192.0.2.1", right("ann@example.org")).await;
        refused.expect_problem(StatusCode::TOO_MANY_REQUESTS, "too-many-requests");
    }
    let known = sign_in_from(&ann, "192.0.2.1", right("ann@example.org")).await.expect(StatusCode::CREATED);
    // What it was known by before is worth nothing any more.
    let refused = sign_in_from(&ann, "192.0.2.1", right("ann@example.org")).await;
    refused.expect(StatusCode::TOO_MANY_REQUESTS);
    let again = sign_in_from(&browser_of(&app, &known), "192.0.2.1", right("ann@example.org")).await;
    again.expect(StatusCode::CREATED);
}

/// M7: a browser that is known has no more tries than anybody else.
#[sqlx::test(migrations = "../../migrations")]
async fn m7_a_known_browser_cannot_guess_for_ever(pool: PgPool) {
    let app = behind_a_proxy(&pool).await;
    let ann = browser_of(&app, &sign_in_from(&app.stranger(), "198.51.100.7", right("ann@example.org")).await);
    let guess = json!({"email": "ann@example.org", "password": "x".repeat(1025)});
    for address in 0..10 {
        let answer = sign_in_from(&ann, &format!("192.0.2.{address}"), guess.clone()).await;
        answer.expect(StatusCode::UNAUTHORIZED);
    }
    sign_in_from(&ann, "192.0.2.99", guess).await.expect(StatusCode::TOO_MANY_REQUESTS);
}

/// M7: the same tries were those of a password change, so that strangers could keep somebody from changing it.
#[sqlx::test(migrations = "../../migrations")]
async fn m7_guesses_do_not_stop_a_password_change(pool: PgPool) {
    let app = behind_a_proxy(&pool).await;
    let signed_in = sign_in_from(&app.stranger(), "198.51.100.7", right("ann@example.org")).await;
    let ann = app.stranger().with_cookie(signed_in.header("set-cookie").split(';').next().unwrap());
    guess_from(&app, "203.0.113.1").await;
    let change = json!({"current": PASSWORD, "new": "another long password"});
    ann.put("/api/v1/password", change).await.expect(StatusCode::NO_CONTENT);
}

/// L5: a server on a name beside ours could set the session's cookie, and its own was the one that counted.
#[sqlx::test(migrations = "../../migrations")]
async fn l5_over_https_a_neighbouring_hosts_cookie_is_nobody(pool: PgPool) {
    let app = TestApp::with(pool, &[("PUBLIC_URL", "https://files.example.org")]).await;
    app.person("ann").await;
    let theirs = app.stranger().with_cookie("pagespace_session=session-of-ann");
    theirs.get("/api/v1/session").await.expect(StatusCode::UNAUTHORIZED);
    let ours = app.stranger().with_cookie("__Host-pagespace_session=session-of-ann");
    ours.get("/api/v1/session").await.expect(StatusCode::OK);
}

/// L5: the session a browser had stayed good for thirty days after it had signed in anew.
#[sqlx::test(migrations = "../../migrations")]
async fn l5_a_new_sign_in_ends_the_browsers_old_session(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let bob = app.person("bob").await;
    app.user_with_password("ann@example.org").await;
    bob.post("/api/v1/session", right("ann@example.org")).await.expect(StatusCode::CREATED);
    bob.get("/api/v1/session").await.expect(StatusCode::UNAUTHORIZED);
}

/// L5: a hash made with less than today's parameters stayed as it was.
#[sqlx::test(migrations = "../../migrations")]
async fn l5_a_sign_in_renews_a_weaker_hash(pool: PgPool) {
    use argon2::password_hash::PasswordHasher;
    let app = TestApp::new(pool.clone()).await;
    app.user_with_password("ann@example.org").await;
    let weak = argon2::Params::new(8, 1, 1, None).unwrap();
    let weak = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, weak);
    let weak = weak.hash_password(PASSWORD.as_bytes()).unwrap().to_string();
    sqlx::query("update users set password_hash = $1").bind(&weak).execute(&pool).await.unwrap();
    app.stranger().post("/api/v1/session", right("ann@example.org")).await.expect(StatusCode::CREATED);
    let renewed: String = sqlx::query_scalar("select password_hash from users").fetch_one(&pool).await.unwrap();
    assert!(weak.contains("m=8,t=1") && renewed.contains("m=19456,t=2"), "{renewed}");
    app.stranger().post("/api/v1/session", right("ann@example.org")).await.expect(StatusCode::CREATED);
}

/// L6: a hash was computed for whoever posted, for ever; a password that is no good shows whether it came to that.
#[sqlx::test(migrations = "../../migrations")]
async fn l6_no_password_is_hashed_for_a_set_up_that_is_not_to_be(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let body = json!({"token": "guess", "email": "eve@example.org", "name": "Eve", "password": "short"});
    app.stranger().post("/api/v1/setup", body.clone()).await.expect_problem(StatusCode::FORBIDDEN, "forbidden");
    app.user_with_password("ann@example.org").await;
    app.stranger().post("/api/v1/setup", body).await.expect_problem(StatusCode::CONFLICT, "already-set-up");
}
