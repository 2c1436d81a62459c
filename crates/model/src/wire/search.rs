//! What of pages is shown that were found: the lines of their texts with what was looked for.

use crate::ContentHash;
use serde::{Deserialize, Serialize};

/// Where snippets are made.
pub const SNIPPETS_PATH: &str = "/api/search/snippets";
/// Most pages of one request.
pub const MOST_SNIPPETS: usize = 200;

/// Pages that were found, and what by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SnippetsRequest {
    /// The pages, at most [`MOST_SNIPPETS`].
    pub places: Vec<SnippetPlace>,
    /// The search as it was typed.
    pub query: String,
}

/// A page, or a piece of one, in the file of its content's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SnippetPlace {
    /// The content.
    pub content_hash: ContentHash,
    /// The language that most of its text is in (BCP 47).
    pub language: Option<String>,
    /// How long it is, in bytes.
    pub size_bytes: u64,
    /// Where it begins, in bytes.
    pub start_byte: u64,
}

/// A snippet for each place, in their order; empty where the text is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Snippets {
    /// The snippets, each in pieces that follow each other.
    pub snippets: Vec<Vec<SnippetPart>>,
}

/// A piece of a snippet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SnippetPart {
    /// It was looked for.
    pub is_marked: bool,
    /// Plain text, never markup.
    pub text: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::tests::check;
    use serde_json::json;

    #[test]
    fn snippets_are_asked_for_and_given_in_one_form() {
        let content_hash = ContentHash::from_digest([1; 32]);
        let place = SnippetPlace { content_hash: content_hash.clone(), language: None, size_bytes: 9, start_byte: 7 };
        let asked = json!({
            "places": [{"contentHash": content_hash, "language": null, "sizeBytes": 9, "startByte": 7}], "query": "a",
        });
        check(&SnippetsRequest { places: vec![place], query: "a".into() }, asked);
        let part = SnippetPart { is_marked: true, text: "a".into() };
        let given = json!({"snippets": [[{"isMarked": true, "text": "a"}], []]});
        check(&Snippets { snippets: vec![vec![part], vec![]] }, given);
    }
}
