//! Finding files by what stands in them, and by their names.

use crate::api::{Client, File, find_drive};
use crate::error::Error;
use crate::output::Output;
use serde::Deserialize;
use serde_json::Value;

/// A page that was found.
#[derive(Debug, Deserialize)]
struct FoundPage {
    page: u32,
    snippet: Vec<TextPart>,
}

#[derive(Debug, Deserialize)]
struct TextPart {
    text: String,
}

/// Lists up to so many files, the best first, each with its best pages.
pub fn run(client: &Client, words: &str, drive: Option<&str>, most: usize, output: &mut Output) -> Result<(), Error> {
    let drive = drive.map(|named| find_drive(client, named)).transpose()?;
    let mut query = vec![("q", words)];
    query.extend(drive.as_ref().map(|drive| ("drive", drive.id.as_str())));
    client.items("/search", &query, most, |result| {
        match output.is_json() {
            true => output.json(&result)?,
            false => {
                output.line(File::of(&result["file"])?.line())?;
                for page in pages(&result) {
                    output.line(format!("    p. {}  {}", page.page, one_line(&page.snippet)))?;
                }
            }
        }
        Ok(true)
    })
}

/// A server that says no pages found the file by its name.
fn pages(result: &Value) -> Vec<FoundPage> {
    serde_json::from_value(result["pages"].clone()).unwrap_or_default()
}

/// The text without the breaks of its lines, and without what a terminal would take for a command.
fn one_line(snippet: &[TextPart]) -> String {
    let text: String = snippet.iter().map(|part| part.text.as_str()).collect();
    let words: Vec<&str> = text.split(|letter: char| letter.is_whitespace() || letter.is_control()).collect();
    words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_snippet_is_one_line_whatever_it_has() {
        let result = json!({"pages": [{"page": 3, "snippet": [
            {"text": "two\n lines \u{1b}[2J", "isMarked": false}, {"text": "found", "isMarked": true}]}]});
        let [page] = &pages(&result)[..] else { panic!("one page") };
        assert_eq!((page.page, one_line(&page.snippet).as_str()), (3, "two lines [2Jfound"));
        assert!(pages(&json!({"file": {}})).is_empty());
    }
}
