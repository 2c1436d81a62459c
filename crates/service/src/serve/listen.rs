//! The accept loop, and the life of one connection.

use super::body::{AnswerBody, BodyDeadline, TimedBody};
use super::connection::{Connection, Socket};
use super::connections::Connections;
use super::limits::ConnectionLimits;
use crate::Shutdown;
use anyhow::Context;
use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// Largest head of a request, and most bytes read at a time. A larger head is answered 431.
const READ_BUFFER_BYTES: usize = 64 << 10;
/// What a head has beside the names and values of its headers: method, version, spaces, the form of its address.
const HEAD_SLACK_BYTES: usize = 1 << 10;
/// Connections that the kernel keeps until they are accepted. One more waits a second until it asks again, so a flood must
/// not fill it in the moment that we look elsewhere.
const BACKLOG: u32 = 4096;
/// How long a newcomer whom there is no room for waits until those who were let in have had their first turn.
const FIRST_TURN: Duration = Duration::from_millis(2);
/// Newcomers who wait so at once.
const SECOND_TRIES: usize = 256;
/// The pause after an accept that failed for want of something the whole machine shares, such as open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// When somebody who was not told may ask again, in seconds, as long as a service that starts again takes.
const RETRY_AFTER_S: &str = "5";

/// Serves `router` on `address` until shutdown, then lets requests under way finish.
pub async fn serve(
    address: SocketAddr,
    router: Router,
    limits: ConnectionLimits,
    shutdown: Shutdown,
) -> anyhow::Result<()> {
    let listener = listen(address).with_context(|| format!("listening on {address}"))?;
    tracing::info!(%address, "listening");
    serve_on(listener, router, limits, shutdown).await;
    Ok(())
}

/// The same on a listener that is there already.
pub async fn serve_on(listener: TcpListener, router: Router, limits: ConnectionLimits, shutdown: Shutdown) {
    let connections = Connections::new(limits);
    let tasks = TaskTracker::new();
    let second_tries = Arc::new(Semaphore::new(SECOND_TRIES));
    let accepting = async {
        loop {
            let (stream, peer) = tokio::select! {
                accepted = accept(&listener) => accepted,
                () = shutdown.begun() => break,
            };
            let arrival = Arrival {
                stream,
                peer,
                router: router.clone(),
                connections: connections.clone(),
                shutdown: shutdown.clone(),
            };
            match connections.admit(peer.ip()) {
                Some(connection) => drop(tasks.spawn(arrival.serve(connection))),
                // Nobody else waits for it here: a client that has all of its places would keep everybody out by asking for more.
                None => match second_tries.clone().try_acquire_owned() {
                    Ok(place) => drop(tasks.spawn(arrival.try_again(place))),
                    Err(_) => refuse(),
                },
            }
        }
        drop(listener);
        tasks.close();
        tasks.wait().await;
    };
    tokio::select! {
        () = accepting => {}
        () = connections.keep_time() => {}
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // As the standard library does: a service that starts again takes its port over from connections that are ending.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// The next connection. Nothing that goes wrong with one ends the listener.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        let error = match listener.accept().await.and_then(prepared) {
            Ok(accepted) => return accepted,
            Err(error) => error,
        };
        if is_of_the_connection(&error) {
            continue;
        }
        tracing::warn!(%error, "no connection can be accepted for a moment");
        tokio::time::sleep(ACCEPT_PAUSE).await;
    }
}

/// Small answers leave at once: with Nagle's algorithm the second write of an answer waits for the client's delayed
/// acknowledgement of the first, 40 ms.
fn prepared((stream, peer): (TcpStream, SocketAddr)) -> io::Result<(TcpStream, SocketAddr)> {
    stream.set_nodelay(true)?;
    Ok((stream, peer))
}

/// The client has gone again before it was accepted, which is nobody's fault.
fn is_of_the_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, InvalidInput, NotConnected};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | InvalidInput | NotConnected)
}

/// A connection that was accepted, and what serves it.
struct Arrival {
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    connections: Arc<Connections>,
    shutdown: Shutdown,
}

