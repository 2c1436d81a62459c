//! What was recognised on a page as its content: words that are placed and not painted.

use super::font::LayerFont;
use super::glyphless::GLYPH_WIDTH;
use kurbo::{Affine, Point, Vec2};
use model::{PageWord, PageWords};
use std::fmt::Write;
use unicode_bidi::{BidiInfo, Level};

/// The font's name in a page's resources. Nobody else's begins like this.
pub const FONT_NAME: &str = "RecognisedText";

/// How words become content.
pub struct Placement {
    /// From the page as it is seen, in points from its upper left corner, to where its content is drawn.
    pub to_content: Affine,
    /// Width and height of the page as it is seen, in points.
    pub size: (f64, f64),
}

/// The operators that write the page's words. Text that no operator paints (rendering mode 3) is found, marked and copied.
pub fn content(words: &PageWords, placement: &Placement, font: &mut LayerFont) -> String {
    let mut content = format!("q BT 3 Tr /{FONT_NAME} 1 Tf\n");
    let scale = (placement.size.0 / f64::from(words.width.max(1)), placement.size.1 / f64::from(words.height.max(1)));
    let mut words = words.words.iter().peekable();
    while let Some(word) = words.next() {
        let mut word = word.clone();
        // A word that the line's end divides is found as one: all of it stands where it begins.
        let is_rest = |rest: &&&PageWord| rest.line > word.line;
        while word.is_divided
            && let Some(rest) = words.peek().filter(is_rest)
        {
            word.text = word.text.strip_suffix('-').unwrap_or(&word.text).to_owned() + &rest.text;
            word.is_divided = rest.is_divided;
            words.next();
        }
        while let Some(next) = words.next_if(|next| are_one(&word, next)) {
            word = joined(word, next);
        }
        place(&mut content, &word, (scale, placement.to_content), font);
    }
    content.push_str("ET Q\n");
    content
}

/// True of words of one line between which no space is written, as one of them is of a script that has none.
fn are_one(word: &PageWord, next: &PageWord) -> bool {
    let is_spaceless = |letter: Option<char>| letter.is_some_and(model::is_spaceless);
    let has_none = is_spaceless(word.text.chars().next_back()) || is_spaceless(next.text.chars().next());
    has_none && !word.is_divided && next.line == word.line && next.angle == word.angle
}

fn joined(word: PageWord, next: &PageWord) -> PageWord {
    let right = |word: &PageWord| word.left.saturating_add(word.width);
    let bottom = |word: &PageWord| word.top.saturating_add(word.height);
    let (left, top) = (word.left.min(next.left), word.top.min(next.top));
    let width = right(&word).max(right(next)) - left;
    let height = bottom(&word).max(bottom(next)) - top;
    let (text, is_divided) = (word.text.clone() + &next.text, next.is_divided);
    PageWord { text, left, top, width, height, is_divided, ..word }
}

/// Adds a word, stretched to its rectangle, and the space behind it. Readers want letters in the order in which they are seen, and
/// one of them leaves out what has a single letter and nothing behind it.
fn place(
    content: &mut String,
    word: &PageWord,
    ((across, down), to_content): ((f64, f64), Affine),
    font: &mut LayerFont,
) {
    let (left, top) = (f64::from(word.left) * across, f64::from(word.top) * down);
    let (width, height) = (f64::from(word.width) * across, f64::from(word.height) * down);
    let (right, bottom) = (left + width, top + height);
    // Where its line begins, which way it runs and where its letters' upper ends are; y grows downwards.
    let (start, along, up, length, size) = match word.angle {
        90 => (Point::new(left, top), Vec2::new(0.0, 1.0), Vec2::new(1.0, 0.0), height, width),
        180 => (Point::new(right, top), Vec2::new(-1.0, 0.0), Vec2::new(0.0, 1.0), width, height),
        270 => (Point::new(right, bottom), Vec2::new(0.0, -1.0), Vec2::new(-1.0, 0.0), height, width),
        _ => (Point::new(left, bottom), Vec2::new(1.0, 0.0), Vec2::new(0.0, -1.0), width, height),
    };
    let letters = word.text.chars().count();
    if letters == 0 || length <= 0.0 || size <= 0.0 {
        return;
    }
    let letter = along * (length / letters as f64);
    let (start, text) = match is_right_to_left(&word.text) {
        // What comes behind it is seen before it.
        true => (start - letter, format!(" {}", as_seen(&word.text))),
        false => (start, format!("{} ", word.text)),
    };
    let start = to_content * start;
    let [a, b, c, d, ..] = to_content.as_coeffs();
    let turned = |by: Vec2| Vec2::new(a * by.x + c * by.y, b * by.x + d * by.y);
    let (along, up) = (turned(letter) / GLYPH_WIDTH, turned(up) * size);
    let codes: String = text.chars().map(|letter| format!("{:04x}", font.code(letter))).collect();
    // Writing into a string cannot fail.
    let _ = writeln!(
        content,
        "{:.4} {:.4} {:.4} {:.4} {:.3} {:.3} Tm <{codes}> Tj",
        along.x, along.y, up.x, up.y, start.x, start.y
    );
}

/// True when most of its letters are.
fn is_right_to_left(text: &str) -> bool {
    use unicode_bidi::BidiClass::{AL, L, R};
    let classes = || text.chars().map(unicode_bidi::bidi_class);
    let right_to_left = classes().filter(|class| matches!(class, R | AL)).count();
    right_to_left > classes().filter(|class| matches!(class, L)).count()
}

/// Letters of a word that runs from right to left, from the left one on.
fn as_seen(text: &str) -> String {
    let info = BidiInfo::new(text, Some(Level::rtl()));
    let lines = info.paragraphs.iter().map(|paragraph| info.reorder_line(paragraph, paragraph.range.clone()));
    lines.collect()
}
