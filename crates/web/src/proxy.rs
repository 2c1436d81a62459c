//! `/ws` and `/socket.io/` are the realtime service's; they pass through here so that one public port is enough. Nothing else of it
//! is anybody's business out there.

use crate::auth::client::ClientAddress;
use crate::auth::cookie::SESSION;
use crate::auth::origin;
use crate::error::Error;
use crate::state::AppState;
use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::any;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use service::{REQUEST_ID, RequestId};
use tokio::io::copy_bidirectional_with_sizes;

/// Buffers of one socket, each way. Messages are small and sockets many.
const BUFFER_BYTES: usize = 2048;

/// The paths that pass through, and those below them, which never do: `/socket.io/../metrics` is a path of its own for us, and
/// another one for whoever resolves it.
pub fn router() -> Router<AppState> {
    let nothing = any(async || Error::NotFound("address"));
    Router::new()
        .route("/ws", any(forward))
        .route("/ws/{*rest}", nothing.clone())
        .route("/socket.io/", any(forward))
        .route("/socket.io/{*rest}", nothing)
}

async fn forward(
    State(state): State<AppState>,
    ClientAddress(client): ClientAddress,
    request_id: RequestId,
    path: MatchedPath,
    mut request: Request,
) -> Result<Response, Error> {
    // Browsers open sockets across origins and add cookies of the same site; tokens they do not add.
    if SESSION.read(state.config.is_https(), request.headers()).is_some() {
        origin::check(request.headers(), &state.config.public_url)?;
    }
    let is_upgrade = request.headers().contains_key(header::UPGRADE);
    let browser_side = is_upgrade.then(|| hyper::upgrade::on(&mut request));
    let (parts, body) = request.into_parts();
    let mut headers = passed_on(&parts.headers, is_upgrade);
    headers.insert(
        "x-forwarded-for",
        HeaderValue::try_from(client.to_string()).map_err(|error| Error::Internal(error.into()))?,
    );
    headers.insert(REQUEST_ID, request_id.0);
    // What the browser calls us: the realtime service compares it with the Origin once more, and Host is the next hop's.
    headers.remove("x-forwarded-host");
    if let Some(host) = parts.headers.get(header::HOST) {
        headers.insert("x-forwarded-host", host.clone());
    }
    // The path is ours and not the request's, whose segments the URL would resolve.
    let query = parts.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let url = format!("{}{}{query}", state.config.realtime_url, path.as_str());
    let call = state.http.request(parts.method, url).headers(headers);
    let call = if is_upgrade { call } else { call.body(reqwest::Body::wrap_stream(body.into_data_stream())) };
    let answer = call.send().await.map_err(|error| {
        tracing::warn!(error = %error.without_url(), "the realtime service does not answer");
        Error::Unavailable("realtime service")
    })?;
    let status = answer.status();
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    *response.headers_mut() = passed_on(answer.headers(), status == StatusCode::SWITCHING_PROTOCOLS);
    match browser_side {
        Some(browser_side) if status == StatusCode::SWITCHING_PROTOCOLS => {
            tokio::spawn(join(browser_side, answer));
        }
        _ => *response.body_mut() = Body::from_stream(answer.bytes_stream()),
    }
    Ok(response)
}

/// Carries bytes both ways until one side ends. How a socket ends is no news.
async fn join(browser_side: OnUpgrade, answer: reqwest::Response) {
    let (Ok(browser), Ok(mut realtime)) = tokio::join!(browser_side, answer.upgrade()) else { return };
    let mut browser = TokioIo::new(browser);
    let _ = copy_bidirectional_with_sizes(&mut browser, &mut realtime, BUFFER_BYTES, BUFFER_BYTES).await;
}

/// Headers are for the next hop or for the end; only the latter pass (RFC 9110, 7.6.1), and those of an upgrade that is
/// itself passed on.
fn passed_on(headers: &HeaderMap, is_upgrade: bool) -> HeaderMap {
    let is_hop = |name: &HeaderName| {
        let upgrade = name == header::CONNECTION || name == header::UPGRADE;
        // An upgrade is passed on without a body, so its length would put the connection out of step.
        HOP.contains(name) || (upgrade && !is_upgrade) || (is_upgrade && name == header::CONTENT_LENGTH)
    };
    headers.iter().filter(|(name, _)| !is_hop(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
}

static HOP: [HeaderName; 7] = [
    header::HOST,
    HeaderName::from_static("keep-alive"),
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
];
