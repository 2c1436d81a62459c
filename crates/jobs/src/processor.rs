//! The processor as the worker sees it: over HTTP, with the service token.

use anyhow::Context;
use model::ContentHash;
use model::wire::{self, CacheCleaned, Refusal, StorageSwept};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde::de::DeserializeOwned;
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
        // The token is for the processor alone: not for a proxy of the environment, nor for where an answer points to. Web's client
        // keeps the same rules; the walls leave no crate for both that may know HTTP.
        let http = http.no_proxy().redirect(reqwest::redirect::Policy::none()).http1_only();
        let url = url.into().trim_end_matches('/').to_owned();
        Ok(Self { http: http.build().context("setting up the HTTP client")?, url, token: token.into() })
    }

    /// Has images removed that nobody reads.
    pub(crate) async fn clean_up_cache(&self) -> anyhow::Result<CacheCleaned> {
        self.post(wire::CACHE_CLEANUP_PATH).await
    }

    /// Has what deletions and crashes left in the store moved to its trash.
    pub(crate) async fn sweep_storage(&self) -> anyhow::Result<StorageSwept> {
        self.post(wire::STORAGE_SWEEP_PATH).await
    }

    /// POSTs to a route without a body and returns the body of a 2xx answer. A 409 is an error of its own, as asking again would
    /// not help.
    async fn post<T: DeserializeOwned>(&self, route: &str) -> anyhow::Result<T> {
        let answer = self
            .request(Method::POST, route)
            .send()
            .await
            .with_context(|| format!("asking the processor for {route}"))?;
        let status = answer.status();
        let unread = || format!("the processor answered {route} with {status}");
        if status.is_success() {
            return answer.json().await.with_context(unread);
        }
        let refusal: Refusal = answer.json().await.with_context(unread)?;
        if status == StatusCode::CONFLICT {
            return Err(Refused(refusal.message).into());
        }
        anyhow::bail!("{}: {}", unread(), refusal.message)
    }

    /// A request to a route, with the token.
    pub(crate) fn request(&self, method: Method, route: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{route}", self.url)).bearer_auth(&self.token)
    }

    /// A page of a content as PNG; nothing when it cannot be drawn, now or ever.
    pub async fn page_image(&self, hash: &ContentHash, page: u32) -> anyhow::Result<Option<Vec<u8>>> {
        let request = self.request(Method::GET, &wire::page_image_path(hash, page));
        let answer = request.send().await.context("asking the processor for a page")?;
        match answer.status() {
            StatusCode::NOT_FOUND | StatusCode::UNPROCESSABLE_ENTITY => Ok(None),
            status => {
                anyhow::ensure!(status.is_success(), "the processor answered {status} to a request for a page");
                Ok(Some(answer.bytes().await.context("reading a page of the processor's")?.into()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::process::Stdio;
    use std::sync::{Arc, Mutex};
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    use tokio::net::TcpListener;
    use tokio::process::Command;

    /// A server that gives every request this answer, and the heads of all requests so far.
    async fn server(answer: String) -> (String, Arc<Mutex<Vec<String>>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let heads = Arc::new(Mutex::new(vec![]));
        let asked = heads.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (mut socket, mut head) = (BufReader::new(socket), String::new());
                while !head.ends_with("\r\n\r\n") && socket.read_line(&mut head).await.unwrap() > 0 {}
                asked.lock().unwrap().push(head);
                socket.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        (url, heads)
    }

    fn answer(status: &str, headers: &str) -> String {
        format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: 2\r\n{headers}\r\n{{}}")
    }

    #[tokio::test]
    async fn the_token_does_not_follow_a_redirect() {
        for status in ["302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
            let (elsewhere, asked_elsewhere) = server(answer("200 OK", "")).await;
            let (url, asked) = server(answer(status, &format!("location: {elsewhere}/\r\n"))).await;
            let error = Processor::new(url, "secret").unwrap().post::<Value>("/api/x").await.unwrap_err();
            assert!(error.to_string().contains(&status[..3]), "{error:#}");
            assert!(asked.lock().unwrap()[0].contains("Bearer secret"));
            assert!(asked_elsewhere.lock().unwrap().is_empty(), "{status}");
        }
    }

    /// Where a container's environment names a proxy, the token went there in clear. This test starts itself with one.
    #[tokio::test]
    async fn the_token_does_not_go_to_a_proxy() {
        const URL: &str = "TEST_PROCESSOR_URL";
        if let Ok(url) = std::env::var(URL) {
            Processor::new(url, "secret").unwrap().post::<Value>("/api/x").await.unwrap();
            return;
        }
        let (url, asked) = server(answer("200 OK", "")).await;
        let (proxy, asked_proxy) = server(answer("200 OK", "")).await;
        let name = "processor::tests::the_token_does_not_go_to_a_proxy";
        let mut again = Command::new(std::env::current_exe().unwrap());
        again.args(["--exact", name]).env(URL, &url).env_remove("NO_PROXY").env_remove("no_proxy");
        again.env("HTTP_PROXY", &proxy).env("http_proxy", &proxy).env("ALL_PROXY", &proxy);
        let status = again.stdout(Stdio::null()).stderr(Stdio::null()).status().await.unwrap();
        assert!(status.success());
        assert_eq!((asked.lock().unwrap().len(), asked_proxy.lock().unwrap().len()), (1, 0));
    }
}