impl Arrival {
    /// There was no room. Those who were let in a moment ago have their turn first, and may be found to wait.
    async fn try_again(self, place: OwnedSemaphorePermit) {
        tokio::time::sleep(FIRST_TURN).await;
        let admitted = self.connections.admit(self.peer.ip());
        drop(place);
        match admitted {
            Some(connection) => self.serve(connection).await,
            None => refuse(),
        }
    }

    async fn serve(self, connection: Arc<Connection>) {
        // It fails only when the client has gone.
        if let Ok(socket) = Socket::new(self.stream, connection.clone()) {
            converse(socket, connection, self.peer, self.router, self.connections, self.shutdown).await;
        }
    }
}

fn refuse() {
    metrics::counter!("http_connections_refused_total").increment(1);
}

/// One connection from its first byte to its last request.
async fn converse(
    socket: Socket,
    connection: Arc<Connection>,
    peer: SocketAddr,
    router: Router,
    connections: Arc<Connections>,
    shutdown: Shutdown,
) {
    connection.is_looked_at();
    // Whoever has sent nothing has no buffers.
    tokio::select! {
        readable = socket.readable() => if readable.is_err() { return },
        () = connection.closing() => return,
        () = shutdown.begun() => return,
    }
    let body_timeout = connections.limits().body_timeout;
    let answering = connection.clone();
    let service = service_fn(move |request| answer(request, peer, router.clone(), answering.clone(), body_timeout));
    let serving = http1::Builder::new()
        .max_buf_size(READ_BUFFER_BYTES)
        .serve_connection(TokioIo::new(socket), service)
        .with_upgrades();
    tokio::pin!(serving);
    let mut is_stopping = false;
    loop {
        tokio::select! {
            ended = &mut serving => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "a connection ended early");
                }
                return;
            }
            () = connection.closing() => return,
            () = shutdown.begun(), if !is_stopping => {
                is_stopping = true;
                serving.as_mut().graceful_shutdown();
            }
        }
    }
}

async fn answer(
    request: Request<Incoming>,
    peer: SocketAddr,
    router: Router,
    connection: Arc<Connection>,
    body_timeout: Duration,
) -> Result<Response<AnswerBody>, Infallible> {
    let has_body = !request.body().is_end_stream();
    let expected_bytes = expected_bytes(&request);
    connection.has_head(has_body, expected_bytes.unwrap_or(usize::MAX));
    let deadline = BodyDeadline::new(connection.clone());
    let mut request = match has_body {
        true => request.map(|body| Body::new(TimedBody::new(body, body_timeout, deadline.clone()))),
        false => request.map(Body::new),
    };
    request.extensions_mut().insert(ConnectInfo(peer));
    request.extensions_mut().insert(deadline.clone());
    let mut response = router.oneshot(request).await?;
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        connection.is_upgraded();
        // What came beyond its end is in the connection's buffer, where nobody has counted it. And whoever asks too much keeps no place.
    } else if (expected_bytes.is_none() && !deadline.is_lifted())
        || (response.status() == StatusCode::TOO_MANY_REQUESTS && connection.is_strange())
    {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    if response.status() == StatusCode::SERVICE_UNAVAILABLE {
        let after = HeaderValue::from_static(RETRY_AFTER_S);
        response.headers_mut().entry(header::RETRY_AFTER).or_insert(after);
    }
    connection.reader().is_answered_with(response.body().size_hint().exact());
    Ok(response.map(|body| AnswerBody::new(body, connection)))
}

/// Most bytes that a request has, head and body; `None` when its body's end is not announced.
fn expected_bytes(request: &Request<Incoming>) -> Option<usize> {
    let headers = request.headers();
    let lines: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    let uri = request.uri().path_and_query().map_or(0, |path| path.as_str().len());
    let body = match headers.get(header::CONTENT_LENGTH) {
        Some(length) => length.to_str().ok()?.parse().ok()?,
        None if headers.contains_key(header::TRANSFER_ENCODING) => return None,
        None => 0,
    };
    Some((lines + uri + HEAD_SLACK_BYTES).saturating_add(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A cached thumbnail took 44 ms: its head and its body were two small writes, and the second waited for the
    /// acknowledgement of the first.
    #[tokio::test]
    async fn small_answers_do_not_wait_for_acknowledgements() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap());
        let ((accepted, _), _client) = tokio::join!(accept(&listener), client);
        assert!(accepted.nodelay().unwrap());
    }
}
