//! Asking an address that somebody has named.

use super::address::is_public;
use super::error::{OutboundError, causes};
use super::networks::Networks;
use super::pinned::Pinned;
use bytes::Bytes;
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, LOCATION, USER_AGENT};
use hyper::{HeaderMap, Request, Response, StatusCode, Uri};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use reqwest::Url;
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// Redirects that are followed: more than any server has a reason for.
const MAX_REDIRECTS: usize = 5;
/// How long a name may take to be looked up, a connection to come about and an answer to begin, for each address that is asked.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// What we call ourselves.
const AGENT: &str = concat!("pagespace/", env!("CARGO_PKG_VERSION"));

type Addresses = Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>;

/// Says which addresses a name and a port stand for.
pub type Lookup = Arc<dyn Fn(String, u16) -> Addresses + Send + Sync>;

/// A client for addresses that people name. Cheap to clone.
#[derive(Clone)]
pub struct Outbound {
    lookup: Lookup,
    allowed: Networks,
}

/// The beginning of an answer with status 200, whose body is still to come.
#[derive(Debug)]
pub struct Answer {
    /// Where it came from at last.
    pub url: Url,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its bytes, as they are.
    pub body: Incoming,
}

impl fmt::Debug for Outbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbound").field("allowed", &self.allowed).finish_non_exhaustive()
    }
}

impl Outbound {
    /// With the machine's own look-up. `allowed` are networks that may be reached although they are not public.
    pub fn new(allowed: Networks) -> Self {
        let lookup: Lookup =
            Arc::new(|host, port| Box::pin(async move { Ok(tokio::net::lookup_host((host, port)).await?.collect()) }));
        Self::with_lookup(allowed, lookup)
    }

    /// With another look-up.
    pub fn with_lookup(allowed: Networks, lookup: Lookup) -> Self {
        Self { lookup, allowed }
    }

    /// Fetches what is at that address, over redirects.
    pub async fn get(&self, url: &str) -> Result<Answer, OutboundError> {
        let mut url = parse(url)?;
        for _ in 0..=MAX_REDIRECTS {
            let asked = timeout(LONGEST_WAIT, self.ask(&url)).await;
            let response = asked.map_err(|_| OutboundError::TooSlow)??;
            match response.status() {
                StatusCode::OK => return answer(url, response),
                status if is_redirect(status) => url = next(&url, response.headers())?,
                status => return Err(OutboundError::Status(status.as_u16())),
            }
        }
        Err(OutboundError::TooManyRedirects)
    }

    /// One request. Its connection is its own and ends with it.
    async fn ask(&self, url: &Url) -> Result<Response<Incoming>, OutboundError> {
        let addresses = self.resolve(url).await?;
        let uri: Uri = url.as_str().parse().map_err(|_| OutboundError::BadUrl)?;
        let request = Request::get(uri)
            .header(USER_AGENT, AGENT)
            .header(ACCEPT, "*/*")
            .header(ACCEPT_ENCODING, "identity")
            .body(Empty::<Bytes>::new())
            .map_err(|_| OutboundError::BadUrl)?;
        // Roots of our own, so that it works in an image that has none.
        let connector = HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1();
        let connector = connector.wrap_connector(Pinned(addresses.into()));
        let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(connector);
        client.request(request).await.map_err(|error| OutboundError::Unreachable(causes(&error)))
    }

    /// What the address's name stands for, if all of that may be reached.
    async fn resolve(&self, url: &Url) -> Result<Vec<SocketAddr>, OutboundError> {
        let (host, port) = (url.host_str(), url.port_or_known_default());
        let (host, port) = host.zip(port).ok_or(OutboundError::BadUrl)?;
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        let addresses = match literal {
            Ok(address) => vec![SocketAddr::new(address, port)],
            Err(_) => {
                let found = (self.lookup)(host.to_owned(), port).await;
                found.map_err(|_| OutboundError::UnknownHost)?
            }
        };
        if addresses.is_empty() {
            return Err(OutboundError::UnknownHost);
        }
        // A name with one such address beside others is somebody's who wants to be asked there.
        let is_allowed = |found: &SocketAddr| is_public(found.ip()) || self.allowed.contains(found.ip());
        if addresses.iter().all(is_allowed) { Ok(addresses) } else { Err(OutboundError::NotPublic) }
    }
}

/// The address as the web's rules read it, which know more ways to write 127.0.0.1 than people do.
fn parse(url: &str) -> Result<Url, OutboundError> {
    checked(Url::parse(url).map_err(|_| OutboundError::BadUrl)?)
}

fn checked(mut url: Url) -> Result<Url, OutboundError> {
    let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    if !is_web || !url.username().is_empty() || url.password().is_some() {
        return Err(OutboundError::BadUrl);
    }
    url.set_fragment(None);
    Ok(url)
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

fn next(url: &Url, headers: &HeaderMap) -> Result<Url, OutboundError> {
    let location = headers.get(LOCATION).and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
    let next = location.and_then(|location| url.join(location).ok());
    checked(next.ok_or(OutboundError::BadUrl)?)
}

fn answer(url: Url, response: Response<Incoming>) -> Result<Answer, OutboundError> {
    let (parts, body) = response.into_parts();
    let encoding = parts.headers.get(CONTENT_ENCODING);
    if encoding.is_some_and(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(OutboundError::Encoded);
    }
    Ok(Answer { url, headers: parts.headers, body })
}
