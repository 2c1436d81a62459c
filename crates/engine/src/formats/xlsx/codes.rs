//! The pieces of a number format (ECMA-376, part 1, section 18.8.31).

use std::str::Chars;

/// What one piece is.
#[derive(Debug, PartialEq)]
pub enum Piece {
    /// A sign that stands for digits, a part of a date, or itself.
    Sign(char),
    /// Text that is shown as it is, in quotes or after a backslash.
    Text(String),
    /// What stands in brackets: a colour, a condition, a currency, hours past a day.
    Brackets(String),
    /// The number as it is.
    General,
}

/// The pieces one after another. Room for a sign, and the sign that fills it, are none.
pub struct Pieces<'c>(Chars<'c>);

impl<'c> Pieces<'c> {
    pub fn of(code: &'c str) -> Self {
        Self(code.chars())
    }

    fn until(&mut self, end: char) -> String {
        self.0.by_ref().take_while(|c| *c != end).collect()
    }
}

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        loop {
            return Some(match self.0.next()? {
                '"' => Piece::Text(self.until('"')),
                '\\' => Piece::Text(String::from_iter(self.0.next())),
                '[' => Piece::Brackets(self.until(']')),
                '_' | '*' => {
                    self.0.next();
                    continue;
                }
                'G' if self.0.as_str().starts_with("eneral") => {
                    self.0.by_ref().take("eneral".len()).for_each(drop);
                    Piece::General
                }
                sign => Piece::Sign(sign),
            });
        }
    }
}
