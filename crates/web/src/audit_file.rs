//! The audit log as a file: so many entries in hand at a time, and no connection of the database while the client reads them.

use crate::audit_entry::AuditEntry;
use axum::body::{Body, Bytes};
use db::audit::{After, Entry, Filter};
use futures_util::stream;
use serde::Deserialize;
use service::{Database, rfc3339};
use utoipa::ToSchema;

/// Entries that are read, and written, together: some 200 KB.
const BATCH: i64 = 500;

/// What the file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// A table, for spreadsheets.
    Csv,
    /// One JSON object a line, for programs.
    Jsonl,
}

/// The first row of a table.
const COLUMNS: [&str; 15] = [
    "id",
    "time",
    "kind",
    "actor_id",
    "actor",
    "address",
    "credential",
    "token",
    "target_type",
    "target_id",
    "target",
    "drive_id",
    "drive",
    "detail",
    "request_id",
];

impl Format {
    /// The end of the file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
        }
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Jsonl => "application/jsonl",
        }
    }

    fn head(self) -> String {
        match self {
            Self::Csv => row(&COLUMNS),
            Self::Jsonl => String::new(),
        }
    }

    fn line(self, entry: Entry) -> Result<String, serde_json::Error> {
        match self {
            Self::Csv => Ok(csv_line(&entry)),
            Self::Jsonl => Ok(serde_json::to_string(&AuditEntry::from(entry))? + "\n"),
        }
    }
}

/// Where the next batch begins.
enum Place {
    Start,
    Behind(After),
    End,
}

/// All entries of the filter, the newest first. An error breaks the file off, so that nobody takes a part for the whole.
pub fn stream(database: Database, filter: Filter, format: Format) -> Body {
    let batches = stream::try_unfold(Place::Start, move |place| {
        let database = database.clone();
        async move {
            let (mut text, after) = match place {
                Place::Start => (format.head(), None),
                Place::Behind(after) => (String::new(), Some(after)),
                Place::End => return Ok(None),
            };
            let batch = batch(&database, &filter, after).await.inspect_err(|error| {
                tracing::error!(error = format!("{error:#}"), "an export of the audit log broke off")
            })?;
            let is_full = batch.len() as i64 == BATCH;
            let next = batch.last().filter(|_| is_full).map_or(Place::End, |entry| Place::Behind(entry.place()));
            for entry in batch {
                text.push_str(&format.line(entry)?);
            }
            anyhow::Ok(Some((Bytes::from(text), next)))
        }
    });
    Body::from_stream(batches)
}

async fn batch(database: &Database, filter: &Filter, after: Option<After>) -> anyhow::Result<Vec<Entry>> {
    let mut conn = database.acquire().await?;
    Ok(db::audit::list(&mut conn, filter, after, BATCH).await?)
}

fn csv_line(entry: &Entry) -> String {
    let id = |id: Option<uuid::Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    row(&[
        entry.id.to_string(),
        rfc3339(entry.at),
        entry.kind.clone(),
        id(entry.actor_id),
        text(&entry.actor_name),
        text(&entry.address),
        text(&entry.credential),
        text(&entry.token_name),
        text(&entry.target_type),
        text(&entry.target_id),
        text(&entry.target_name),
        id(entry.drive_id),
        text(&entry.drive_name),
        text(&entry.detail),
        text(&entry.request_id),
    ])
}

/// A line of a table (RFC 4180, 2).
fn row(cells: &[impl AsRef<str>; COLUMNS.len()]) -> String {
    let cells: Vec<String> = cells.iter().map(|text| cell(text.as_ref())).collect();
    cells.join(",") + "\r\n"
}

/// A cell in its quotes. Names are strangers', and spreadsheets run what begins like a formula: behind an apostrophe it is text.
fn cell(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let guard = if is_formula { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_cell_and_never_a_formula() {
        assert_eq!(cell("plain, with a comma"), "\"plain, with a comma\"");
        assert_eq!(cell("a \"quoted\" name"), "\"a \"\"quoted\"\" name\"");
        assert_eq!(cell("=HYPERLINK(\"http://x\")"), "\"'=HYPERLINK(\"\"http://x\"\")\"");
        for text in ["+1", "-1", "@SUM(1)", "\t=1", "\r=1"] {
            assert!(cell(text).starts_with("\"'"), "{text:?}");
        }
    }
}
