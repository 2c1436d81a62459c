//! What a response of the OCR API means: the page's text, or the kind of error.

use hyper::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use std::time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

/// Why there is no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiError {
    /// Too many requests: ask again after so long. Nothing was done, and nothing is to be paid.
    Busy(Duration),
    /// It may go better the next time.
    Temporary(String),
    /// It will not go better.
    Permanent(String),
}

/// How long to wait when it is not said.
const PAUSE: Duration = Duration::from_secs(30);
/// The longest wait that is believed; then it is asked again in any case.
const MAX_PAUSE: Duration = Duration::from_secs(3600);

/// The text in an answer, or why there is none.
pub(super) fn parse_response(status: StatusCode, retry_after: Option<&str>, body: &[u8]) -> Result<String, ApiError> {
    if status.is_success() {
        return text(body);
    }
    let error = error_body(body);
    let sentence = format!("the OCR API answered {}: {}", status.as_u16(), error.message);
    Err(match status {
        // A used-up account answers 429 as well, for ever.
        StatusCode::TOO_MANY_REQUESTS if error.code == "insufficient_quota" => ApiError::Permanent(sentence),
        StatusCode::TOO_MANY_REQUESTS => ApiError::Busy(pause(retry_after).unwrap_or(PAUSE)),
        StatusCode::SERVICE_UNAVAILABLE if retry_after.is_some() => ApiError::Busy(pause(retry_after).unwrap_or(PAUSE)),
        StatusCode::REQUEST_TIMEOUT | StatusCode::CONFLICT => ApiError::Temporary(sentence),
        status if status.is_server_error() => ApiError::Temporary(sentence),
        _ => ApiError::Permanent(sentence),
    })
}

#[derive(Deserialize)]
struct Completion {
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    content: Option<Value>,
    refusal: Option<String>,
}

fn text(body: &[u8]) -> Result<String, ApiError> {
    let not_understood = |why: &str| ApiError::Temporary(format!("the OCR API's answer is not understood: {why}"));
    let completion: Completion = serde_json::from_slice(body).map_err(|error| not_understood(&error.to_string()))?;
    let choice = completion.choices.into_iter().next().ok_or_else(|| not_understood("it has no choice"))?;
    match choice.finish_reason.as_deref() {
        None | Some("stop" | "eos" | "") => {}
        // Half a page that looks like a whole one is worse than none.
        Some("length") => return Err(ApiError::Permanent("the OCR API cut the page's text off".into())),
        Some(reason) => return Err(ApiError::Permanent(format!("the OCR API ended early: {reason:.100}"))),
    }
    if choice.message.refusal.is_some_and(|refusal| !refusal.is_empty()) {
        return Err(ApiError::Permanent("the OCR API refused to read the page".into()));
    }
    Ok(match choice.message.content {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => plain(&text),
        // Some servers answer in parts.
        Some(Value::Array(parts)) => plain(&parts.iter().filter_map(|part| part["text"].as_str()).collect::<String>()),
        Some(_) => return Err(not_understood("its content is no text")),
    })
}

