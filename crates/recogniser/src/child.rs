//! The program: one page on standard input, its words on standard output, in a process that does nothing else.

use crate::{Models, Picture, read_page, table};
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// The argument that has it read a page; the folder of the models follows.
pub const READ: &str = "--recognise-page";
/// The argument that has it look whether it could; the folder of the models follows.
pub const CHECK: &str = "--recognise-check";
/// What its last words begin with, when it cannot do what it should. Anything else on standard error is not from here.
const SAYS: &str = "recogniser: ";

/// A page without text, large enough for a model to look at.
const EMPTY_SIDE: usize = 64;

/// True when this process was started to read a page, or to see whether it could.
pub fn child_requested() -> bool {
    std::env::args_os().nth(1).is_some_and(|argument| argument == READ || argument == CHECK)
}

/// Does what the arguments say. What is wrong is said on standard error, in a sentence that quotes no picture.
pub fn child_main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let check = arguments.next().is_some_and(|argument| argument == CHECK);
    let folder = PathBuf::from(arguments.next().unwrap_or_default());
    let done = if check { could_read(&folder) } else { read(&folder) };
    let Err(error) = done else { return ExitCode::SUCCESS };
    let _ = write!(std::io::stderr(), "{SAYS}{error}");
    ExitCode::FAILURE
}

fn could_read(folder: &std::path::Path) -> Result<(), Box<dyn std::error::Error>> {
    Models::check(folder)?;
    let empty = Picture { width: EMPTY_SIDE, height: EMPTY_SIDE, grey: vec![255; EMPTY_SIDE * EMPTY_SIDE] };
    let models = Models::load(folder)?;
    models.letters(&empty.resized(EMPTY_SIDE, crate::line_image::HEIGHT)?)?;
    read_page(&models, &empty)?;
    Ok(())
}

fn read(folder: &std::path::Path) -> Result<(), Box<dyn std::error::Error>> {
    let mut pgm = vec![];
    std::io::stdin().read_to_end(&mut pgm)?;
    let page = Picture::read(&pgm)?;
    drop(pgm);
    let words = read_page(&Models::load(folder)?, &page)?;
    Ok(std::io::stdout().write_all(table(&words).as_bytes())?)
}
