//! Clients that take their answers slowly, over real sockets: who takes next to nothing is gone soon, and who is only slow is not.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as loudly as tests")]

use axum::Router;
use axum::body::{Body, Bytes};
use axum::routing::get;
use futures_util::{StreamExt, stream};
use service::{ConnectionLimits, PerAddress, ReaderLimits, Shutdown};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

/// Longer than any clock under test; only a failing test waits for it.
const PATIENCE: Duration = Duration::from_secs(30);
const LONG: Duration = Duration::from_secs(3600);

/// A service whose answers have no end, and which is told when one is given up.
struct Server {
    address: SocketAddr,
    given_up: mpsc::UnboundedReceiver<()>,
}

/// Says when an answer is dropped.
struct Answer(mpsc::UnboundedSender<()>);

impl Drop for Answer {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

impl Server {
    async fn start(readers: ReaderLimits, is_exempt: bool) -> Self {
        let (say, given_up) = mpsc::unbounded_channel();
        let endless = async move || {
            let answer = Answer(say.clone());
            let piece = Bytes::from(vec![b'a'; 64 << 10]);
            Body::from_stream(stream::repeat(piece).map(move |piece| {
                let _ = &answer;
                Ok::<_, Infallible>(piece)
            }))
        };
        let router = Router::new().route("/", get(endless));
        let is_exempt = Arc::new(move |_| is_exempt);
        let per_address = PerAddress {
            connections: 1000,
            unfinished_bytes: 1 << 20,
            idle_timeout: Duration::from_secs(75),
            readers,
            is_exempt,
        };
        let limits = ConnectionLimits { per_address: Some(per_address), ..ConnectionLimits::internal() };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(service::serve_on(listener, router, limits, Shutdown::new()));
        Self { address, given_up }
    }

    /// A client that has asked, and takes in little at a time.
    async fn ask(&self) -> TcpStream {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let mut stream = socket.connect(self.address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n").await.unwrap();
        stream
    }

    async fn gives_up(&mut self) {
        timeout(PATIENCE, self.given_up.recv()).await.expect("the answer is still held").unwrap();
    }
}

/// So many bytes each time so much has passed, until the connection breaks.
async fn read(stream: &mut TcpStream, bytes: usize, every: Duration) {
    let mut piece = vec![0; bytes];
    while stream.read_exact(&mut piece).await.is_ok() {
        sleep(every).await;
    }
}

fn limits() -> ReaderLimits {
    ReaderLimits { first_silence: LONG, longest_silence: LONG, ..ReaderLimits::public() }
}

#[tokio::test]
async fn h1_who_takes_nothing_of_an_answer_is_closed() {
    let mut server = Server::start(ReaderLimits { first_silence: Duration::from_millis(300), ..limits() }, false).await;
    let _client = server.ask().await;
    server.gives_up().await;
}

/// A byte now and then opens the client's window from time to time, and the kernel would let it go on.
#[tokio::test]
async fn h1_who_takes_a_byte_at_a_time_is_closed() {
    let mut server = Server::start(ReaderLimits { first_silence: Duration::from_millis(300), ..limits() }, false).await;
    let mut client = server.ask().await;
    tokio::select! {
        () = server.gives_up() => {}
        () = read(&mut client, 1, Duration::from_millis(20)) => server.gives_up().await,
    }
}

/// The kernel takes an answer in steps, and between two of them a phone at 2 kB a second seems to take nothing for half a minute.
#[tokio::test]
async fn a_slow_reader_is_served() {
    // Its own kernel lets a client of 4 kB say that it has taken something every three seconds.
    let clock = Duration::from_millis(4000);
    let mut server = Server::start(ReaderLimits { first_silence: clock, ..ReaderLimits::public() }, false).await;
    let mut client = server.ask().await;
    let reading = timeout(2 * clock, read(&mut client, 500, Duration::from_millis(250)));
    assert!(reading.await.is_err(), "the connection broke");
    assert!(server.given_up.try_recv().is_err());
}

#[tokio::test]
async fn h1_what_waits_for_readers_is_bounded() {
    for is_exempt in [false, true] {
        // Each of these holds 128 KiB.
        let bound = ReaderLimits { held_bytes: 512 << 10, ..limits() };
        let mut server = Server::start(bound, is_exempt).await;
        let mut clients = vec![];
        for _ in 0..20 {
            clients.push(server.ask().await);
        }
        if is_exempt {
            // A proxy's are bounded with all others, far above.
            sleep(Duration::from_millis(200)).await;
            assert!(server.given_up.try_recv().is_err());
            continue;
        }
        for _ in 0..16 {
            server.gives_up().await;
        }
    }
}
