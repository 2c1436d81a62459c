//! What the engine answers, and what it says on the way.

use crate::{ArtifactPart, ContentStatus, EXTRACTED_TEXT, Facts, Outcome, PageView, Warning};
use serde::{Deserialize, Serialize};

/// The engine's answer. The parent believes none of it unchecked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// How it went.
    pub outcome: Outcome,
    /// The format's short name (`jpeg`, `pdf`, `docx`, …) once identified.
    pub format: Option<String>,
    /// The media type that belongs to the format.
    pub mime: Option<String>,
    /// What was learned of the content.
    pub facts: Facts,
    /// What was written to the output, in order, without gaps.
    pub artifacts: Vec<ArtifactPart>,
    /// What a reader should know.
    pub warnings: Vec<Warning>,
    /// What the decoder said of a content it refused, as [`cause_line`] makes it: for the log, and shown to nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// How the page of [`Task::RenderPage`](crate::Task::RenderPage) is seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<PageView>,
}

/// The longest that a decoder may say, in characters.
const MAX_CAUSE: usize = 300;

/// What somebody untrusted said, fit for a log: one line of at most 300 characters.
pub fn cause_line(said: &str) -> String {
    said.chars().take(MAX_CAUSE).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

impl Report {
    /// A report that made nothing.
    pub fn of(outcome: Outcome) -> Self {
        let (facts, artifacts, warnings) = (Facts::default(), vec![], vec![]);
        Self { outcome, format: None, mime: None, facts, artifacts, warnings, cause: None, page: None }
    }

    /// True when one of the artifacts is text.
    pub fn has_text(&self) -> bool {
        self.artifacts.iter().any(|part| part.name == EXTRACTED_TEXT && part.size_bytes > 0)
    }

    /// The state a content has after this report.
    pub fn status(&self) -> ContentStatus {
        if !self.outcome.is_success() {
            ContentStatus::Failed
        } else if self.has_text() {
            ContentStatus::Completed
        } else {
            ContentStatus::Visual
        }
    }
}

/// How far a run has come; the engine calls back with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// A word for the stage: `identify`, `decode`, `encode`, `text`, `page`.
    pub stage: String,
    /// Steps done.
    pub done: u32,
    /// Steps in all, 0 when unknown.
    pub total: u32,
}
