//! Both servers that the worker asks, on one port: the processor draws pages, the service reads them as the test says.

use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What the service does when it is asked.
#[derive(Debug, Clone)]
pub enum Answer {
    /// It reads this.
    Text(&'static str),
    /// It answers this status, with these headers and this body.
    Status(u16, &'static str, &'static str),
    /// It never answers.
    Stall,
    /// It breaks off in the middle.
    Cut,
}

#[derive(Default)]
struct Shared {
    answers: Mutex<VecDeque<Answer>>,
    /// The head and the body of every request to the service.
    asked: Mutex<Vec<(String, Value)>>,
}

pub struct Server {
    pub url: String,
    shared: Arc<Shared>,
}

pub const PNG: &[u8] = b"\x89PNG of a page";

impl Server {
    /// A server that gives these answers one after another, then reads "the rest".
    pub async fn start(answers: impl IntoIterator<Item = Answer>) -> Self {
        let shared = Arc::new(Shared { answers: Mutex::new(answers.into_iter().collect()), ..Shared::default() });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let serving = shared.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                // How a connection ends is the client's business.
                tokio::spawn(serve(socket, serving.clone()));
            }
        });
        Self { url, shared }
    }

    /// What the service was asked, in order.
    pub fn asked(&self) -> Vec<(String, Value)> {
        self.shared.asked.lock().unwrap().clone()
    }
}

async fn serve(socket: TcpStream, shared: Arc<Shared>) -> std::io::Result<()> {
    let mut socket = BufReader::new(socket);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if socket.read_line(&mut head).await? == 0 {
                return Ok(());
            }
        }
        let lower = head.to_lowercase();
        let length = lower.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next()?.parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        socket.read_exact(&mut body).await?;
        if head.starts_with("GET /cache/") {
            // Page 9 is one that nobody can draw.
            match head.contains("/pages/9/") {
                true => write(&mut socket, 422, "", b"{\"message\":\"no\"}").await?,
                false => write(&mut socket, 200, "Content-Type: image/png\r\n", PNG).await?,
            }
            continue;
        }
        shared.asked.lock().unwrap().push((head, serde_json::from_slice(&body).unwrap()));
        let answer = shared.answers.lock().unwrap().pop_front().unwrap_or(Answer::Text("the rest"));
        match answer {
            Answer::Text(text) => write(&mut socket, 200, "", completion(text).as_bytes()).await?,
            Answer::Status(status, headers, body) => write(&mut socket, status, headers, body.as_bytes()).await?,
            Answer::Stall => std::future::pending().await,
            Answer::Cut => {
                socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{\"choices\": [").await?;
                return Ok(());
            }
        }
    }
}

async fn write(socket: &mut BufReader<TcpStream>, status: u16, headers: &str, body: &[u8]) -> std::io::Result<()> {
    let head = format!("HTTP/1.1 {status} It\r\nContent-Length: {}\r\n{headers}\r\n", body.len());
    socket.write_all(head.as_bytes()).await?;
    socket.write_all(body).await?;
    socket.flush().await
}

fn completion(text: &str) -> String {
    let message = json!({"role": "assistant", "content": text});
    let choice = json!({"index": 0, "message": message, "finish_reason": "stop"});
    json!({"id": "chatcmpl-1", "object": "chat.completion", "choices": [choice], "usage": {"total_tokens": 900}})
        .to_string()
}
