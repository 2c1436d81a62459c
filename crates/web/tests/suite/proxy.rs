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
    assert_eq!(db::tickets::take(&mut conn, &hash).await.unwrap(), Some(ann.id));
}
