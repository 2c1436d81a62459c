//! A small file in one request. Sent again under the same key, the server answers with the file that it made the first time.

use super::destination::Destination;
use super::patience::Patience;
use super::source::Source;
use crate::error::Error;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use ureq::http::{Method, header};

#[derive(Deserialize)]
struct Uploaded {
    file: Made,
}

#[derive(Deserialize)]
struct Made {
    id: String,
}

/// Sends a file; the id of what it became.
pub fn send(to: &Destination<'_>, source: &Source, key: &str) -> Result<String, Error> {
    let form = Form::new(key, &source.name(), &source.read()?);
    let mut patience = Patience::new(&to.ended);
    let mut name_of_request = key.to_owned();
    loop {
        match post(to, &form, &name_of_request) {
            Ok(id) => {
                to.progress.file().add(source.size_bytes);
                return Ok(id);
            }
            // It was sent before with other bytes, though neither its size nor its time is another: then its bytes are the difference.
            Err(Error::Refused { code, .. }) if code == "idempotency-key-reused" && name_of_request == key => {
                name_of_request = hex::encode(Sha256::new().chain_update(key).chain_update(&form.body).finalize());
            }
            Err(error) => to.wait(&mut patience, error)?,
        }
    }
}

fn post(to: &Destination<'_>, form: &Form, key: &str) -> Result<String, Error> {
    let path = format!("/drives/{}/files", to.drive_id);
    let request = to.client.request(Method::POST, &path).header("idempotency-key", format!("\"{key}\""));
    let request = request.header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={}", form.boundary));
    let mut response = to.client.send(request, &form.body)?;
    let uploaded: Uploaded = to.client.read(response.body_mut())?;
    Ok(uploaded.file.id)
}

/// The form, as RFC 7578 has it. The name is a field of its own, where it needs no quoting.
struct Form {
    boundary: String,
    body: Vec<u8>,
}

impl Form {
    fn new(key: &str, name: &str, bytes: &[u8]) -> Self {
        // Nobody who writes a file knows its key.
        let boundary = format!("pagespace-{key}");
        let head = format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"name\"\r\n\r\n{name}\r\n\
             --{boundary}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"file\"\r\n\r\n"
        );
        let tail = format!("\r\n--{boundary}--\r\n");
        Self { boundary, body: [head.as_bytes(), bytes, tail.as_bytes()].concat() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_has_the_name_before_the_file() {
        let form = Form::new("k", "naïve \"a\".txt", b"\r\nx");
        let expected = "--pagespace-k\r\ncontent-disposition: form-data; name=\"name\"\r\n\r\nnaïve \"a\".txt\r\n\
            --pagespace-k\r\ncontent-disposition: form-data; name=\"file\"; filename=\"file\"\r\n\r\n\r\nx\r\n--pagespace-k--\r\n";
        assert_eq!(String::from_utf8(form.body).unwrap(), expected);
    }
}
