//! The processor as the worker sees it: over HTTP, with the service token.

use anyhow::Context;
use model::ContentHash;
use reqwest::StatusCode;
use serde_json::Value;
use std::time::Duration;

/// The processor will not do it until somebody has decided something: asking again would not help.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Refused(String);

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct Processor {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Processor {
    /// The processor at `url` (`http://127.0.0.1:3003`).
    pub fn new(url: impl Into<String>, token: impl Into<String>) -> anyhow::Result<Self> {
        // A sweep over a large store takes its time; that the connection is alive is what the connect timeout shows.
        let http = reqwest::Client::builder().connect_timeout(Duration::from_secs(5)).timeout(Duration::from_secs(600));
        let url = url.into().trim_end_matches('/').to_owned();
        Ok(Self { http: http.build().context("setting up the HTTP client")?, url, token: token.into() })
    }

    /// POSTs to a route without a body and returns the JSON of a 2xx answer. A 409 is an error of its own, as asking again would
    /// not help.
    pub async fn post(&self, route: &str) -> anyhow::Result<Value> {
        let request = self.http.post(format!("{}{route}", self.url)).bearer_auth(&self.token);
        let answer = request.send().await.with_context(|| format!("asking the processor for {route}"))?;
        let status = answer.status();
        let body: Value =
            answer.json().await.with_context(|| format!("the processor answered {route} with {status}"))?;
        if status == StatusCode::CONFLICT {
            return Err(Refused(body["message"].as_str().unwrap_or_default().to_owned()).into());
        }
        anyhow::ensure!(status.is_success(), "the processor answered {route} with {status}: {}", body["message"]);
        Ok(body)
    }

    /// A page of a content as PNG; nothing when it cannot be drawn, now or ever.
    pub async fn page_image(&self, hash: &ContentHash, page: u32) -> anyhow::Result<Option<Vec<u8>>> {
        let url = format!("{}/cache/{hash}/pages/{page}/image", self.url);
        let answer =
            self.http.get(url).bearer_auth(&self.token).send().await.context("asking the processor for a page")?;
        match answer.status() {
            StatusCode::NOT_FOUND | StatusCode::UNPROCESSABLE_ENTITY => Ok(None),
            status => {
                anyhow::ensure!(status.is_success(), "the processor answered {status} to a request for a page");
                Ok(Some(answer.bytes().await.context("reading a page of the processor's")?.into()))
            }
        }
    }
}
