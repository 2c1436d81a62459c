//! Requests to `/api/v1`, and what their answers mean.

use super::tls;
use crate::account::Account;
use crate::error::Error;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt::{Display, Write};
use std::time::Duration;
use ureq::http::{HeaderMap, Method, Request, Response, StatusCode, header, request};
use ureq::{Agent, AsSendBody, Body};

/// Longest time to be let in.
const CONNECT: Duration = Duration::from_secs(10);
/// Longest time without a byte from the server, which may have to store a large file first, or make an export.
const SILENCE: Duration = Duration::from_secs(180);
/// Longest time in which the way there takes no byte.
const STALL: Duration = Duration::from_secs(60);
/// The server closes connections that are idle for ten seconds.
const IDLE: Duration = Duration::from_secs(5);
/// Largest answer that is read as a whole.
const ANSWER_BYTES: u64 = 64 << 20;
/// Most items of a page that are to be had.
const PAGE: usize = 200;

/// Somebody's way into a server. Threads share it.
pub struct Client {
    agent: Agent,
    /// Whose.
    pub account: Account,
}

/// What a failed request answers (RFC 9457).
#[derive(Deserialize)]
struct Problem {
    code: String,
    detail: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    items: Vec<Value>,
    next_cursor: Option<String>,
}

impl Client {
    /// Asks nothing yet. So many connections stay open between requests.
    pub fn new(account: Account, connections: usize) -> Result<Self, Error> {
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            // A token is not carried elsewhere.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_idle_connections(connections)
            .max_idle_connections_per_host(connections)
            .max_idle_age(IDLE)
            .timeout_connect(Some(CONNECT))
            .timeout_per_read(Some(SILENCE))
            .timeout_per_write(Some(STALL))
            .user_agent(concat!("pagespace/", env!("CARGO_PKG_VERSION")));
        if account.is_https() {
            config = config.tls_config(tls::for_requests()?);
        }
        Ok(Self { agent: config.build().new_agent(), account })
    }

    /// The beginning of a request to `/api/v1{path}`.
    pub fn request(&self, method: Method, path: &str) -> request::Builder {
        let token = format!("Bearer {}", self.account.token);
        let url = format!("{}/api/v1{path}", self.account.url);
        Request::builder().method(method).uri(url).header(header::AUTHORIZATION, token)
    }

    /// Sends a request. An answer is given when it is a good one.
    pub fn send(&self, request: request::Builder, body: impl AsSendBody) -> Result<Response<Body>, Error> {
        let bad = |error| Error::Usage(format!("that cannot be asked for: {error}"));
        let request = request.body(body).map_err(bad)?;
        let url = &self.account.url;
        let unreachable = |error| Error::Unreachable(format!("{url} does not answer: {error}"));
        let mut response = self.agent.run(request).map_err(unreachable)?;
        if response.status().is_success() { Ok(response) } else { Err(refusal(url, &mut response)) }
    }

    /// What `GET path` answers.
    pub fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        let mut response = self.send(self.request(Method::GET, path), ())?;
        self.read(response.body_mut())
    }

    /// The JSON of an answer.
    pub fn read<T: DeserializeOwned>(&self, body: &mut Body) -> Result<T, Error> {
        let url = &self.account.url;
        let cut = |error| Error::Unreachable(format!("{url} broke off its answer: {error}"));
        let bytes = body.with_config().limit(ANSWER_BYTES).read_to_vec().map_err(cut)?;
        let strange = |error| Error::Unreachable(format!("{url} answers, but not as a suite of this release: {error}"));
        serde_json::from_slice(&bytes).map_err(strange)
    }

    /// Gives up to `most` items of a list in pages to `each`, until that has had enough and says false.
    pub fn items(
        &self,
        path: &str,
        query: &[(&str, &str)],
        most: usize,
        mut each: impl FnMut(Value) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        let limit = most.min(PAGE).to_string();
        let (mut left, mut cursor): (usize, Option<String>) = (most, None);
        loop {
            let place = cursor.as_deref().map(|cursor| ("cursor", cursor));
            let pairs: Vec<(&str, &str)> = query.iter().copied().chain([("limit", &limit[..])]).chain(place).collect();
            let page: Page = self.get(&with_query(path, &pairs))?;
            for item in page.items.into_iter().take(left) {
                left -= 1;
                if !each(item)? {
                    return Ok(());
                }
            }
            match page.next_cursor {
                Some(next) if left > 0 => cursor = Some(next),
                _ => return Ok(()),
            }
        }
    }

    /// All of a list that is a plain array, with its next page in the header `Link`.
    pub fn array(&self, path: &str) -> Result<Vec<Value>, Error> {
        let (mut all, mut query) = (Vec::new(), String::new());
        loop {
            let mut response = self.send(self.request(Method::GET, &format!("{path}{query}")), ())?;
            let next = next_page(response.headers());
            all.append(&mut self.read(response.body_mut())?);
            match next {
                Some(next) => query = next,
                None => return Ok(all),
            }
        }
    }
}

