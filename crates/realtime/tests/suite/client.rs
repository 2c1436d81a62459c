//! A WebSocket client that speaks in sentences.

use crate::server::{Person, TestServer};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// Longer than anything takes; waiting ends with what is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Client {
    pub socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Client {
    /// Connects with these headers.
    pub async fn connect(server: &TestServer, path: &str, headers: &[(&'static str, String)]) -> Self {
        let mut request = format!("ws://{}{path}", server.address).into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        Self { socket: connect_async(request).await.unwrap().0 }
    }

    /// A plain client with the person's cookie, welcomed.
    pub async fn hello(server: &TestServer, person: &Person, last_event_id: Option<i64>) -> Self {
        let cookie = format!("a=b; pagespace_session={}", person.session);
        let mut client = Self::connect(server, "/ws", &[("cookie", cookie)]).await;
        client.send(json!({"type": "hello", "lastEventId": last_event_id})).await;
        assert_eq!(client.next().await["type"], "welcome");
        client
    }

    pub async fn send(&mut self, message: Value) {
        self.send_text(&message.to_string()).await;
    }

    pub async fn send_text(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    /// The next message.
    pub async fn next(&mut self) -> Value {
        serde_json::from_str(&self.next_text().await).unwrap()
    }

    pub async fn next_text(&mut self) -> String {
        loop {
            match self.frame().await {
                Message::Text(text) => return text.to_string(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("not a text but {other:?}"),
            }
        }
    }

    /// The code of the close frame, whatever comes before it.
    pub async fn closed(&mut self) -> u16 {
        loop {
            if let Message::Close(frame) = self.frame().await {
                return frame.map_or(1005, |frame| frame.code.into());
            }
        }
    }

    pub async fn join(&mut self, room: &str) -> Value {
        self.send(json!({"type": "join", "room": room})).await;
        self.next().await
    }

    /// The number of the next event.
    pub async fn event(&mut self) -> i64 {
        let message = self.next().await;
        assert_eq!(message["type"], "event", "{message}");
        message["event"]["id"].as_i64().unwrap()
    }

    async fn frame(&mut self) -> Message {
        let next = tokio::time::timeout(PATIENCE, self.socket.next()).await;
        next.expect("nothing came").expect("the connection ended").unwrap()
    }
}
