//! What an OCR API's answer means.

use hyper::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use std::time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

/// Why there is no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// Not so fast: ask again after so long. Nothing was done, and nothing is to be paid.
    Busy(Duration),
    /// It may go better the next time.
    Passing(String),
    /// It will not go better.
    Final(String),
}

/// How long to wait when it is not said.
const PAUSE: Duration = Duration::from_secs(30);
/// The longest wait that is believed; then it is asked again in any case.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// The text in an answer, or why there is none.
pub(super) fn understand(status: StatusCode, retry_after: Option<&str>, body: &[u8]) -> Result<String, Trouble> {
    if status.is_success() {
        return text(body);
    }
    let said = said(body);
    let sentence = format!("the OCR API answered {}: {}", status.as_u16(), said.message);
    Err(match status {
        // A used-up account answers 429 as well, for ever.
        StatusCode::TOO_MANY_REQUESTS if said.code == "insufficient_quota" => Trouble::Final(sentence),
        StatusCode::TOO_MANY_REQUESTS => Trouble::Busy(pause(retry_after).unwrap_or(PAUSE)),
        StatusCode::SERVICE_UNAVAILABLE if retry_after.is_some() => Trouble::Busy(pause(retry_after).unwrap_or(PAUSE)),
        StatusCode::REQUEST_TIMEOUT | StatusCode::CONFLICT => Trouble::Passing(sentence),
        status if status.is_server_error() => Trouble::Passing(sentence),
        _ => Trouble::Final(sentence),
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

fn text(body: &[u8]) -> Result<String, Trouble> {
    let not_understood = |why: &str| Trouble::Passing(format!("the OCR API's answer is not understood: {why}"));
    let completion: Completion = serde_json::from_slice(body).map_err(|error| not_understood(&error.to_string()))?;
    let choice = completion.choices.into_iter().next().ok_or_else(|| not_understood("it has no choice"))?;
    match choice.finish_reason.as_deref() {
        None | Some("stop" | "eos" | "") => {}
        // Half a page that looks like a whole one is worse than none.
        Some("length") => return Err(Trouble::Final("the OCR API cut the page's text off".into())),
        Some(reason) => return Err(Trouble::Final(format!("the OCR API ended early: {reason:.100}"))),
    }
    if choice.message.refusal.is_some_and(|refusal| !refusal.is_empty()) {
        return Err(Trouble::Final("the OCR API refused to read the page".into()));
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

struct Said {
    code: String,
    message: String,
}

/// An error's own words, as far as they are worth a line.
fn said(body: &[u8]) -> Said {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let error = &body["error"];
    let text = |value: &Value| value.as_str().map(|text| text.chars().filter(|c| !c.is_control()).take(300).collect());
    Said {
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
    Some(Duration::try_from_secs_f64(seconds.max(1.0)).unwrap_or(LONGEST_PAUSE).min(LONGEST_PAUSE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: u16, retry_after: Option<&str>, body: &str) -> Result<String, Trouble> {
        understand(StatusCode::from_u16(status).unwrap(), retry_after, body.as_bytes())
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
            assert!(matches!(of(200, None, &said("\"half a pa\"", finish)), Err(Trouble::Final(_))), "{finish}");
        }
        for body in ["", "{}", "<html>", r#"{"choices":[]}"#, &said("7", "\"stop\""), &said("\"x\"", "\"stop\"")[..40]]
        {
            assert!(matches!(of(200, None, body), Err(Trouble::Passing(_))), "{body}");
        }
    }

    #[test]
    fn retry_after_is_honoured_within_reason() {
        let busy = |retry_after: Option<&str>| match of(429, retry_after, "{}") {
            Err(Trouble::Busy(pause)) => pause.as_secs(),
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
                matches!(of(status, None, r#"{"error":{"message":"no"}}"#), Err(Trouble::Final(said)) if said.ends_with(": no")),
                "{status}"
            );
        }
        for status in [408, 500, 502, 503, 529] {
            assert!(matches!(of(status, None, "<html>"), Err(Trouble::Passing(_))), "{status}");
        }
        assert_eq!(of(503, Some("9"), ""), Err(Trouble::Busy(Duration::from_secs(9))));
        let used_up = r#"{"error":{"code":"insufficient_quota","message":"You exceeded your current quota"}}"#;
        assert!(matches!(of(429, Some("1"), used_up), Err(Trouble::Final(_))));
    }
}
