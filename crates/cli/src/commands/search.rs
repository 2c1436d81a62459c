//! Finding files by their names.

use crate::api::{Client, File, all_drives, find_drive};
use crate::error::Error;
use crate::output::Output;
use serde_json::{Value, json};

/// Lists up to so many files.
pub fn run(client: &Client, words: &str, drive: Option<&str>, most: usize, output: &mut Output) -> Result<(), Error> {
    for result in find(client, words, drive, most)? {
        match output.is_json() {
            true => output.json(&result)?,
            false => output.line(File::of(&result["file"])?.line())?,
        }
    }
    Ok(())
}

/// What is found, each as `{"file": …}`: by names, in one drive after the other.
fn find(client: &Client, words: &str, drive: Option<&str>, most: usize) -> Result<Vec<Value>, Error> {
    let drives = match drive {
        Some(named) => vec![find_drive(client, named)?],
        None => all_drives(client)?.into_iter().map(|(_, drive)| drive).collect(),
    };
    let mut found = Vec::new();
    for drive in drives {
        client.items(&format!("/drives/{}/files", drive.id), &[("q", words), ("sort", "name")], |file| {
            if found.len() < most {
                found.push(json!({"file": file}));
            }
            Ok(found.len() < most)
        })?;
    }
    Ok(found)
}