/// An item of a list, called `what`, as this release knows it.
pub fn read_item<T: DeserializeOwned>(value: &Value, what: &str) -> Result<T, Error> {
    let strange = |error| Error::Unreachable(format!("{what} is not as this release knows it: {error}"));
    T::deserialize(value).map_err(strange)
}

/// A path with parameters, whatever is in them.
pub fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut url = path.to_owned();
    for (index, (name, value)) in pairs.iter().enumerate() {
        let mark = if index == 0 { '?' } else { '&' };
        let _ = write!(url, "{mark}{name}={}", encoded(value));
    }
    url
}

/// Text as a part of a path, whatever is in it.
pub fn encoded(text: &str) -> impl Display {
    utf8_percent_encode(text, NON_ALPHANUMERIC)
}

/// The query of the next page: `<?limit=200&cursor=…>; rel="next"` (RFC 8288).
fn next_page(headers: &HeaderMap) -> Option<String> {
    let link = headers.get(header::LINK)?.to_str().ok()?;
    let (address, relation) = link.strip_prefix('<')?.split_once('>')?;
    let is_next = relation.contains("rel=\"next\"") && address.starts_with('?');
    is_next.then(|| address.to_owned())
}

fn refusal(url: &str, response: &mut Response<Body>) -> Error {
    let (status, headers) = (response.status(), response.headers());
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    if status.is_redirection() {
        let elsewhere = text(header::LOCATION).unwrap_or_else(|| "elsewhere".into());
        return Error::Usage(format!("{url} points to {elsewhere}; sign in with that address"));
    }
    let retry_after_s = text(header::RETRY_AFTER).and_then(|seconds| seconds.trim().parse().ok());
    let bytes = response.body_mut().with_config().limit(64 << 10).read_to_vec().unwrap_or_default();
    let problem: Option<Problem> = serde_json::from_slice(&bytes).ok();
    let (code, detail) = problem
        .map_or_else(|| (String::new(), format!("{url} answers: {status}")), |problem| (problem.code, problem.detail));
    match status {
        StatusCode::UNAUTHORIZED => Error::NotSignedIn(format!("{url} does not take the token: {detail}")),
        _ => Error::Refused { status: status.as_u16(), code, detail, retry_after_s },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_may_hold_anything() {
        assert_eq!(with_query("/a", &[]), "/a");
        assert_eq!(with_query("/a", &[("q", "x&y=z é"), ("n", "1")]), "/a?q=x%26y%3Dz%20%C3%A9&n=1");
    }

    #[test]
    fn the_next_page_is_in_the_link() {
        let next = |link: &str| next_page(&HeaderMap::from_iter([(header::LINK, link.parse().unwrap())]));
        assert_eq!(next("<?limit=200&cursor=ab_-c>; rel=\"next\"").as_deref(), Some("?limit=200&cursor=ab_-c"));
        assert_eq!(next("<?cursor=a>; rel=\"prev\""), None);
        assert_eq!(next("<https://elsewhere.example/?cursor=a>; rel=\"next\""), None);
        assert_eq!(next_page(&HeaderMap::new()), None);
    }
}
