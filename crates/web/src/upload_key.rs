//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): what a client calls an upload, so that it may be sent again
//! when its answer was lost. The processor keeps the keys with the files; here is only known which are under way.

use crate::error::Error;
use axum::http::HeaderMap;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// The header.
const HEADER: &str = "idempotency-key";
/// The most characters of a key.
const KEY_BYTES: usize = 255;

/// The key of a request, if it has one. It is a string in quotes (RFC 9651, 3.3.3); many clients leave them out, which is taken
/// for the same.
pub fn of(headers: &HeaderMap) -> Result<Option<String>, Error> {
    let Some(value) = headers.get(HEADER) else { return Ok(None) };
    let bad = || Error::BadRequest(format!("an Idempotency-Key has 1 to {KEY_BYTES} visible ASCII characters"));
    let text = value.to_str().map_err(|_| bad())?.trim();
    let key = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let is_key =
        (1..=KEY_BYTES).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"');
    if is_key { Ok(Some(key.to_owned())) } else { Err(bad()) }
}

/// The keys of uploads under way, each with whose it is. Cheap to clone: all clones are one.
#[derive(Debug, Clone, Default)]
pub struct KeysUnderWay(Arc<Mutex<HashSet<(Uuid, String)>>>);

impl KeysUnderWay {
    /// Notes that the upload has begun, until what this gives is dropped. A second one meanwhile is refused.
    pub fn begin(&self, user_id: Uuid, key: &str) -> Result<UnderWay, Error> {
        let (keys, key) = (self.clone(), (user_id, key.to_owned()));
        if !keys.lock().insert(key.clone()) {
            let detail = "an upload with that Idempotency-Key is under way".into();
            return Err(Error::Conflict { code: "idempotency-key-in-use", detail });
        }
        Ok(UnderWay { keys, key })
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<(Uuid, String)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An upload under way.
#[derive(Debug)]
pub struct UnderWay {
    keys: KeysUnderWay,
    key: (Uuid, String),
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.keys.lock().remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l17_a_key_is_visible_ascii_with_quotes_or_without() {
        let of = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(HEADER, value.parse().unwrap());
            of(&headers)
        };
        for sent in ["8e03978e-40d5", "\"8e03978e-40d5\"", "  8e03978e-40d5 "] {
            assert_eq!(of(sent).unwrap().as_deref(), Some("8e03978e-40d5"), "{sent}");
        }
        for sent in ["", "\"\"", "two words", "a\"b", "\"", &"x".repeat(256)] {
            assert!(matches!(of(sent), Err(Error::BadRequest(_))), "{sent}");
        }
        assert_eq!(super::of(&HeaderMap::new()).unwrap(), None);
    }
}
