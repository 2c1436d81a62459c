//! An OpenAI-compatible chat endpoint that sees: one page's picture in, its text out.

use super::response::{ApiError, parse_response};
use crate::outbound::causes;
use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use hyper::{Method, Request, Response, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::json;
use std::time::Duration;

/// What the model is asked to do. What it answers is text whatever it says: nothing in a picture can make it more.
const INSTRUCTION: &str = "Transcribe all text in this image exactly as it is written, in reading order, without comments, \
    corrections or translation. Separate paragraphs with an empty line. If there is no text, answer with nothing at all.";

/// An answer is one page's text; more than this is none.
const MAX_RESPONSE_BYTES: usize = 4 << 20;

/// How the endpoint is reached.
#[derive(Debug, Clone)]
pub struct ApiSettings {
    /// Its address: up to `/v1`, or all of `…/chat/completions`.
    pub url: String,
    /// Its key, where it wants one.
    pub key: Option<String>,
    /// The model's name.
    pub model: String,
    /// The longest wait for a page's whole answer.
    pub timeout: Duration,
}

/// Cheap to clone; connections are kept.
#[derive(Clone)]
pub struct Api {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    uri: Uri,
    authorization: Option<HeaderValue>,
    model: String,
    timeout: Duration,
}

impl Api {
    /// The endpoint of these settings.
    pub fn new(settings: &ApiSettings) -> anyhow::Result<Self> {
        let url = settings.url.trim_end_matches('/');
        let path = if url.ends_with("/chat/completions") { "" } else { "/chat/completions" };
        let uri: Uri = format!("{url}{path}").parse().context("the address of the OCR API")?;
        anyhow::ensure!(
            matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some(),
            "the address of the OCR API is no http or https address"
        );
        let authorization = settings.key.as_ref().map(|key| {
            let mut value = HeaderValue::try_from(format!("Bearer {key}")).context("the key of the OCR API")?;
            value.set_sensitive(true);
            anyhow::Ok(value)
        });
        // Roots of our own, so that it works in an image that has none.
        let connector = HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().build();
        let client = Client::builder(TokioExecutor::new()).pool_idle_timeout(Duration::from_secs(30)).build(connector);
        let (model, timeout) = (settings.model.clone(), settings.timeout);
        Ok(Self { client, uri, authorization: authorization.transpose()?, model, timeout })
    }

    /// The text of a page, of which this is a picture.
    pub async fn read(&self, image: &[u8], mime: &str) -> Result<String, ApiError> {
        match tokio::time::timeout(self.timeout, self.ask(image, mime)).await {
            Ok(read) => read,
            Err(_) => {
                Err(ApiError::Temporary(format!("the OCR API did not answer within {} s", self.timeout.as_secs())))
            }
        }
    }

    async fn ask(&self, image: &[u8], mime: &str) -> Result<String, ApiError> {
        let request = self.request(image, mime).map_err(|error| ApiError::Permanent(format!("{error:#}")))?;
        let response = self.client.request(request).await;
        let response = response
            .map_err(|error| ApiError::Temporary(format!("the OCR API cannot be reached: {}", causes(&error))))?;
        let status = response.status();
        let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let body = body(response).await?;
        parse_response(status, retry_after.as_deref(), &body)
    }

    fn request(&self, image: &[u8], mime: &str) -> anyhow::Result<Request<Full<Bytes>>> {
        let url = format!("data:{mime};base64,{}", STANDARD.encode(image));
        let content = json!([{"type": "text", "text": INSTRUCTION}, {"type": "image_url", "image_url": {"url": url}}]);
        let body = json!({"model": self.model, "messages": [{"role": "user", "content": content}]});
        let request = Request::builder().method(Method::POST).uri(&self.uri).header(CONTENT_TYPE, "application/json");
        let request = match &self.authorization {
            Some(value) => request.header(AUTHORIZATION, value),
            None => request,
        };
        Ok(request.body(Full::from(serde_json::to_vec(&body)?))?)
    }
}

async fn body(response: Response<hyper::body::Incoming>) -> Result<Bytes, ApiError> {
    let collected = Limited::new(response.into_body(), MAX_RESPONSE_BYTES).collect().await;
    let collected =
        collected.map_err(|error| ApiError::Temporary(format!("the OCR API's answer was cut off: {error}")))?;
    Ok(collected.to_bytes())
}
