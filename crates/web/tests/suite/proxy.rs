//! `/ws` and `/socket.io/` pass through.

use crate::test_app::TestApp;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Message, WebSocketUpgrade};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::{Router, body::Body, http::Method, http::StatusCode};
use futures_util::{SinkExt, StreamExt};
use sqlx::PgPool;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::tungstenite;

/// A realtime service that says everything back.
async fn start_echo() -> String {
    async fn echo(
        upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
        uri: Uri,
        headers: HeaderMap,
        body: String,
    ) -> Response {
        let Ok(upgrade) = upgrade else {
            let from = headers.get("x-forwarded-for").map(|value| value.to_str().unwrap().to_owned());
            return format!("{uri} {body} {}", from.unwrap_or_default()).into_response();
        };
        upgrade.on_upgrade(|mut socket| async move {
            while let Some(Ok(message)) = socket.recv().await {
                if matches!(message, Message::Close(_)) || socket.send(message).await.is_err() {
                    break;
                }
            }
        })
    }
    let router = Router::new().route("/ws", any(echo)).route("/socket.io/", any(echo));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    url
}

/// A realtime service that answers everything, and what arrives there.
async fn start_recorder() -> (String, Arc<Mutex<Vec<(Uri, HeaderMap)>>>) {
    let arrived = Arc::new(Mutex::new(vec![]));
    let recorder = arrived.clone();
    let router = Router::new().fallback(async move |uri: Uri, headers: HeaderMap| {
        recorder.lock().unwrap().push((uri, headers));
        "from the realtime service"
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, arrived)
}

/// Sends a request as it is written and gives the whole answer.
async fn send_raw(address: SocketAddr, line: &str, headers: &str) -> String {
    let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!("{line} HTTP/1.1\r\nhost: x\r\n{headers}\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    answer
}

/// `curl --path-as-is`: the realtime service's metrics and its inner routes were open to everybody.
#[sqlx::test(migrations = "../../migrations")]
async fn no_path_leads_past_the_two_that_are_passed_on(pool: PgPool) {
    let (url, arrived) = start_recorder().await;
    let app = TestApp::with(pool, &[("REALTIME_URL", &url)]).await;
    let address = app.listen().await;
    for beginning in ["/socket.io", "/ws", "/socket.io/x"] {
        for rest in [
            "/../metrics",
            "/%2e%2e/metrics",
            "/.%2E/metrics",
            "/%2e./api/kick",
            "/..%2fmetrics",
            "/..%5cmetrics",
            "/./../metrics",
            "/x",
            "/..",
        ] {
            for method in ["GET", "POST"] {
                let line = format!("{method} {beginning}{rest}");
                let answer = send_raw(address, &line, "connection: close\r\ncontent-length: 0\r\n").await;
                assert!(answer.starts_with("HTTP/1.1 404 "), "{line}: {answer}");
            }
        }
        // This is no path for HTTP at all.
        let line = format!("GET {beginning}/..\\metrics");
        let answer = send_raw(address, &line, "connection: close\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 40"), "{line}: {answer}");
    }
    assert!(arrived.lock().unwrap().is_empty(), "{:?}", arrived.lock().unwrap());

    let answer = send_raw(address, "GET /socket.io/?EIO=4&x=/../metrics", "connection: close\r\n").await;
    assert!(answer.ends_with("from the realtime service"), "{answer}");
    assert_eq!(arrived.lock().unwrap()[0].0, "/socket.io/?EIO=4&x=/../metrics");
}

/// An upgrade passes without its body, and the body's length put the kept connection to the realtime service out of step.
#[sqlx::test(migrations = "../../migrations")]
async fn an_upgrade_has_no_length(pool: PgPool) {
    let (url, arrived) = start_recorder().await;
    let app = TestApp::with(pool, &[("REALTIME_URL", &url)]).await;
    let address = app.listen().await;
    let headers = "connection: upgrade, close\r\nupgrade: websocket\r\ncontent-length: 5\r\n";
    for _ in 0..2 {
        let answer = send_raw(address, "GET /ws", &format!("{headers}\r\nhello")).await;
        assert!(answer.ends_with("from the realtime service"), "{answer}");
    }
    let arrived = arrived.lock().unwrap();
    assert!(arrived.len() == 2 && arrived.iter().all(|(_, headers)| !headers.contains_key("content-length")));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_socket_carries_messages_both_ways(pool: PgPool) {
    let app = TestApp::with(pool, &[("REALTIME_URL", &start_echo().await)]).await;
    let address = app.listen().await;
    let (mut socket, _) = tokio_tungstenite::connect_async(format!("ws://{address}/ws")).await.unwrap();
    for size in [1, 1000, 200_000] {
        let message = tungstenite::Message::text("x".repeat(size));
        socket.send(message.clone()).await.unwrap();
        assert_eq!(socket.next().await.unwrap().unwrap(), message);
    }
    socket.close(None).await.unwrap();
}

#[sqlx::test(migrations = "../../migrations")]
async fn polling_passes_with_its_query_and_its_body(pool: PgPool) {
    let app = TestApp::with(pool, &[("REALTIME_URL", &start_echo().await)]).await;
    let path = "/socket.io/?EIO=4&transport=polling";
    let answer = app.stranger().send(Method::POST, path, &[("x-forwarded-for", "6.6.6.6")], Body::from("40")).await;
    assert_eq!(String::from_utf8(answer.expect(StatusCode::OK).body).unwrap(), format!("{path} 40 0.0.0.0"));
}

#[sqlx::test(migrations = "../../migrations")]
async fn another_site_cannot_open_a_socket_with_the_cookie(pool: PgPool) {
    let app = TestApp::with(pool, &[("REALTIME_URL", &start_echo().await)]).await;
    let ann = app.person("ann").await;
    let foreign = [("origin", "https://evil.example")];
    let answer = ann.send_exactly(Method::GET, "/ws", &foreign, Body::empty()).await;
    answer.expect_problem(StatusCode::FORBIDDEN, "cross-site");
    app.stranger().send_exactly(Method::GET, "/ws", &foreign, Body::empty()).await.expect(StatusCode::OK);
}

#[sqlx::test(migrations = "../../migrations")]
async fn without_the_realtime_service_it_is_unavailable(pool: PgPool) {
    let app = TestApp::with(pool, &[("REALTIME_URL", "http://127.0.0.1:1")]).await;
    app.stranger().get("/ws").await.expect_problem(StatusCode::SERVICE_UNAVAILABLE, "unavailable");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_ticket_stands_for_whoever_asked(pool: PgPool) {
    let app = TestApp::new(pool.clone()).await;
    let ann = app.person("ann").await;
    let ticket = ann.post("/api/v1/realtime/ticket", serde_json::json!({})).await.expect(StatusCode::CREATED).json();
    let hash = web::auth::secret::hash(ticket["ticket"].as_str().unwrap());
    let mut conn = pool.acquire().await.unwrap();
    assert_eq!(db::tickets::take(&mut conn, &hash).await.unwrap().map(|(user, _)| user), Some(ann.id));
}
