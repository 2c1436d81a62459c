//! The accept loop over real sockets: clients that send half a request, or nothing, are gone soon and keep nobody out.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as loudly as tests")]

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::routing::{get, post};
use service::{ConnectionLimits, PerAddress, ReaderLimits, Shutdown};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::time::timeout;

/// Longer than any clock under test; only a failing test waits for it.
const PATIENCE: Duration = Duration::from_secs(30);
const HALF_A_HEAD: &[u8] = b"GET / HTTP/1.1\r\nHost: here\r\nX-Long: ";

/// A service whose requests to `/slow` are answered when it is told to.
struct Server {
    address: SocketAddr,
    go: Arc<Notify>,
    begun: Arc<Notify>,
    shutdown: Shutdown,
}

impl Server {
    async fn start(limits: ConnectionLimits) -> Self {
        let (go, begun) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (wait, begin) = (go.clone(), begun.clone());
        let slow = async move || {
            begin.notify_one();
            wait.notified().await;
            "done"
        };
        let upload = post(async |body: Bytes| body.len().to_string());
        let router = Router::new()
            .route("/", get("hello").post(async |body: Bytes| body.len().to_string()))
            .route("/slow", get(slow))
            .route("/away", get(async || StatusCode::SERVICE_UNAVAILABLE))
            .route("/too-much", get(async || StatusCode::TOO_MANY_REQUESTS))
            .route("/away-for-long", get(async || (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "60")])))
            .route("/upload", upload.layer(from_fn(service::without_body_deadline)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = Shutdown::new();
        tokio::spawn(service::serve_on(listener, router, limits, shutdown.clone()));
        Self { address, go, begun, shutdown }
    }

    async fn open(&self, bytes: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        stream
    }

    /// So many connections, each with half a head that has so many bytes more.
    async fn flood(&self, connections: usize, bytes: usize) -> Vec<TcpStream> {
        let mut flood = vec![];
        for _ in 0..connections {
            let mut stream = self.open(HALF_A_HEAD).await;
            stream.write_all(&vec![b'a'; bytes]).await.unwrap();
            flood.push(stream);
        }
        flood
    }

    /// A whole request on a connection of its own; the answer's body.
    async fn get(&self, path: &str) -> String {
        let mut stream = self.open(request(path).as_bytes()).await;
        answer(&mut stream).await
    }
}

fn request(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
}

/// Everything until the connection ends; empty when it was reset.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = vec![];
    let _ = timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.expect("the connection is still open");
    String::from_utf8(bytes).unwrap()
}

async fn answer(stream: &mut TcpStream) -> String {
    let text = rest(stream).await;
    text.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or(text)
}

/// An answer with `Content-Length: 5` on a connection that stays.
async fn hello(stream: &mut TcpStream) {
    let mut text = String::new();
    while !text.ends_with("hello") {
        let mut byte = [0];
        timeout(PATIENCE, stream.read_exact(&mut byte)).await.expect("no answer").expect("the connection has ended");
        text.push(byte[0].into());
    }
}

fn quick() -> ConnectionLimits {
    ConnectionLimits {
        head_timeout: Duration::from_millis(50),
        body_timeout: Duration::from_millis(50),
        ..ConnectionLimits::internal()
    }
}

/// Clocks that no test waits for, so that only bounds close anything.
fn bounded(connections: usize, unfinished_bytes: usize) -> ConnectionLimits {
    let long = Duration::from_secs(3600);
    let per_address = PerAddress {
        connections,
        unfinished_bytes,
        idle_timeout: long,
        readers: ReaderLimits { longest_silence: long, ..ReaderLimits::internal() },
        is_exempt: Arc::new(|_| false),
    };
    ConnectionLimits {
        per_address: Some(per_address),
        head_timeout: long,
        body_timeout: long,
        idle_timeout: long,
        ..ConnectionLimits::internal()
    }
}

#[tokio::test]
async fn a_head_that_does_not_end_is_closed_in_time() {
    let server = Server::start(quick()).await;
    for begun in [HALF_A_HEAD, b""] {
        let mut stream = server.open(begun).await;
        assert_eq!(rest(&mut stream).await, "");
    }
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let server = Server::start(quick()).await;
    let mut stream = server.open(HALF_A_HEAD).await;
    let _ = stream.write_all(&[b'a'; 100 << 10]).await;
    let mut first = [0; 12];
    // The connection may be reset before the answer is read, as there is more to come.
    if timeout(PATIENCE, stream.read_exact(&mut first)).await.expect("the connection is still open").is_ok() {
        assert_eq!(&first, b"HTTP/1.1 431");
    }
}

