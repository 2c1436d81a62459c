//! What was recognised on a page as its content: words that are placed and not painted.

use super::font::LayerFont;
use kurbo::{Affine, Point, Vec2};
use model::{PageWord, PageWords};
use std::fmt::Write;

/// The font's name in a page's resources. Nobody else's begins like this.
pub const FONT_NAME: &str = "RecognisedText";
/// How wide every glyph is, in ems.
const GLYPH_WIDTH: f64 = 0.5;

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
        let mut text = word.text.clone();
        // A word that the line's end divides is found as one: all of it stands where it begins.
        let mut is_open = word.is_divided;
        while is_open && let Some(rest) = words.next_if(|rest| rest.line > word.line) {
            text = text.strip_suffix('-').unwrap_or(&text).to_owned() + &rest.text;
            is_open = rest.is_divided;
        }
        let next = words.peek().and_then(|next| next.text.chars().next());
        let is_followed =
            next.is_some_and(|next| !is_spaceless(next)) && !text.chars().next_back().is_some_and(is_spaceless);
        place(&mut content, word, &text, is_followed, (scale, placement.to_content), font);
    }
    content.push_str("ET Q\n");
    content
}

fn is_spaceless(letter: char) -> bool {
    model::is_spaceless(letter)
}

/// Adds a word, stretched to its rectangle, and the space behind it.
fn place(
    content: &mut String,
    word: &PageWord,
    text: &str,
    is_followed: bool,
    ((across, down), to_content): ((f64, f64), Affine),
    font: &mut LayerFont,
) {
    let (left, top) = (f64::from(word.left) * across, f64::from(word.top) * down);
    let (right, bottom) = (
        f64::from(word.left.saturating_add(word.width)) * across,
        f64::from(word.top.saturating_add(word.height)) * down,
    );
    let (width, height) = (right - left, bottom - top);
    // Where its line begins, which way it runs and where its letters' upper ends are; y grows downwards.
    let (mut start, mut along, up, length, size) = match word.angle {
        90 => (Point::new(left, top), Vec2::new(0.0, 1.0), Vec2::new(1.0, 0.0), height, width),
        180 => (Point::new(right, top), Vec2::new(-1.0, 0.0), Vec2::new(0.0, 1.0), width, height),
        270 => (Point::new(right, bottom), Vec2::new(0.0, -1.0), Vec2::new(-1.0, 0.0), height, width),
        _ => (Point::new(left, bottom), Vec2::new(1.0, 0.0), Vec2::new(0.0, -1.0), width, height),
    };
    let letters = text.chars().count();
    if letters == 0 || length <= 0.0 || size <= 0.0 {
        return;
    }
    // Readers put what is written from right to left in order by where its letters are seen.
    if is_right_to_left(text) {
        start += along * length;
        along = -along;
    }
    let stretch = length / (letters as f64 * GLYPH_WIDTH * size);
    let start = to_content * start;
    let [a, b, c, d, ..] = to_content.as_coeffs();
    let turned = |by: Vec2| Vec2::new(a * by.x + c * by.y, b * by.x + d * by.y);
    let (along, up) = (turned(along) * size * stretch, turned(up) * size);
    let codes: String =
        text.chars().chain(is_followed.then_some(' ')).map(|c| format!("{:04x}", font.code(c))).collect();
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
