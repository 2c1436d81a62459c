//! The words of a page, and where each is seen.

use serde::{Deserialize, Serialize};

/// Words kept of one page; a dense newspaper page has some 5,000. What comes after them is left out.
pub const MAX_PAGE_WORDS: usize = 20_000;
/// Characters kept of one word.
pub const MAX_WORD_CHARACTERS: usize = 200;

/// A page as it is seen, turned as it says, and its words in reading order: what hOCR says of a page, as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PageWords {
    /// 1-based page number.
    pub page: u32,
    /// Width of the page in points, 72 to an inch. A picture has 200 pixels to an inch.
    pub width_points: f32,
    /// Height in points.
    pub height_points: f32,
    /// Width of the page as it was drawn, in pixels: the words' places are counted in them.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Who read: `tesseract` or `accurate`, or `reader` where the words are the document's own.
    pub engine: String,
    /// How sure it was, 0 to 100: the mean over the letters. The document's own words are sure.
    pub confidence: f32,
    /// The words.
    pub words: Vec<PageWord>,
}

/// A word, and the smallest upright rectangle around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PageWord {
    /// What it says, NFC. In scripts without spaces a character may be a word.
    pub text: String,
    /// Left edge in pixels, from the page's left.
    pub left: u32,
    /// Upper edge in pixels, from the page's top.
    pub top: u32,
    /// Width in pixels, 1 or more.
    pub width: u32,
    /// Height in pixels, 1 or more.
    pub height: u32,
    /// How sure the engine was of it, 0 to 100.
    pub confidence: u8,
    /// The line it stands in, counted from 0 over the page.
    pub line: u32,
    /// How far its line is turned clockwise from running to the right: 90, 180 or 270 degrees, and absent when it is not.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub angle: u16,
    /// True of a word that its line's end divides: without the hyphen it goes on with the next word. Absent of others.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_divided: bool,
}

fn is_zero(angle: &u16) -> bool {
    *angle == 0
}
