//! A file, or what was made of it.

use crate::api::{Client, encoded, find_file};
use crate::arguments::{Get, Part};
use crate::error::Error;
use crate::output::Output;
use crate::upload::Patience;
use serde_json::{Value, json};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::Duration;
use ureq::Body;
use ureq::http::{Method, Response, StatusCode, header};

/// How often it is looked whether an image has been made.
const LOOK: Duration = Duration::from_millis(200);

/// Writes it to standard output, or into a file.
pub fn run(client: &Client, get: &Get, output: &mut Output) -> Result<(), Error> {
    let file = find_file(client, &get.file)?;
    let id = file["id"].as_str().unwrap_or_default();
    match &get.output {
        None if output.is_json() && is_any(&get.part) => {
            Err(Error::Usage("--json describes the file; say with -o where its contents go".into()))
        }
        None if output.is_json() => output.json(&file),
        None => {
            let response = open(client, id, &get.part)?;
            if output.is_terminal() && !is_text(&response) {
                return Err(Error::Usage("that is nothing for a terminal; say with -o where it goes".into()));
            }
            copy(client, response, |bytes| output.bytes(bytes)).map(|_| ())
        }
        Some(path) => {
            let size_bytes = save(client, open(client, id, &get.part)?, path)?;
            if output.is_json() {
                return output.json(&json!({"fileId": id, "path": path, "sizeBytes": size_bytes}));
            }
            Ok(())
        }
    }
}

fn is_any(part: &Part) -> bool {
    part.original || part.preset.is_some() || part.text || part.markdown || part.chunks
}

/// Asks for it, once more when it has to be made first.
fn open(client: &Client, id: &str, part: &Part) -> Result<Response<Body>, Error> {
    let path = match part {
        Part { preset: Some(preset), .. } => return open_image(client, id, preset),
        Part { text: true, .. } => format!("/files/{id}/text"),
        Part { markdown: true, .. } => format!("/files/{id}/text?format=markdown"),
        Part { chunks: true, .. } => format!("/files/{id}/chunks"),
        _ => format!("/files/{id}/original"),
    };
    let never = AtomicBool::new(false);
    let mut patience = Patience::new(&never);
    loop {
        match client.send(client.request(Method::GET, &path), ()) {
            // Such as a text that was lost and is being read again.
            Err(error @ Error::Refused { retry_after_s: Some(_), .. }) => patience.wait(error)?,
            answer => return answer,
        }
    }
}

/// An image of a preset, made if it is not there yet.
fn open_image(client: &Client, id: &str, preset: &str) -> Result<Response<Body>, Error> {
    let path = format!("/files/{id}/artifacts/{}", encoded(preset));
    let look = || client.send(client.request(Method::GET, &path), ());
    match look() {
        Err(error) if error.has_status(404) => {}
        answer => return answer,
    }
    let request = client.request(Method::POST, &format!("/files/{id}/artifacts"));
    let request = request.header(header::CONTENT_TYPE, "application/json");
    let mut response = client.send(request, json!({"preset": preset}).to_string())?;
    if response.status() == StatusCode::ACCEPTED {
        let queued: Value = client.read(response.body_mut())?;
        until_done(client, queued["jobId"].as_str().unwrap_or_default())?;
    }
    look()
}

fn until_done(client: &Client, job_id: &str) -> Result<(), Error> {
    loop {
        let job: Value = client.get(&format!("/jobs/{job_id}"))?;
        match job["status"].as_str() {
            Some("completed") => return Ok(()),
            Some("failed" | "cancelled") => {
                let why = job["error"].as_str().unwrap_or("it was stopped");
                return Err(Error::Incomplete(format!("the image was not made: {why}")));
            }
            _ => thread::sleep(LOOK),
        }
    }
}

fn is_text(response: &Response<Body>) -> bool {
    let mime = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    mime.starts_with("text/") || mime.contains("json") || mime.contains("xml")
}

/// Into a file that is there when it is whole.
fn save(client: &Client, response: Response<Body>, path: &Path) -> Result<u64, Error> {
    let name = path.file_name().ok_or_else(|| Error::Usage(format!("{} is no file", path.display())))?;
    let mut part_name = name.to_owned();
    part_name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(part_name);
    let local = |cause| Error::local("writing", path, cause);
    let mut file = File::create(&part).map_err(local)?;
    let copied = copy(client, response, |bytes| file.write_all(bytes).map_err(local));
    let saved = copied.and_then(|bytes| fs::rename(&part, path).map(|()| bytes).map_err(local));
    if saved.is_err() {
        // What went wrong is told, and this is only its rest.
        let _ = fs::remove_file(&part);
    }
    saved
}

/// Passes the answer on as it comes; how many bytes it had.
fn copy(
    client: &Client,
    response: Response<Body>,
    mut write: impl FnMut(&[u8]) -> Result<(), Error>,
) -> Result<u64, Error> {
    let cut = |why: String| Error::Unreachable(format!("{} broke off its answer: {why}", client.account.url));
    let expected = response.body().content_length();
    let (mut reader, mut buffer, mut bytes) = (response.into_body().into_reader(), vec![0; 64 << 10], 0u64);
    loop {
        match reader.read(&mut buffer).map_err(|error| cut(error.to_string()))? {
            0 if expected.is_some_and(|expected| expected != bytes) => return Err(cut("it is not whole".into())),
            0 => return Ok(bytes),
            read => {
                write(&buffer[..read])?;
                bytes += read as u64;
            }
        }
    }
}
