//! Files.

use super::client::{Client, read_item};
use super::drives::all_drives;
use crate::error::Error;
use crate::output::minute;
use serde::Deserialize;
use serde_json::Value;

/// A file, as far as it matters here. With `--json` all that the API says passes through.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct File {
    /// Its id.
    pub id: String,
    /// Its name; several may have the same.
    pub name: String,
    /// Its size.
    pub size_bytes: u64,
    /// `pending`, `processing`, `completed`, `visual` or `failed`.
    pub status: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub content_hash: String,
    /// When it was added: RFC 3339.
    pub created_at: String,
    /// How reading it ended.
    pub outcome: Option<Outcome>,
}

/// How reading a file ended.
#[derive(Debug, Clone, Deserialize)]
pub struct Outcome {
    /// One sentence for a person.
    pub sentence: String,
}

impl File {
    /// The file in the API's words.
    pub fn of(value: &Value) -> Result<Self, Error> {
        read_item(value, "a file")
    }

    /// Whether its reading has ended, one way or another.
    pub fn has_been_read(&self) -> bool {
        !matches!(self.status.as_str(), "pending" | "processing")
    }

    /// A line of a list.
    pub fn line(&self) -> String {
        let Self { id, status, size_bytes, created_at, name, .. } = self;
        format!("{id}  {status:<10}  {size_bytes:>12}  {}  {name}", minute(created_at))
    }
}

/// The file of that id, or the only one of that name.
pub fn find_file(client: &Client, named: &str) -> Result<Value, Error> {
    if is_id(named) {
        return client.get(&format!("/files/{named}"));
    }
    let mut found = Vec::new();
    for (_, drive) in all_drives(client)? {
        client.items(&format!("/drives/{}/files", drive.id), &[("q", named)], usize::MAX, |value| {
            if value["name"] == named {
                found.push(value);
            }
            Ok(true)
        })?;
    }
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err(Error::Refused {
            status: 404,
            code: "not-found".into(),
            detail: format!("There is no file {named}."),
            retry_after_s: None,
        }),
        _ => {
            let ids: Vec<&str> = found.iter().filter_map(|value| value["id"].as_str()).collect();
            Err(Error::Usage(format!("several files are called {named}; say which by its id: {}", ids.join(", "))))
        }
    }
}

/// Whether the text has an id's form, 8-4-4-4-12 hexadecimal digits.
fn is_id(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_told_from_a_name() {
        assert!(is_id("0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"));
        for name in ["report.pdf", "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5", "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5x", ""] {
            assert!(!is_id(name), "{name}");
        }
    }
}
