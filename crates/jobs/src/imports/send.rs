//! From outside into the processor: a form as web sends it, whose file is the body of an answer.

use super::Imports;
use super::incoming::Counted;
use super::name::name_of;
use crate::outbound::{Answer, OutboundError, causes};
use crate::processor::Processor;
use anyhow::Context as _;
use db::imports::Import;
use hyper::header::CONTENT_LENGTH;
use model::wire::{self, Code, Refusal, Uploaded, field};
use reqwest::header::RETRY_AFTER;
use reqwest::multipart::{Form, Part};
use reqwest::{Body, Method, Response};
use std::time::Duration;
use uuid::Uuid;

/// How long the processor may take to store what has come, beside the time that it takes to come.
const FINISH: Duration = Duration::from_secs(120);
/// How long a processor that is away, or takes nothing now, is left alone.
const PAUSE: Duration = Duration::from_secs(10);

/// Why a link did not become a file.
#[derive(Debug)]
pub(crate) enum ImportError {
    /// Nothing came from outside, or not all.
    Outbound(OutboundError),
    /// The processor does not take it, and never will.
    Refused(Code, String),
    /// The processor takes nothing at the moment; to be tried again after so long.
    NotNow(Duration, String),
}

/// Fetches a file and gives it to the processor, which makes it one once. `counted` says meanwhile how far it has come.
pub(crate) async fn fetch(
    imports: &Imports,
    processor: &Processor,
    import: &Import,
    counted: &Counted,
) -> Result<Uuid, ImportError> {
    let answer = imports.outbound.get(&import.url).await.map_err(ImportError::Outbound)?;
    let length_bytes = answer.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let limit_bytes = imports.limit_bytes;
    if length_bytes.is_some_and(|bytes| bytes > limit_bytes) {
        return Err(ImportError::Outbound(OutboundError::TooLarge { limit_bytes }));
    }
    let request = processor.request(Method::POST, wire::UPLOAD_PATH).timeout(wire::LONGEST_IMPORT + FINISH);
    let request = match length_bytes {
        Some(bytes) => {
            counted.set_length(bytes);
            request.header(wire::ANNOUNCED_BYTES, bytes)
        }
        None => request,
    };
    let sent = request.multipart(form(import, answer, counted, limit_bytes)).send().await;
    // Whatever the processor makes of a form that ends in the middle, the reason is outside.
    if let Some(error) = counted.error() {
        return Err(ImportError::Outbound(error));
    }
    match sent {
        Ok(response) => stored(response).await,
        Err(error) => Err(ImportError::NotNow(PAUSE, causes(&error.without_url()))),
    }
}

/// The fields come first, so that the processor knows whose file it is before its first byte. The size comes last, and what lacks bytes
/// by then is not kept.
fn form(import: &Import, answer: Answer, counted: &Counted, limit_bytes: u64) -> Form {
    let name = name_of(&answer.url, &answer.headers);
    let file = Part::stream(Body::wrap_stream(counted.pass(answer.body, limit_bytes))).file_name("file");
    Form::new()
        .text(field::DRIVE_ID, import.drive_id.to_string())
        .text(field::USER_ID, import.asked_by.to_string())
        .text(field::EDITOR_ID, import.asked_by.to_string())
        .text(field::IMPORT_ID, import.id.to_string())
        .text(field::NAME, name)
        .part(field::FILE, file)
        .part(field::SIZE_BYTES, Part::stream(Body::wrap_stream(counted.size())))
}

async fn stored(response: Response) -> Result<Uuid, ImportError> {
    let status = response.status();
    if status.is_success() {
        let uploaded = response.json::<Uploaded>().await.context("reading the processor's answer to an upload");
        let not_now = |error: anyhow::Error| ImportError::NotNow(PAUSE, format!("{error:#}"));
        return uploaded.map(|uploaded| uploaded.file.file_id).map_err(not_now);
    }
    let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    let pause = retry_after.map_or(PAUSE, Duration::from_secs).max(PAUSE);
    let refusal = response.json::<Refusal>().await.ok();
    let code = Code::of_answer(status.as_u16(), refusal.as_ref().map(|refusal| refusal.code.as_str()));
    let message = refusal.map_or_else(|| format!("The processor answered {status}."), |refusal| refusal.message);
    match code {
        Some(Code::TooSlow) => Err(ImportError::Outbound(OutboundError::TooSlow)),
        Some(
            code @ (Code::BadRequest | Code::TooLarge | Code::DriveNotFound | Code::NotAnEditor | Code::UploadGone),
        ) => Err(ImportError::Refused(code, message)),
        _ => Err(ImportError::NotNow(pause, message)),
    }
}