/// Without the fence that many models put around what they read, and without control characters.
fn plain(text: &str) -> String {
    let text = text.trim();
    let inner = text.strip_prefix("```").and_then(|rest| rest.strip_suffix("```"));
    let text = match inner.and_then(|rest| rest.split_once('\n')) {
        Some((language, lines)) if !language.contains(' ') && !lines.contains("```") => lines.trim_end(),
        _ => text,
    };
    let text = text.replace("\r\n", "\n");
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

struct ErrorBody {
    code: String,
    message: String,
}

/// An error's own words, as far as they are worth a line.
fn error_body(body: &[u8]) -> ErrorBody {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let error = &body["error"];
    let text = |value: &Value| value.as_str().map(|text| text.chars().filter(|c| !c.is_control()).take(300).collect());
    ErrorBody {
        code: text(&error["code"]).or_else(|| text(&error["type"])).unwrap_or_default(),
        message: text(&error["message"]).or_else(|| text(error)).unwrap_or_else(|| "it does not say why".into()),
    }
}

/// Retry-After: seconds or a date (RFC 9110, 10.2.3).
fn pause(retry_after: Option<&str>) -> Option<Duration> {
    let text = retry_after?.trim();
    let seconds = match text.parse::<f64>() {
        Ok(seconds) => seconds,
        Err(_) => {
            let at = OffsetDateTime::parse(&text.replace("GMT", "+0000"), &Rfc2822).ok()?;
            (at - OffsetDateTime::now_utc()).as_seconds_f64()
        }
    };
    Some(Duration::try_from_secs_f64(seconds.max(1.0)).unwrap_or(MAX_PAUSE).min(MAX_PAUSE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: u16, retry_after: Option<&str>, body: &str) -> Result<String, ApiError> {
        parse_response(StatusCode::from_u16(status).unwrap(), retry_after, body.as_bytes())
    }

    fn said(content: &str, finish: &str) -> String {
        format!(
            r#"{{"choices":[{{"index":0,"message":{{"role":"assistant","content":{content}}},"finish_reason":{finish}}}]}}"#
        )
    }

    #[test]
    fn text_comes_without_what_models_put_around_it() {
        for (content, text) in [
            (r#""Invoice 7\nTotal""#, "Invoice 7\nTotal"),
            (r#""  \n""#, ""),
            ("null", ""),
            (r#""```markdown\n# Title\r\nWords\n```""#, "# Title\nWords"),
            (r#""```\na\n```\nand\n```\nb\n```""#, "```\na\n```\nand\n```\nb\n```"),
            (r#""a\u0000b\u001b[1m""#, "ab[1m"),
            (r#"[{"type":"text","text":"in "},{"type":"text","text":"parts"}]"#, "in parts"),
        ] {
            assert_eq!(of(200, None, &said(content, "\"stop\"")), Ok(text.to_owned()), "{content}");
        }
        assert_eq!(of(200, None, &said("\"no reason\"", "null")), Ok("no reason".into()));
    }

    #[test]
    fn what_is_not_the_whole_page_is_no_text() {
        for finish in ["\"length\"", "\"content_filter\""] {
            assert!(matches!(of(200, None, &said("\"half a pa\"", finish)), Err(ApiError::Permanent(_))), "{finish}");
        }
        for body in ["", "{}", "<html>", r#"{"choices":[]}"#, &said("7", "\"stop\""), &said("\"x\"", "\"stop\"")[..40]]
        {
            assert!(matches!(of(200, None, body), Err(ApiError::Temporary(_))), "{body}");
        }
    }

    #[test]
    fn retry_after_is_honoured_within_reason() {
        let busy = |retry_after: Option<&str>| match of(429, retry_after, "{}") {
            Err(ApiError::Busy(pause)) => pause.as_secs(),
            other => panic!("{other:?}"),
        };
        assert_eq!(
            [busy(Some("7")), busy(Some("0")), busy(Some("1.5")), busy(None), busy(Some("soon"))],
            [7, 1, 1, 30, 30]
        );
        assert_eq!([busy(Some("999999")), busy(Some("-5")), busy(Some("NaN"))], [3600, 1, 1]);
        let date = (OffsetDateTime::now_utc() + Duration::from_secs(100)).format(&Rfc2822).unwrap();
        let date = date.replace("+0000", "GMT");
        let left = busy(Some(&date));
        assert!((95..=100).contains(&left), "{left}");
        assert_eq!(busy(Some("Wed, 21 Oct 2015 07:28:00 GMT")), 1);
    }

    #[test]
    fn refusals_are_final_and_faults_pass() {
        for status in [400, 401, 403, 404, 413, 422] {
            assert!(
                matches!(of(status, None, r#"{"error":{"message":"no"}}"#), Err(ApiError::Permanent(said)) if said.ends_with(": no")),
                "{status}"
            );
        }
        for status in [408, 500, 502, 503, 529] {
            assert!(matches!(of(status, None, "<html>"), Err(ApiError::Temporary(_))), "{status}");
        }
        assert_eq!(of(503, Some("9"), ""), Err(ApiError::Busy(Duration::from_secs(9))));
        let used_up = r#"{"error":{"code":"insufficient_quota","message":"You exceeded your current quota"}}"#;
        assert!(matches!(of(429, Some("1"), used_up), Err(ApiError::Permanent(_))));
    }
}