#[tokio::test]
async fn half_a_body_is_answered_in_time() {
    let server = Server::start(quick()).await;
    let mut stream = server.open(b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 10\r\n\r\nhalf").await;
    assert!(rest(&mut stream).await.starts_with("HTTP/1.1 400"));
}

#[tokio::test]
async fn an_upload_has_the_clock_of_its_route() {
    let server = Server::start(quick()).await;
    let head =
        |path| format!("POST {path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Length: 10\r\n\r\n12345");
    let mut upload = server.open(head("/upload").as_bytes()).await;
    // Begun after the upload, so that when it is over time the upload is as well.
    let mut other = server.open(head("/").as_bytes()).await;
    assert!(rest(&mut other).await.starts_with("HTTP/1.1 400"));
    upload.write_all(b"67890").await.unwrap();
    assert_eq!(answer(&mut upload).await, "10");
}

#[tokio::test]
async fn a_flood_of_half_heads_keeps_nobody_out() {
    let server = Server::start(bounded(8, usize::MAX)).await;
    let mut flood = server.flood(50, 0).await;
    assert_eq!(server.get("/").await, "hello");
    for stream in &mut flood[..40] {
        assert_eq!(rest(stream).await, "", "the oldest make room");
    }
}

#[tokio::test]
async fn heads_of_one_client_hold_a_bounded_part_of_the_memory() {
    let server = Server::start(bounded(1000, 100_000)).await;
    let mut flood = server.flood(20, 30_000).await;
    assert_eq!(server.get("/").await, "hello");
    for stream in &mut flood[..10] {
        assert_eq!(rest(stream).await, "");
    }
}

#[tokio::test]
async fn the_memory_of_all_clients_together_is_bounded_where_each_is_exempt() {
    let mut limits = bounded(1, 1);
    limits.per_address.as_mut().unwrap().is_exempt = Arc::new(|address: IpAddr| address.is_loopback());
    limits.unfinished_bytes = 100_000;
    let server = Server::start(limits).await;
    let mut flood = server.flood(20, 30_000).await;
    assert_eq!(server.get("/").await, "hello");
    assert_eq!(rest(&mut flood[0]).await, "");
}

#[tokio::test]
async fn who_is_being_answered_is_not_closed_for_a_newcomer() {
    let server = Server::start(bounded(1, usize::MAX)).await;
    let mut first = server.open(request("/slow").as_bytes()).await;
    timeout(PATIENCE, server.begun.notified()).await.unwrap();
    let mut second = server.open(b"").await;
    assert_eq!(rest(&mut second).await, "", "the newcomer is refused");
    server.go.notify_one();
    assert_eq!(answer(&mut first).await, "done");
    assert_eq!(server.get("/").await, "hello", "its place is free again");
}

#[tokio::test]
async fn an_idle_connection_is_kept_and_makes_room() {
    let server = Server::start(bounded(1, usize::MAX)).await;
    let mut kept = server.open(b"").await;
    for _ in 0..3 {
        kept.write_all(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n").await.unwrap();
        hello(&mut kept).await;
    }
    assert_eq!(server.get("/").await, "hello");
    assert_eq!(rest(&mut kept).await, "");
}

/// H1: thousands of connections of one person whose requests were refused stayed open for 75 seconds.
#[tokio::test]
async fn h1_a_stranger_who_is_refused_or_silent_between_two_requests_keeps_no_place() {
    let with = |is_exempt: bool| {
        let mut limits = bounded(8, usize::MAX);
        let per_address = limits.per_address.as_mut().unwrap();
        per_address.idle_timeout = Duration::from_millis(50);
        per_address.is_exempt = Arc::new(move |_| is_exempt);
        limits
    };
    let strangers = Server::start(with(false)).await;
    let mut silent = strangers.open(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n").await;
    hello(&mut silent).await;
    assert_eq!(rest(&mut silent).await, "");
    let mut refused = strangers.open(b"GET /too-much HTTP/1.1\r\nHost: here\r\n\r\n").await;
    assert!(rest(&mut refused).await.contains("connection: close\r\n"));

    // A proxy keeps its connections for others.
    let proxies = Server::start(with(true)).await;
    let mut proxy = proxies.open(b"").await;
    for asked in ["/too-much", "/"] {
        proxy.write_all(format!("GET {asked} HTTP/1.1\r\nHost: here\r\n\r\n").as_bytes()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    hello(&mut proxy).await;
}

/// What comes behind a request lies in the connection's buffer; without a count of it each idle connection could keep 64 KiB.
#[tokio::test]
async fn half_a_head_behind_a_request_is_on_the_clock() {
    let limits = ConnectionLimits { head_timeout: Duration::from_millis(50), ..bounded(8, usize::MAX) };
    let server = Server::start(limits).await;
    let half = format!("{}{}", String::from_utf8_lossy(HALF_A_HEAD), "a".repeat(5000));
    for whole in
        ["GET / HTTP/1.1\r\nHost: here\r\n\r\n", "POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 3\r\n\r\nabc"]
    {
        let mut stream = server.open(format!("{whole}{half}").as_bytes()).await;
        assert!(rest(&mut stream).await.starts_with("HTTP/1.1 200"));
    }
}

/// Programs that are told that something is away ask again at once, all of them, if nobody says when.
#[tokio::test]
async fn whoever_is_told_that_something_is_away_is_told_when_to_ask_again() {
    let server = Server::start(ConnectionLimits::internal()).await;
    for (path, seconds) in [("/away", "5"), ("/away-for-long", "60")] {
        let mut stream = server.open(request(path).as_bytes()).await;
        let text = rest(&mut stream).await;
        assert!(text.contains(&format!("retry-after: {seconds}\r\n")), "{text}");
    }
}

#[tokio::test]
async fn requests_under_way_are_finished_when_the_service_stops() {
    let server = Server::start(ConnectionLimits::internal()).await;
    let mut idle = server.open(b"").await;
    let mut busy = server.open(b"GET /slow HTTP/1.1\r\nHost: here\r\n\r\n").await;
    timeout(PATIENCE, server.begun.notified()).await.unwrap();
    server.shutdown.begin();
    assert_eq!(rest(&mut idle).await, "");
    server.go.notify_one();
    assert_eq!(answer(&mut busy).await, "done");
}
