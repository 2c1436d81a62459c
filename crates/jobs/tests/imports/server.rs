//! A server that answers every request with the bytes it is told, and knows what it was asked.

use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

/// The address that tests allow: of this machine, and not the one that everything else is at.
pub const ALLOWED: &str = "127.0.0.2";
/// One that nobody has allowed.
pub const INNER: &str = "127.0.0.1";

pub struct Server {
    pub port: u16,
    heads: Arc<Mutex<Vec<String>>>,
    bodies: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Server {
    /// Gives every request this answer and closes. `host` is the address it listens on.
    pub async fn start(host: &str, answer: impl Into<Vec<u8>>) -> Self {
        let listener = TcpListener::bind((host, 0)).await.unwrap();
        let server =
            Self { port: listener.local_addr().unwrap().port(), heads: Arc::default(), bodies: Arc::default() };
        let (heads, bodies, answer) = (server.heads.clone(), server.bodies.clone(), answer.into());
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (heads, bodies, answer) = (heads.clone(), bodies.clone(), answer.clone());
                tokio::spawn(async move {
                    let (mut socket, mut head) = (BufReader::new(socket), String::new());
                    while !head.ends_with("\r\n\r\n") && socket.read_line(&mut head).await.unwrap_or(0) > 0 {}
                    let is_chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
                    heads.lock().unwrap().push(head);
                    if is_chunked {
                        let mut body = vec![];
                        // The end of a chunked body; one that breaks off has none.
                        while !body.ends_with(b"\r\n0\r\n\r\n") && socket.read_buf(&mut body).await.unwrap_or(0) > 0 {}
                        bodies.lock().unwrap().push(body);
                    }
                    // Whoever has enough of an answer goes away in the middle of it.
                    let _ = socket.write_all(&answer).await;
                    let _ = socket.shutdown().await;
                });
            }
        });
        server
    }

    /// An address of the server, by its host's name or number.
    pub fn url(&self, host: &str, path: &str) -> String {
        format!("http://{host}:{}{path}", self.port)
    }

    /// The heads of all requests so far.
    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }

    /// The bodies of all requests so far, each of which has one, as far as it came.
    pub async fn ended_bodies(&self) -> Vec<Vec<u8>> {
        while self.bodies().len() < self.heads().len() {
            tokio::task::yield_now().await;
        }
        self.bodies()
    }

    /// The bodies of all that had one and are over.
    pub fn bodies(&self) -> Vec<Vec<u8>> {
        self.bodies.lock().unwrap().clone()
    }
}

/// An answer with this status line, headers and body.
pub fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n{body}", body.len())
}

/// One that leads elsewhere.
pub fn redirect(status: &str, location: &str) -> String {
    answer(status, &format!("location: {location}\r\n"), "")
}
