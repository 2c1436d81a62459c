//! A client of the processor, as PageSpace's web app is one.

use crate::wait::{PATIENCE, eventually};
use reqwest::multipart::{Form, Part};
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::Value;
use std::time::Duration;
use tokio::time::Instant;

/// The client.
#[derive(Clone)]
pub struct Processor {
    client: Client,
    url: String,
    token: String,
}

impl Processor {
    pub(crate) fn new(url: &str, token: &str) -> Self {
        Self { client: Client::new(), url: url.into(), token: token.into() }
    }

    /// A request with the token.
    pub fn request(&self, method: reqwest::Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url)).bearer_auth(&self.token)
    }

    /// Uploads one file; an error when the processor is not there to answer.
    pub async fn try_upload(&self, name: &str, bytes: &[u8]) -> reqwest::Result<Value> {
        let part = Part::bytes(bytes.to_vec()).file_name(name.to_owned());
        let request =
            self.request(reqwest::Method::POST, "/api/upload/single").multipart(Form::new().part("file", part));
        request.send().await?.error_for_status()?.json().await
    }

    /// Uploads one file.
    pub async fn upload(&self, name: &str, bytes: &[u8]) -> Value {
        self.try_upload(name, bytes).await.unwrap()
    }

    /// Uploads one file, again and again until it is acknowledged, whatever happens to the processor meanwhile.
    pub async fn upload_anyhow(&self, name: &str, bytes: &[u8]) -> Value {
        let end = Instant::now() + PATIENCE;
        loop {
            match self.try_upload(name, bytes).await {
                Ok(answer) => return answer,
                Err(error) => assert!(Instant::now() < end, "{name} was never acknowledged: {error}"),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// What `GET path` answers.
    pub async fn get(&self, path: &str) -> (StatusCode, Value) {
        let answer = self.request(reqwest::Method::GET, path).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap_or(Value::Null))
    }

    /// The bytes at `path`, when there are any.
    pub async fn bytes(&self, path: &str) -> Option<Vec<u8>> {
        let answer = self.request(reqwest::Method::GET, path).send().await.unwrap();
        if answer.status() == StatusCode::NOT_FOUND {
            return None;
        }
        Some(answer.error_for_status().unwrap().bytes().await.unwrap().to_vec())
    }

    /// The job once it is over.
    pub async fn job_ends(&self, id: &str) -> Value {
        let path = format!("/api/job/{id}");
        eventually(&path, async || {
            let (status, job) = self.get(&path).await;
            assert_eq!(status, StatusCode::OK, "{job}");
            matches!(job["status"].as_str(), Some("completed" | "failed")).then_some(job)
        })
        .await
    }
}
