//! What other sites, and other people's proxies, cannot do.

use crate::test_app::TestApp;
use axum::body::Body;
use axum::http::{Method, StatusCode};
use serde_json::json;
use sqlx::PgPool;

const JSON: (&str, &str) = ("content-type", "application/json");

#[sqlx::test(migrations = "../../migrations")]
async fn a_cookie_works_from_our_own_pages_only(pool: PgPool) {
    let app = TestApp::with(pool, &[("PUBLIC_URL", "https://files.example.org")]).await;
    let ann = app.person("ann").await;
    let host = ("host", "files.example.org");
    let internal = ("host", "web:3000");
    for (headers, is_ours) in [
        (vec![host, ("sec-fetch-site", "same-origin")], true),
        (vec![host, ("sec-fetch-site", "cross-site"), ("origin", "https://files.example.org")], false),
        (vec![host, ("sec-fetch-site", "same-site")], false),
        (vec![host, ("origin", "https://files.example.org")], true),
        (vec![internal, ("origin", "https://files.example.org")], true),
        (vec![("host", "192.168.1.5:3000"), ("origin", "http://192.168.1.5:3000")], true),
        (vec![host, ("origin", "https://evil.example")], false),
        (vec![host, ("origin", "null")], false),
        (vec![host], false),
    ] {
        let all = [headers.as_slice(), &[JSON]].concat();
        let answer = ann.send_exactly(Method::POST, "/api/v1/drives", &all, Body::from(r#"{"name":"d"}"#)).await;
        if is_ours {
            answer.expect(StatusCode::CREATED);
        } else {
            answer.expect_problem(StatusCode::FORBIDDEN, "cross-site");
        }
    }
    // Looking is no harm: the other site cannot read the answer.
    ann.send_exactly(Method::GET, "/api/v1/drives", &[("origin", "https://evil.example")], Body::empty())
        .await
        .expect(StatusCode::OK);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_token_needs_no_page(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let ann = app.person("ann").await;
    let made = ann.post("/api/v1/tokens", json!({"name": "t"})).await.json();
    let program = ann.with_token(made["secret"].as_str().unwrap());
    let body = Body::from(r#"{"name":"d"}"#);
    program.send_exactly(Method::POST, "/api/v1/drives", &[JSON], body).await.expect(StatusCode::CREATED);
}

#[sqlx::test(migrations = "../../migrations")]
async fn another_site_cannot_sign_anybody_in(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let headers = [JSON, ("origin", "https://evil.example")];
    let body = Body::from(json!({"email": "a@b.c", "password": "x"}).to_string());
    let answer = app.stranger().send_exactly(Method::POST, "/api/v1/session", &headers, body).await;
    answer.expect_problem(StatusCode::FORBIDDEN, "cross-site");
}

#[sqlx::test(migrations = "../../migrations")]
async fn broken_requests_are_answered_as_problems(pool: PgPool) {
    let app = TestApp::new(pool).await;
    let ann = app.person("ann").await;
    for (body, headers) in
        [("{", vec![JSON]), ("{}", vec![JSON]), (r#"{"name":1}"#, vec![JSON]), (r#"{"name":"d"}"#, vec![])]
    {
        let answer = ann.send(Method::POST, "/api/v1/drives", &headers, Body::from(body)).await;
        answer.expect_problem(StatusCode::BAD_REQUEST, "bad-request");
    }
    ann.post("/api/v1/drives", json!({"name": "x".repeat(300 << 10)}))
        .await
        .expect_problem(StatusCode::BAD_REQUEST, "bad-request");
    ann.post("/api/v1/drives", json!({"name": " "}))
        .await
        .expect_problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid-name");
    ann.get("/api/v1/drives/not-an-id").await.expect_problem(StatusCode::NOT_FOUND, "not-found");
    ann.get("/api/v1/nothing").await.expect_problem(StatusCode::NOT_FOUND, "not-found");
    ann.delete("/api/v1/drives").await.expect_problem(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed");
    ann.get("/api/v1/jobs?kind=%00").await.expect_problem(StatusCode::BAD_REQUEST, "bad-request");
    let nul = json!({"email": "a\0@b.c", "password": "x"});
    app.stranger().post("/api/v1/session", nul).await.expect_problem(StatusCode::BAD_REQUEST, "bad-request");
    let odd = [("authorization", "Basic eDp5")];
    app.stranger().get_with("/api/v1/drives", &odd).await.expect_problem(StatusCode::UNAUTHORIZED, "unauthenticated");
}

/// M8: they were for whoever had a private address, which behind Docker's gateway or a proxy is everybody.
#[sqlx::test(migrations = "../../migrations")]
async fn m8_metrics_are_for_whoever_has_the_token(pool: PgPool) {
    let app = TestApp::with(pool.clone(), &[("METRICS_TOKEN", "the-token")]).await;
    let get = async |app: &TestApp, headers: &[(&str, &str)]| {
        app.stranger().with_peer("127.0.0.1").get_with("/metrics", headers).await.status
    };
    assert_eq!(get(&app, &[("authorization", "Bearer the-token")]).await, StatusCode::OK);
    for headers in [&[][..], &[("authorization", "Bearer another")], &[("authorization", "Bearer ")]] {
        assert_eq!(get(&app, headers).await, StatusCode::NOT_FOUND, "{headers:?}");
    }
    let without = TestApp::new(pool).await;
    assert_eq!(get(&without, &[("authorization", "Bearer ")]).await, StatusCode::NOT_FOUND);
}

/// M8: after the guide's HTTPS section the port still answered the whole network in plain.
#[sqlx::test(migrations = "../../migrations")]
async fn m8_over_https_the_port_is_its_proxys_alone(pool: PgPool) {
    let https = [("PUBLIC_URL", "https://files.example.org"), ("TRUSTED_PROXIES", "172.18.0.1")];
    let app = TestApp::with(pool.clone(), &https).await;
    let ann = app.person("ann").await;
    for peer in ["203.0.113.9", "172.18.0.9", "192.168.1.20", "2001:db8::1"] {
        let past = ann.with_peer(peer);
        let refused = past.get("/api/v1/drives").await;
        let refused = refused.expect_problem(StatusCode::MISDIRECTED_REQUEST, "past-proxy");
        assert!(refused.json()["detail"].as_str().unwrap().contains("https://files.example.org"), "{peer}");
        // Saying that it came through a proxy is no proof.
        let claims = [("x-forwarded-for", "198.51.100.7"), ("x-forwarded-proto", "https")];
        past.get_with("/api/v1/drives", &claims).await.expect(StatusCode::MISDIRECTED_REQUEST);
        past.get("/").await.expect(StatusCode::MISDIRECTED_REQUEST);
        past.get("/livez").await.expect(StatusCode::OK);
    }
    for peer in ["172.18.0.1", "::ffff:172.18.0.1", "127.0.0.1", "::1"] {
        ann.with_peer(peer).get("/api/v1/drives").await.expect(StatusCode::OK);
    }
    // Over http nobody is in front.
    let app = TestApp::with(pool, &[("PUBLIC_URL", "http://files.example.org")]).await;
    app.stranger().with_peer("203.0.113.9").get("/api/v1/setup").await.expect(StatusCode::OK);
}

#[sqlx::test(migrations = "../../migrations")]
async fn every_answer_has_the_protecting_headers(pool: PgPool) {
    let app = TestApp::new(pool).await;
    for path in ["/", "/api/v1/session", "/api/docs", "/health", "/nothing/here"] {
        let answer = app.stranger().get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
    }
}
