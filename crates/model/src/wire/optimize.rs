//! Asking for a preset of a content.

use serde::{Deserialize, Serialize};

/// POST an [`OptimizeRequest`] to it. Answers with [`Optimized`].
pub const OPTIMIZE_PATH: &str = "/api/optimize";

/// The preset that models get, unless another is asked for.
pub const AI_PRESET: &str = "ai-chat";

/// Which preset of which content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OptimizeRequest {
    /// The content's hash, as text: what is none has an error of its own.
    pub content_hash: String,
    /// The preset's name.
    #[serde(default = "default_preset")]
    pub preset: String,
    /// Answer when it is made, rather than with the job that makes it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub wait_for_processing: bool,
    /// Who asks for it, whose turn the job takes; nothing when a service asks for itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
}

fn default_preset() -> String {
    AI_PRESET.into()
}

/// What became of asking for a preset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Body", try_from = "Body")]
pub enum Optimized {
    /// It is there.
    Ready {
        /// Where, at the processor.
        url: String,
        /// How long the request waited for it, in milliseconds; nothing when it was there before.
        waited_ms: Option<u64>,
    },
    /// A job makes it.
    Queued {
        /// The job's number.
        job_id: String,
    },
}

/// Where a job can be looked at.
pub fn check_url(job_id: &str) -> String {
    format!("/api/job/{job_id}")
}

/// The answer as it is written.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    cached: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    check_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    job_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    processing_time: Option<u64>,
    status: String,
    success: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

impl From<Optimized> for Body {
    fn from(answer: Optimized) -> Self {
        let none = Self {
            cached: false,
            check_url: None,
            job_id: None,
            processing_time: None,
            status: String::new(),
            success: true,
            url: None,
        };
        match answer {
            Optimized::Ready { url, waited_ms } => Self {
                cached: waited_ms.is_none(),
                processing_time: waited_ms,
                status: "completed".into(),
                url: Some(url),
                ..none
            },
            Optimized::Queued { job_id } => {
                Self { check_url: Some(check_url(&job_id)), job_id: Some(job_id), status: "queued".into(), ..none }
            }
        }
    }
}

impl TryFrom<Body> for Optimized {
    type Error = &'static str;

    fn try_from(body: Body) -> Result<Self, &'static str> {
        match body {
            Body { url: Some(url), processing_time, .. } => Ok(Self::Ready { url, waited_ms: processing_time }),
            Body { job_id: Some(job_id), .. } => Ok(Self::Queued { job_id }),
            _ => Err("neither a url nor a jobId"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::tests::check;
    use serde_json::json;

    #[test]
    fn requests_for_presets_are_answered_as_ever() {
        let url = "/cache/ab/thumbnail".to_owned();
        check(
            &Optimized::Ready { url: url.clone(), waited_ms: None },
            json!({"success": true, "cached": true, "url": url, "status": "completed"}),
        );
        check(
            &Optimized::Ready { url: url.clone(), waited_ms: Some(9) },
            json!({"success": true, "cached": false, "url": url, "status": "completed", "processingTime": 9}),
        );
        check(
            &Optimized::Queued { job_id: "7".into() },
            json!({"success": true, "cached": false, "jobId": "7", "status": "queued", "checkUrl": "/api/job/7"}),
        );
        assert!(serde_json::from_value::<Optimized>(json!({"success": true, "cached": false, "status": "?"})).is_err());
    }

    #[test]
    fn a_request_says_no_more_than_it_must() {
        let request = OptimizeRequest {
            content_hash: "ab".into(),
            preset: "ai-chat".into(),
            wait_for_processing: false,
            user_id: None,
        };
        check(&request, json!({"contentHash": "ab", "preset": "ai-chat"}));
        assert_eq!(serde_json::from_value::<OptimizeRequest>(json!({"contentHash": "ab"})).unwrap(), request);
    }
}
