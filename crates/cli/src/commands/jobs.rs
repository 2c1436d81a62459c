//! Jobs: what is being done, was done and went wrong.

use crate::api::{Client, find_file, read_item};
use crate::error::Error;
use crate::output::{Output, minute};
use serde::Deserialize;
use serde_json::Value;

/// Which jobs.
pub struct Wanted {
    /// Where they stand.
    pub status: Option<String>,
    /// What they do.
    pub kind: Option<String>,
    /// The file that they are over: its id or name.
    pub file: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Job {
    id: String,
    kind: String,
    status: String,
    file_id: Option<String>,
    progress: Option<JobProgress>,
    error: Option<String>,
    created_at: String,
}

#[derive(Deserialize)]
struct JobProgress {
    percent: u8,
    stage: String,
}

/// Lists up to so many jobs, the newest first.
pub fn run(client: &Client, wanted: &Wanted, most: usize, output: &mut Output) -> Result<(), Error> {
    let file = wanted.file.as_deref().map(|named| find_file(client, named)).transpose()?;
    let file_id = file.as_ref().and_then(|file| file["id"].as_str());
    let query = [("status", wanted.status.as_deref()), ("kind", wanted.kind.as_deref()), ("fileId", file_id)];
    let query: Vec<(&str, &str)> = query.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    client.items("/jobs", &query, most, |value| {
        match output.is_json() {
            true => output.json(&value)?,
            false => output.line(line(&value)?)?,
        }
        Ok(true)
    })
}

fn line(value: &Value) -> Result<String, Error> {
    let Job { id, kind, status, file_id, progress, error, created_at } = read_item(value, "a job")?;
    let minute = minute(&created_at);
    let progress = progress.map(|progress| format!("{} % {}", progress.percent, progress.stage));
    let more = error.or(progress).unwrap_or_default();
    Ok(format!("{id:>8}  {status:<10}  {minute}  {kind:<16}  {}  {more}", file_id.as_deref().unwrap_or("-"))
        .trim_end()
        .to_owned())
}
