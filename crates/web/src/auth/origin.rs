//! Refuses requests that another site makes a browser send (cross-site request forgery).

use super::cookie::SESSION;
use crate::error::Error;
use crate::state::AppState;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::Response;

/// Lets an unsafe request through if it has a token of its own, if the browser says that it comes from our own pages, or
/// if it has nothing a browser would add by itself.
pub async fn guard(State(state): State<AppState>, request: Request, next: Next) -> Result<Response, Error> {
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if !is_safe {
        check(request.headers(), &state.config.public_url)?;
    }
    Ok(next.run(request).await)
}

/// The rule itself; also for WebSockets, which browsers open across sites with cookies.
pub fn check(headers: &HeaderMap, public_url: &str) -> Result<(), Error> {
    if headers.contains_key(header::AUTHORIZATION) {
        return Ok(());
    }
    match source(headers, public_url) {
        Source::Own => Ok(()),
        Source::Foreign => Err(Error::CrossSite),
        Source::Unknown if SESSION.read(public_url.starts_with("https://"), headers).is_some() => Err(Error::CrossSite),
        Source::Unknown => Ok(()),
    }
}

enum Source {
    Own,
    Foreign,
    Unknown,
}

fn source(headers: &HeaderMap, public_url: &str) -> Source {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    // Browsers send Sec-Fetch-Site over https and to localhost; elsewhere there is the Origin.
    match (text("sec-fetch-site"), text("origin")) {
        (Some("same-origin"), _) => Source::Own,
        (Some(_), _) => Source::Foreign,
        (None, Some(origin)) => {
            let host = origin.split_once("://").map(|(_, host)| host);
            let is_own = origin == public_url || (host.is_some() && host == text("host"));
            if is_own { Source::Own } else { Source::Foreign }
        }
        (None, None) => Source::Unknown,
    }
}
