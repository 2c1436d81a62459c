//! What a request of tus says in its headers.

use crate::error::Error;
use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use db::uploads::Owner;
use model::wire::{TUS_MIME, tus};
use storage::Checksum;
use uuid::Uuid;

/// Most parts of one file.
const MAX_PARTS: usize = 1000;

/// What an upload is to others (`Upload-Concat`).
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Concat {
    /// A part, and no file by itself.
    Part,
    /// Made of these, one after the other.
    Of {
        /// The header as it was sent.
        text: String,
        /// The parts.
        ids: Vec<Uuid>,
    },
}

/// A header's text, if there is one.
pub(crate) fn text<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Error> {
    let Some(value) = headers.get(name) else { return Ok(None) };
    let bad = |_| Error::bad_request(format!("The header {name} is not text."));
    value.to_str().map(|text| Some(text.trim())).map_err(bad)
}

/// A number of bytes, if the header is there.
pub(crate) fn bytes(headers: &HeaderMap, name: &str) -> Result<Option<u64>, Error> {
    let Some(text) = text(headers, name)? else { return Ok(None) };
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse::<i64>().ok().filter(|_| is_number);
    let number = number.ok_or_else(|| Error::bad_request(format!("{name} is no number of bytes.")))?;
    Ok(Some(number as u64))
}

/// How many bytes an upload is to have: a number, or nothing when it is said to come later.
pub(crate) fn length(headers: &HeaderMap) -> Result<Option<u64>, Error> {
    match (bytes(headers, tus::LENGTH)?, text(headers, tus::DEFER_LENGTH)?) {
        (Some(bytes), None) => Ok(Some(bytes)),
        (None, Some("1")) => Ok(None),
        (None, None) => Err(Error::bad_request("An upload begins with Upload-Length, or Upload-Defer-Length: 1.")),
        _ => Err(Error::bad_request("Upload-Defer-Length is 1, and there is no Upload-Length beside it.")),
    }
}

/// What the upload is to others; nothing when it is a file like any.
pub(crate) fn concat(headers: &HeaderMap) -> Result<Option<Concat>, Error> {
    let Some(text) = text(headers, tus::CONCAT)? else { return Ok(None) };
    if text == "partial" {
        return Ok(Some(Concat::Part));
    }
    let bad = || Error::bad_request("Upload-Concat is \"partial\", or \"final;\" and the addresses of parts.");
    let addresses = text.strip_prefix("final;").ok_or_else(bad)?;
    // Whatever the sender calls this service: the id is the end of the path.
    let id = |address: &str| address.trim_end_matches('/').rsplit('/').next()?.parse().ok();
    let ids: Option<Vec<Uuid>> = addresses.split_ascii_whitespace().map(id).collect();
    let ids = ids.filter(|ids| (1..=MAX_PARTS).contains(&ids.len())).ok_or_else(bad)?;
    Ok(Some(Concat::Of { text: text.to_owned(), ids }))
}

/// What the piece is by its sender's words, if they are there.
pub(crate) fn checksum(headers: &HeaderMap) -> Result<Option<Checksum>, Error> {
    let Some(text) = text(headers, tus::CHECKSUM)? else { return Ok(None) };
    let bad = || Error::bad_request("Upload-Checksum is \"sha1\" or \"sha256\", a space, and the sum in Base64.");
    let (algorithm, sum) = text.split_once(' ').ok_or_else(bad)?;
    let sum = STANDARD.decode(sum.trim()).map_err(|_| bad())?;
    Checksum::new(algorithm, sum).map(Some).ok_or_else(bad)
}

/// Whose the upload is: our person's, where web says so, or that of whoever else has the token.
pub(crate) fn owner(headers: &HeaderMap) -> Result<Owner, Error> {
    let id = |name| -> Result<Option<Uuid>, Error> {
        let bad = |_| Error::bad_request(format!("{name} is no id of ours."));
        text(headers, name)?.map(str::parse).transpose().map_err(bad)
    };
    match (id(tus::EDITOR_ID)?, id(tus::DRIVE_ID)?) {
        (Some(editor), Some(drive)) => Ok(Owner { ours: Some((editor, drive)) }),
        (None, None) => Ok(Owner { ours: None }),
        _ => Err(Error::bad_request("A person of ours comes with a drive of ours.")),
    }
}

/// Whether the body is a piece of a file.
pub(crate) fn is_piece(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|value| value == TUS_MIME)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &'static str, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name.parse().unwrap(), value.parse().unwrap())])
    }

    #[test]
    fn numbers_are_digits_and_nothing_else() {
        for (sent, expected) in [("0", Some(0)), ("17", Some(17)), ("9223372036854775807", Some(i64::MAX as u64))] {
            assert_eq!(bytes(&of(tus::OFFSET, sent), tus::OFFSET).unwrap(), expected);
        }
        for sent in ["", "-1", "+1", "1.5", "0x10", "9223372036854775808", "1 2"] {
            assert!(bytes(&of(tus::OFFSET, sent), tus::OFFSET).is_err(), "{sent}");
        }
    }

    #[test]
    fn parts_are_named_by_whatever_address_the_sender_has() {
        let [a, b] = [Uuid::from_u128(1), Uuid::from_u128(2)];
        let sent = format!("final;/api/upload/tus/{a} https://files.example.org/api/v1/drives/x/uploads/{b}/");
        let found = concat(&of(tus::CONCAT, &sent)).unwrap();
        assert_eq!(found, Some(Concat::Of { text: sent, ids: vec![a, b] }));
        assert_eq!(concat(&of(tus::CONCAT, "partial")).unwrap(), Some(Concat::Part));
        for sent in ["", "final", "final;", "final;/a /b", "whole"] {
            assert!(concat(&of(tus::CONCAT, sent)).is_err(), "{sent}");
        }
    }
}
