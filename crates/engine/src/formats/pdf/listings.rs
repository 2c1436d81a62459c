//! Listings of programs: lines in a font whose letters are all equally wide, which stay lines.

use super::glyphs::Glyph;
use super::order::Line;
use super::segments::Segment;
use crate::text::escape_comment;

/// Letters from which a pitch is no chance.
const FEWEST: usize = 5;
/// Lines that a listing has; fewer are addresses and the like.
const SHORTEST: usize = 3;

/// The advance that the letters of a run share.
#[derive(Debug, Clone, Copy)]
pub struct Pitch {
    advance: f64,
    /// Letters are among them that other fonts have narrow and wide.
    is_sure: bool,
}

impl Pitch {
    /// The pitch of the glyphs of this size. Digits have one in nearly every font.
    pub fn of(run: &[Glyph], size: f64) -> Option<Self> {
        let is_letter = |glyph: &&Glyph| glyph.size >= size * 0.9 && !glyph.text.is_blank();
        let letters = || run.iter().filter(is_letter);
        let advance = letters().next()?.advance;
        if advance <= 0.0 || !letters().all(|glyph| (glyph.advance - advance).abs() < advance * 0.01) {
            return None;
        }
        // A font that does not say how wide its letters are has one width for all, but sets narrow ones closer.
        if letters().zip(letters().skip(1)).any(|(one, next)| next.u - one.u < advance * 0.9) {
            return None;
        }
        let has = |is: fn(char) -> bool| letters().any(|glyph| is(glyph.text.first()));
        let is_narrow = |c| matches!(c, 'i' | 'j' | 'l' | 't' | 'f' | 'I' | '.' | ',' | ':' | ';' | '|' | '\'' | '!');
        let is_wide = |c| matches!(c, 'a'..='e' | 'm'..='q' | 'u'..='z' | 'A'..='H' | 'K'..='Z');
        let is_sure = letters().take(FEWEST).count() == FEWEST && has(is_narrow) && has(is_wide);
        Some(Self { advance, is_sure })
    }

    /// The pitch of both one after the other.
    pub fn joined(self, other: Self) -> Option<Self> {
        let is_sure = self.is_sure || other.is_sure;
        self.is_like(other).then_some(Self { is_sure, ..self })
    }

    fn is_like(self, other: Self) -> bool {
        (self.advance - other.advance).abs() < self.advance * 0.02
    }
}

/// True for words that only a font of one pitch sets like this.
pub fn is_typed(segment: &Segment) -> bool {
    segment.pitch.is_some_and(|pitch| pitch.is_sure)
}

/// True when a listing begins with the first of these lines.
pub fn begins_listing(lines: &[Line]) -> bool {
    let Some((lines, pitch)) = lines.get(..SHORTEST).and_then(|lines| Some((lines, pitch(&lines[0])?))) else {
        return false;
    };
    lines.windows(2).all(|pair| goes_on(&pair[0], &pair[1], pitch)) && lines.iter().any(is_sure)
}

/// The listing that begins with the first of these lines, as [`begins_listing`] says, as a block of code, and how many lines it
/// takes. None when a block of code cannot hold it.
pub fn listing(lines: &[Line]) -> Option<(String, usize)> {
    const FENCE: &str = "```";
    let pitch = pitch(&lines[0])?;
    let length = 1 + lines.windows(2).take_while(|pair| goes_on(&pair[0], &pair[1], pitch)).count();
    let lines = &lines[..length];
    let left = lines.iter().fold(f64::MAX, |left, line| left.min(line.first().start));
    let mut code = format!("{FENCE}\n");
    let mut above: Option<&Segment> = None;
    for line in lines {
        let first = line.first();
        // A line of the listing may be empty.
        if above.is_some_and(|above| first.baseline - above.baseline > first.size.max(above.size) * 1.9) {
            code.push('\n');
        }
        above = Some(first);
        let mut width = 0;
        for (index, cell) in line.cells.iter().enumerate() {
            let column = ((cell.start - left) / pitch.advance).round().clamp(0.0, 400.0) as usize;
            let spaces = column.saturating_sub(width).max(usize::from(index > 0));
            code.extend(std::iter::repeat_n(' ', spaces));
            code.push_str(&escape_comment(&cell.text));
            width += spaces + cell.text.chars().count();
        }
        code.push('\n');
    }
    (!code[FENCE.len()..].contains(FENCE)).then(|| (code + FENCE + "\n\n", length))
}

/// The pitch that all cells of a line share, but for the number of the line.
fn pitch(line: &Line) -> Option<Pitch> {
    let is_number = |cell: &&Segment| cell.text.bytes().all(|byte| byte.is_ascii_digit());
    // Code has no place for links.
    if line.cells.iter().any(|cell| !cell.links.is_empty()) {
        return None;
    }
    let mut cells = line.cells.iter().filter(|cell| !is_number(cell));
    let first = cells.next().filter(|cell| cell.angle == 0)?.pitch?;
    cells.try_fold(first, |pitch, cell| pitch.joined(cell.pitch?))
}

fn is_sure(line: &Line) -> bool {
    line.cells.iter().any(is_typed)
}

fn goes_on(line: &Line, next: &Line, pitch: Pitch) -> bool {
    let (one, other) = (line.first(), next.first());
    let step = other.baseline - one.baseline;
    let is_like = self::pitch(next).is_some_and(|other| pitch.is_like(other));
    is_like && step > 0.0 && step < one.size.max(other.size) * 2.6
}
