//! `Upload-Metadata`: what a sender says of a file, in words and Base64.

use super::headers;
use crate::error::Error;
use crate::multipart::ID_BYTES;
use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::file_name;
use model::wire::{field, tus};
use std::collections::BTreeMap;
use time::{Duration, OffsetDateTime};

/// Bytes of all of it: a name of 255 bytes, some ids, and what browsers add.
const MAX_BYTES: usize = 8192;

/// What was said of the file.
#[derive(Debug, Default)]
pub(crate) struct Metadata {
    /// The header as it was sent; empty without one.
    pub(crate) text: String,
    values: BTreeMap<String, Vec<u8>>,
}

impl Metadata {
    /// Reads the header.
    pub(crate) fn read(headers: &HeaderMap) -> Result<Self, Error> {
        let Some(text) = headers::text(headers, tus::METADATA)? else { return Ok(Self::default()) };
        let bad =
            || Error::bad_request("Upload-Metadata is pairs of a word and a value in Base64, with commas between.");
        if text.len() > MAX_BYTES {
            return Err(Error::bad_request(format!("Upload-Metadata has more than {MAX_BYTES} bytes.")));
        }
        let mut values = BTreeMap::new();
        for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            let (word, value) = pair.split_once(' ').unwrap_or((pair, ""));
            let value = STANDARD.decode(value.trim()).map_err(|_| bad())?;
            if values.insert(word.to_owned(), value).is_some() {
                return Err(Error::bad_request("A word of Upload-Metadata is there twice."));
            }
        }
        Ok(Self { text: text.to_owned(), values })
    }

    /// The file's name, made harmless.
    pub(crate) fn name(&self) -> String {
        let name = ["filename", field::NAME].iter().find_map(|word| self.values.get(*word));
        file_name::clean(&name.map(|name| String::from_utf8_lossy(name)).unwrap_or_default())
    }

    /// When the file was changed last: `lastModified`, as browsers have it, in milliseconds since 1970. What is no such number says nothing.
    pub(crate) fn modified_at(&self) -> Option<OffsetDateTime> {
        let sent = std::str::from_utf8(self.values.get("lastModified")?).ok()?;
        OffsetDateTime::UNIX_EPOCH.checked_add(Duration::milliseconds(sent.parse().ok()?))
    }

    /// The id under that word, if there is one.
    pub(crate) fn id(&self, word: &str) -> Result<Option<&str>, Error> {
        let Some(value) = self.values.get(word).filter(|value| !value.is_empty()) else { return Ok(None) };
        match std::str::from_utf8(value) {
            Ok(id) if id.len() <= ID_BYTES && !id.contains('\0') => Ok(Some(id)),
            _ => Err(Error::bad_request(format!("{word} is no id."))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(sent: &str) -> Result<Metadata, Error> {
        Metadata::read(&HeaderMap::from_iter([(tus::METADATA.parse().unwrap(), sent.parse().unwrap())]))
    }

    #[test]
    fn a_name_is_found_and_made_harmless() {
        // "../../słońce.txt"
        assert_eq!(read("filename Li4vLi4vc8WCb8WEY2UudHh0,is_confidential").unwrap().name(), "słońce.txt");
        assert_eq!(read("name YS50eHQ=").unwrap().name(), "a.txt");
        assert_eq!(read("filetype dGV4dC9wbGFpbg==").unwrap().name(), "unnamed");
    }

    #[test]
    fn it_is_known_when_the_file_was_changed_if_that_is_a_moment() {
        let sent = |text: &str| read(&format!("lastModified {}", STANDARD.encode(text))).unwrap().modified_at();
        assert_eq!(sent("1764522000123").unwrap().unix_timestamp_nanos(), 1_764_522_000_123_000_000);
        assert_eq!(sent("-1000").unwrap().unix_timestamp(), -1);
        for text in ["", "yesterday", "1.5", "9223372036854775807", "99999999999999999999"] {
            assert_eq!(sent(text), None, "{text}");
        }
        assert_eq!(read("filename YQ==").unwrap().modified_at(), None);
    }

    #[test]
    fn what_is_no_metadata_is_refused() {
        for sent in ["filename ???", "a YQ==,a YQ==", &format!("a {}", "YWFh".repeat(3000))] {
            assert!(read(sent).is_err(), "{sent}");
        }
        assert!(read("driveId AA==").unwrap().id(field::DRIVE_ID).is_err(), "a zero is no id");
        assert_eq!(read("driveId").unwrap().id(field::DRIVE_ID).unwrap(), None);
    }
}
