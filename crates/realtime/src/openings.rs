//! How many Socket.IO sessions may be opened, counted before anything is kept of one.
//!
//! A session of nobody ends by itself within ten seconds, so that those of the last ten seconds and the connected ones are all.

use crate::client::ClientAddress;
use axum::Extension;
use axum::extract::{Request, State};
use axum::http::{StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use socketioxide::SocketIo;
use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;

/// Longest time from an opening to a connected client; then the session ends.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Most openings within that time, and of one client address.
const IN_ALL: usize = 2048;
const OF_ONE: usize = 128;
/// Most bytes of an opening's headers: the session keeps them.
const HEADERS: usize = 8 << 10;

/// The openings of the last seconds.
pub struct Openings {
    recent: Mutex<VecDeque<(Instant, IpAddr)>>,
    io: SocketIo,
    connected: usize,
}

impl Openings {
    /// With room for that many connected clients.
    pub fn new(io: SocketIo, connected: usize) -> Self {
        Self { recent: Mutex::default(), io, connected }
    }

    fn count(&self, client: IpAddr) -> Result<(), StatusCode> {
        let now = Instant::now();
        let mut recent = self.recent.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        while recent.front().is_some_and(|(at, _)| now.duration_since(*at) > CONNECT_TIMEOUT) {
            recent.pop_front();
        }
        if recent.iter().filter(|(_, other)| *other == client).count() >= OF_ONE {
            return Err(StatusCode::TOO_MANY_REQUESTS);
        }
        if recent.len() >= IN_ALL || self.io.sockets().len() >= self.connected {
            return Err(StatusCode::SERVICE_UNAVAILABLE);
        }
        recent.push_back((now, client));
        Ok(())
    }
}

/// Passes on what belongs to a session there is, and the openings that there is room for.
pub async fn bound(
    State(openings): State<Arc<Openings>>,
    Extension(ClientAddress(client)): Extension<ClientAddress>,
    request: Request,
    next: Next,
) -> Response {
    if is_opening(request.uri()) {
        let headers = request.headers();
        if headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum::<usize>() > HEADERS {
            return StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE.into_response();
        }
        if let Err(status) = openings.count(client) {
            metrics::counter!("realtime_openings_refused_total").increment(1);
            return (status, [("retry-after", "10")]).into_response();
        }
    }
    next.run(request).await
}

/// True for whatever Socket.IO could take for a new session: anything at its path that names none.
fn is_opening(uri: &Uri) -> bool {
    let names_session =
        |query: &str| query.split('&').any(|pair| pair.strip_prefix("sid=").is_some_and(|sid| !sid.is_empty()));
    uri.path().starts_with("/socket.io") && !uri.query().is_some_and(names_session)
}
