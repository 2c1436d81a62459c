//! Checks JSON and prints it with indents, a piece at a time. Only the kinds of the open containers are kept.

use crate::Error;

/// A pretty-printer that also checks the grammar.
pub struct JsonPrinter {
    /// The open containers: true for objects.
    open: Vec<bool>,
    max_depth: u32,
    expects: Expects,
    token: Token,
}

/// What the grammar allows next.
#[derive(Clone, Copy, PartialEq)]
enum Expects {
    Value,
    /// A value, or the end of an empty array.
    ValueOrEnd,
    Key,
    /// A key, or the end of an empty object.
    KeyOrEnd,
    Colon,
    CommaOrEnd,
    Nothing,
}

/// The token that the last piece left open.
#[derive(PartialEq)]
enum Token {
    None,
    String {
        is_key: bool,
        is_escaped: bool,
    },
    /// A number or a word. Both are short; a number of a million digits is kept up to a bound.
    Scalar(String),
}

/// Characters of a number that are checked.
const LONGEST_NUMBER: usize = 4 << 10;

impl JsonPrinter {
    pub fn new(max_depth: u32) -> Self {
        Self { open: vec![], max_depth, expects: Expects::Value, token: Token::None }
    }

    /// Takes the next piece of the text and adds what it becomes.
    pub fn push(&mut self, text: &str, out: &mut String) -> Result<(), Error> {
        for c in text.chars() {
            match &mut self.token {
                Token::String { is_key, is_escaped } => {
                    if c.is_control() {
                        // Forbidden, and yet there are files with tabs and line ends in their strings.
                        out.push(' ');
                        continue;
                    }
                    out.push(c);
                    match c {
                        '"' if !*is_escaped => {
                            self.expects = if *is_key { Expects::Colon } else { self.after_value() };
                            self.token = Token::None;
                        }
                        _ => *is_escaped = c == '\\' && !*is_escaped,
                    }
                }
                Token::Scalar(word) if c.is_alphanumeric() || "+-.".contains(c) => {
                    if word.len() < LONGEST_NUMBER {
                        word.push(c);
                    }
                    out.push(c);
                }
                Token::Scalar(_) => {
                    self.end_scalar()?;
                    self.begin(c, out)?;
                }
                Token::None => self.begin(c, out)?,
            }
        }
        Ok(())
    }

    /// Ends the text: it has to be complete.
    pub fn finish(&mut self, _: &mut String) -> Result<(), Error> {
        self.end_scalar()?;
        match (self.expects, &self.token) {
            (Expects::Nothing, Token::None) => Ok(()),
            _ => Err(Error::malformed("The JSON is cut off.")),
        }
    }

    fn begin(&mut self, c: char, out: &mut String) -> Result<(), Error> {
        use Expects::{Colon, CommaOrEnd, Key, KeyOrEnd, Value, ValueOrEnd};
        match (c, self.expects) {
            (' ' | '\t' | '\n' | '\r' | '\u{feff}', _) => {}
            ('"', Value | ValueOrEnd | Key | KeyOrEnd) => {
                self.indent_first(out);
                let is_key = matches!(self.expects, Key | KeyOrEnd);
                self.token = Token::String { is_key, is_escaped: false };
                out.push('"');
            }
            ('{' | '[', Value | ValueOrEnd) => {
                self.indent_first(out);
                self.open.push(c == '{');
                if self.open.len() > self.max_depth as usize {
                    return Err(Error::malformed("The JSON is nested too deeply."));
                }
                self.expects = if c == '{' { KeyOrEnd } else { ValueOrEnd };
                out.push(c);
            }
            ('}' | ']', ValueOrEnd | KeyOrEnd | CommaOrEnd) if self.open.last() == Some(&(c == '}')) => {
                self.open.pop();
                if self.expects == CommaOrEnd {
                    self.indent(out);
                }
                self.expects = self.after_value();
                out.push(c);
            }
            (',', CommaOrEnd) => {
                out.push(',');
                self.indent(out);
                self.expects = if self.open.last() == Some(&true) { Key } else { Value };
            }
            (':', Colon) => {
                out.push_str(": ");
                self.expects = Value;
            }
            (c, Value | ValueOrEnd) if c.is_alphanumeric() || c == '-' => {
                self.indent_first(out);
                self.token = Token::Scalar(c.into());
                out.push(c);
            }
            _ => return Err(Error::malformed("The JSON has an error in its grammar.")),
        }
        Ok(())
    }

    /// The first thing in a container stands on a line of its own.
    fn indent_first(&self, out: &mut String) {
        if matches!(self.expects, Expects::ValueOrEnd | Expects::KeyOrEnd) {
            self.indent(out);
        }
    }

    fn indent(&self, out: &mut String) {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", self.open.len()));
    }

    fn end_scalar(&mut self) -> Result<(), Error> {
        let Token::Scalar(word) = &self.token else { return Ok(()) };
        // NaN and the infinities are not JSON, but what many programs write.
        let is_word = ["true", "false", "null", "NaN", "Infinity", "-Infinity"].contains(&word.as_str());
        let is_number = word.len() >= LONGEST_NUMBER || serde_json::from_str::<serde_json::Number>(word).is_ok();
        let has_digit = word.bytes().any(|b| b.is_ascii_digit());
        let is_huge = has_digit && word.parse().is_ok_and(f64::is_infinite);
        if !(is_word || is_number || is_huge) {
            return Err(Error::malformed("The JSON has an error in its grammar."));
        }
        self.token = Token::None;
        self.expects = self.after_value();
        Ok(())
    }

    fn after_value(&self) -> Expects {
        if self.open.is_empty() { Expects::Nothing } else { Expects::CommaOrEnd }
    }
}
