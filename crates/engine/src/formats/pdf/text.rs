//! What the glyphs of a page stand for.

use hayro_interpret::hayro_cmap::BfString;
use unicode_normalization::UnicodeNormalization;

/// What a glyph stands for: nearly always one character.
#[derive(Debug, Clone, PartialEq)]
pub enum Text {
    One(char),
    Many(Box<str>),
}

impl Text {
    pub fn chars(&self) -> impl Iterator<Item = char> + '_ {
        let (one, many) = match self {
            Self::One(c) => (Some(*c), ""),
            Self::Many(text) => (None, &**text),
        };
        one.into_iter().chain(many.chars())
    }

    pub fn first(&self) -> char {
        match self {
            Self::One(c) => *c,
            Self::Many(text) => text.chars().next().unwrap_or(' '),
        }
    }

    pub fn is_blank(&self) -> bool {
        match self {
            Self::One(c) => c.is_whitespace(),
            Self::Many(text) => text.chars().all(char::is_whitespace),
        }
    }
}

/// The text of a glyph as its font has it; nothing where it stands for no character.
pub fn text_of(text: BfString) -> Option<Text> {
    let text = match text {
        BfString::Char(c) => return clean(c),
        BfString::String(text) => text,
    };
    let text: String = text.chars().filter_map(clean).flat_map(|text| text.chars().collect::<Vec<_>>()).collect();
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (None, _) => None,
        (Some(one), None) => Some(Text::One(one)),
        _ => Some(Text::Many(text.into())),
    }
}

/// Ligatures and Arabic presentation forms become the letters they stand for, so that words can be found; bullets
/// of symbol fonts become bullets; soft hyphens stay, for joining words.
fn clean(c: char) -> Option<Text> {
    match c {
        '\0'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{200e}' | '\u{200f}' | '\u{feff}' => None,
        ' '..'\u{7f}' => Some(Text::One(c)),
        '\u{f0b7}' => Some(Text::One('•')),
        '\u{f0a7}' => Some(Text::One('▪')),
        '\u{f0d8}' => Some(Text::One('➢')),
        '\u{f0fc}' => Some(Text::One('✓')),
        '\u{fb00}'..='\u{fb4f}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}' => {
            let letters: String = c.nfkc().filter(|c| *c != ' ').collect();
            Some(Text::Many(letters.into()))
        }
        c => Some(Text::One(c)),
    }
}
