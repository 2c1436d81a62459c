//! Drives, and the files of one.

use crate::api::{Client, File, all_drives, find_drive};
use crate::error::Error;
use crate::output::Output;

/// Lists drives, or a drive's files, the newest first.
pub fn run(client: &Client, drive: Option<&str>, output: &mut Output) -> Result<(), Error> {
    let Some(named) = drive else { return list_drives(client, output) };
    let drive = find_drive(client, named)?;
    client.items(&format!("/drives/{}/files", drive.id), &[], usize::MAX, |value| {
        match output.is_json() {
            true => output.json(&value)?,
            false => output.line(File::of(&value)?.line())?,
        }
        Ok(true)
    })
}

fn list_drives(client: &Client, output: &mut Output) -> Result<(), Error> {
    for (value, drive) in all_drives(client)? {
        match output.is_json() {
            true => output.json(&value)?,
            false => {
                output.line(format!("{}  {:<6}  {:>8}  {}", drive.id, drive.role, drive.file_count, drive.name))?
            }
        }
    }
    Ok(())
}
