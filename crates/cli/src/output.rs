//! What the program says: lines for people, or JSON, on standard output; sentences on standard error.

use crate::error::Error;
use serde::Serialize;
use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal, Stdout, Write};

/// Standard output.
pub struct Output {
    out: BufWriter<Stdout>,
    is_json: bool,
}

impl Output {
    /// Says JSON, or lines for people.
    pub fn new(is_json: bool) -> Self {
        Self { out: BufWriter::new(io::stdout()), is_json }
    }

    /// Whether programs are to understand it.
    pub fn is_json(&self) -> bool {
        self.is_json
    }

    /// Whether a person sees it as it comes.
    pub fn is_terminal(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// A line for people. What others have named may hold what a terminal obeys; it does not get there.
    pub fn line(&mut self, text: impl Display) -> Result<(), Error> {
        writeln!(self.out, "{}", visible(&text.to_string())).map_err(broken)
    }

    /// A JSON document on a line of its own.
    pub fn json(&mut self, value: &impl Serialize) -> Result<(), Error> {
        serde_json::to_writer(&mut self.out, value).map_err(|error| broken(error.into()))?;
        self.out.write_all(b"\n").map_err(broken)
    }

    /// Bytes as they are.
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.out.write_all(bytes).map_err(broken)
    }

    /// Everything said so far is on its way.
    pub fn flush(&mut self) -> Result<(), Error> {
        self.out.flush().map_err(broken)
    }
}

/// A sentence about what the program does or cannot do. If nobody hears it, that is that.
pub fn note(text: &str) {
    let _ = writeln!(io::stderr(), "pagespace: {}", visible(text));
}

/// The minute of a time (RFC 3339), as lines have it.
pub fn minute(time: &str) -> String {
    time.get(..16).unwrap_or(time).replace('T', " ")
}

/// Without characters that a terminal takes for commands.
fn visible(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() && letter != '\t' { '\u{fffd}' } else { letter }).collect()
}

fn broken(cause: io::Error) -> Error {
    match cause.kind() {
        io::ErrorKind::BrokenPipe => Error::Closed,
        _ => Error::Local { what: "writing to standard output".into(), cause },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_do_not_command_the_terminal() {
        assert_eq!(visible("a\u{1b}[31mb\nc\td é"), "a\u{fffd}[31mb\u{fffd}c\td é");
    }
}
