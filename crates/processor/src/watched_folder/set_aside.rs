//! Moving away what was looked at, so that it is looked at once and nothing is lost.

use super::folder::{Folder, os_name, watched_file};
use db::watched_files::WatchedFile;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;

/// Files of one name that are kept apart by numbers.
const MOST_NUMBERS: u32 = 10_000;

/// Moves a file that was taken to `done/`, unless it is another one by now.
pub(super) fn move_done(folder: &Folder, file: &WatchedFile) -> io::Result<()> {
    move_away(folder, file, "done", None)
}

/// Moves a file that cannot be taken to `failed/`, with the reason beside it in `<its name>.error.txt`.
pub(super) fn move_failed(folder: &Folder, file: &WatchedFile, sentence: &str) -> io::Result<()> {
    move_away(folder, file, "failed", Some(sentence))
}

fn move_away(folder: &Folder, file: &WatchedFile, into: &str, sentence: Option<&str>) -> io::Result<()> {
    let name = os_name(file);
    let now = folder.look(name)?.and_then(|found| watched_file(file.drive_id, name, &found));
    if now.as_ref() != Some(file) {
        return Ok(());
    }
    let target = folder.make_folder(OsStr::new(into))?;
    for number in 1..=MOST_NUMBERS {
        let new_name = numbered(name, number);
        if target.look(&new_name)?.is_some() {
            continue;
        }
        // Before the file: a crash between them leaves a sentence too many, and never a file without one.
        if let Some(sentence) = sentence {
            target.write(&with_suffix(&new_name, ".error.txt"), &format!("{sentence}\n"))?;
        }
        if folder.move_into(name, &target, &new_name)? {
            // In this order: after a power cut it may be in both, and is found by what is written down of it.
            target.sync()?;
            return folder.sync();
        }
    }
    Err(io::Error::other(format!("too many files of one name lie in {into}/")))
}

/// `report.pdf` is `report (2).pdf` where there is one already.
fn numbered(name: &OsStr, number: u32) -> OsString {
    let path = Path::new(name);
    let (Some(stem), true) = (path.file_stem(), number > 1) else { return name.to_owned() };
    let mut numbered = with_suffix(stem, &format!(" ({number})"));
    if let Some(extension) = path.extension() {
        numbered.push(".");
        numbered.push(extension);
    }
    numbered
}

fn with_suffix(name: &OsStr, suffix: &str) -> OsString {
    let mut name = name.to_owned();
    name.push(suffix);
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_taken_gets_a_number_before_its_extension() {
        for (name, number, expected) in [
            ("report.pdf", 1, "report.pdf"),
            ("report.pdf", 2, "report (2).pdf"),
            ("a.tar.gz", 3, "a.tar (3).gz"),
            ("README", 2, "README (2)"),
        ] {
            assert_eq!(numbered(OsStr::new(name), number), expected);
        }
    }
}
