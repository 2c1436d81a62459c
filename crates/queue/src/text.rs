//! Text as Postgres takes it: neither `text` nor `jsonb` can hold a NUL, and what a stranger's file makes a reader say may.

use serde_json::Value;
use std::borrow::Cow;

/// Longest error kept, in characters.
const ERROR_CHARS: usize = 4000;

/// The text without NULs.
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{fffd}")) } else { Cow::Borrowed(text) }
}

/// An error's text without NULs and no longer than a screen or two.
pub fn clean_error(text: &str) -> String {
    clean(text).chars().take(ERROR_CHARS).collect()
}

/// The value without NULs, in its keys too.
pub fn clean_json(value: Value) -> Value {
    match value {
        Value::String(text) if text.contains('\0') => Value::String(clean(&text).into_owned()),
        Value::Array(items) => Value::Array(items.into_iter().map(clean_json).collect()),
        Value::Object(fields) => Value::Object(
            fields.into_iter().map(|(key, value)| (clean(&key).into_owned(), clean_json(value))).collect(),
        ),
        other => other,
    }
}

/// The value as text without NULs. Most have none, and need no copy to be freed of them.
pub fn json_text(value: &Value) -> String {
    let text = value.to_string();
    if text.contains("\\u0000") { clean_json(value.clone()).to_string() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nuls_go_everywhere() {
        assert_eq!(clean("a\0b"), "a\u{fffd}b");
        assert_eq!(clean_json(json!({"k\0": ["\0", 1, null]})), json!({"k\u{fffd}": ["\u{fffd}", 1, null]}));
    }

    #[test]
    fn errors_are_bounded() {
        assert_eq!(clean_error(&"é".repeat(9000)).chars().count(), ERROR_CHARS);
    }
}
