//! A page: turned upright, its lines found and read, its words in reading order, each where it is on the page as it came.

use crate::Error;
use crate::geometry::RotatedRect;
use crate::layout;
use crate::letters::{Letter, sureness, words};
use crate::line_image::Turn;
use crate::models::Models;
use crate::picture::Picture;

/// A line the model is less sure of than this is no text, as its makers have it.
const SURE: f32 = 0.5;
/// Standing lines are so much higher than wide; one letter may be as well, but not by more than the second.
const STANDING: f32 = 1.5;
const STANDING_LETTER: f32 = 3.0;
/// Which way up a page is, is seen by its longest lines, by parts that are so much wider than high.
const PROBES: usize = 3;
const PROBE_WIDTH: f32 = 10.0;
/// A page on its head is not read with this much certainty.
const UPRIGHT: f32 = 0.9;

/// A word of a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    /// What it says; an ideograph is a word by itself.
    pub text: String,
    /// The left edge of the smallest upright rectangle around it on the page as it came, in pixels, as the rest.
    pub left: i64,
    /// Its upper edge.
    pub top: i64,
    /// How wide it is.
    pub width: i64,
    /// How high it is.
    pub height: i64,
    /// How sure the model is of it, from 0 to 1.
    pub sure: f32,
}

/// Lines that belong together, and their words.
pub type Paragraph = Vec<Vec<Word>>;

/// Reads a page, which may lie on its side or its head.
pub fn read_page(models: &Models, page: &Picture) -> Result<Vec<Paragraph>, Error> {
    let Upright { page, quarters, lines: found } = upright(models, page)?;
    let mut lines: Vec<Line> = vec![];
    for rect in found {
        let line = read_line(models, &page, rect)?;
        if sureness(&line.letters) >= SURE {
            lines.push(line);
        }
    }
    let rects: Vec<RotatedRect> = lines.iter().map(|line| line.rect).collect();
    let words_of = |number: &usize| placed(&lines[*number], &page, quarters);
    let row = |row: &layout::Row| row.iter().flat_map(words_of).collect();
    Ok(layout::paragraphs(&rects).iter().map(|paragraph| paragraph.iter().map(row).collect()).collect())
}

/// A page the right way up.
struct Upright {
    page: Picture,
    /// How many quarters it was turned against the clock.
    quarters: u8,
    /// Where its lines are now.
    lines: Vec<RotatedRect>,
}

/// A line that was read.
struct Line {
    rect: RotatedRect,
    /// Which way it runs.
    turn: Turn,
    letters: Vec<Letter>,
}

/// The page the right way up, and where its lines are then.
fn upright(models: &Models, page: &Picture) -> Result<Upright, Error> {
    let (mut page, mut quarters) = (page.clone(), 0);
    let mut lines = models.lines(&page)?;
    let (standing, lying): (Vec<_>, Vec<_>) = lines.iter().partition(|line| is_standing(line));
    let length = |lines: Vec<&RotatedRect>| lines.iter().map(|line| line.width.max(line.height)).sum::<f32>();
    if length(standing) > length(lying) {
        page = page.turned(1);
        quarters = 1;
        lines = models.lines(&page)?;
    }
    let mut probes: Vec<RotatedRect> = lines.iter().filter(|line| !is_standing(line)).copied().collect();
    probes.sort_by(|a, b| b.width.total_cmp(&a.width));
    probes.truncate(PROBES);
    for probe in &mut probes {
        probe.width = probe.width.min(PROBE_WIDTH * probe.height);
    }
    let sure = sureness_of(models, &page, &probes)?;
    if sure < UPRIGHT {
        let turned = page.turned(2);
        let on_its_head =
            |line: RotatedRect| RotatedRect { x: page.width as f32 - line.x, y: page.height as f32 - line.y, ..line };
        let turned_probes: Vec<RotatedRect> = probes.into_iter().map(on_its_head).collect();
        if sureness_of(models, &turned, &turned_probes)? > sure {
            lines = lines.into_iter().map(on_its_head).collect();
            page = turned;
            quarters += 2;
        }
    }
    Ok(Upright { page, quarters, lines })
}

fn is_standing(line: &RotatedRect) -> bool {
    line.height > STANDING * line.width
}

fn sureness_of(models: &Models, page: &Picture, lines: &[RotatedRect]) -> Result<f32, Error> {
    let mut sum = 0.0;
    for line in lines {
        sum += sureness(&models.letters(&page.line_image(line, Turn::None))?);
    }
    Ok(sum / lines.len().max(1) as f32)
}

/// What a line says, whichever way it runs.
fn read_line(models: &Models, page: &Picture, rect: RotatedRect) -> Result<Line, Error> {
    let turns: &[Turn] = match rect.height / rect.width.max(1.0) {
        ratio if ratio <= STANDING => &[Turn::None],
        ratio if ratio <= STANDING_LETTER => &[Turn::None, Turn::Down, Turn::Up],
        _ => &[Turn::Down, Turn::Up],
    };
    let mut best = Line { rect, turn: Turn::None, letters: vec![] };
    for &turn in turns {
        let letters = models.letters(&page.line_image(&rect, turn))?;
        if sureness(&letters) > sureness(&best.letters) {
            best = Line { rect, turn, letters };
        }
    }
    Ok(best)
}

/// The words of a line on the page as it came, before it was turned.
fn placed(line: &Line, page: &Picture, quarters: u8) -> Vec<Word> {
    let Line { rect, turn, letters } = line;
    let (sin, cos) = rect.angle.sin_cos();
    let ((along_x, along_y), length, across) = match turn {
        Turn::None => ((cos, sin), rect.width, rect.height),
        Turn::Down => ((-sin, cos), rect.height, rect.width),
        Turn::Up => ((sin, -cos), rect.height, rect.width),
    };
    let (wide, high) = (page.width as f32, page.height as f32);
    let word = |word: crate::letters::Word| {
        let from_middle = (f32::midpoint(word.from, word.to) - 0.5) * length;
        let (x, y) = (rect.x + along_x * from_middle, rect.y + along_y * from_middle);
        let (half, half_across) = ((word.to - word.from) / 2.0 * length, across / 2.0);
        let half_width = half * along_x.abs() + half_across * along_y.abs();
        let half_height = half * along_y.abs() + half_across * along_x.abs();
        let (x, y) = match quarters % 4 {
            1 => (high - y, x),
            2 => (wide - x, high - y),
            3 => (y, wide - x),
            _ => (x, y),
        };
        let (half_width, half_height) =
            if quarters % 2 == 1 { (half_height, half_width) } else { (half_width, half_height) };
        Word {
            text: word.text,
            left: (x - half_width) as i64,
            top: (y - half_height) as i64,
            width: (2.0 * half_width) as i64,
            height: (2.0 * half_height) as i64,
            sure: word.sure,
        }
    };
    words(letters).into_iter().map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two words, in the first and the last third of a line.
    fn line(angle: f32, turn: Turn) -> Line {
        let letter = |letter, at| Letter { letter, at, sure: 0.9 };
        let letters =
            vec![letter('a', 0.05), letter('b', 0.25), letter(' ', 0.5), letter('c', 0.75), letter('d', 0.95)];
        let (width, height) = if turn == Turn::None { (100.0, 20.0) } else { (20.0, 100.0) };
        Line { rect: RotatedRect { x: 200.0, y: 300.0, width, height, angle }, turn, letters }
    }

    /// The middles of the two words, on an upright page of 400 by 600 pixels.
    fn middles(line: &Line, quarters: u8) -> [(i64, i64); 2] {
        let page = Picture { width: 400, height: 600, grey: vec![255; 400 * 600] };
        let words = placed(line, &page, quarters);
        let [first, last] = &words[..] else { panic!("{words:?}") };
        [first, last].map(|word| (word.left + word.width / 2, word.top + word.height / 2))
    }

    #[test]
    fn a_word_is_where_it_is_on_the_page_as_it_came() {
        let lying = line(0.0, Turn::None);
        let near = |found: [(i64, i64); 2], expected: [(i64, i64); 2]| {
            let is_near = |(a, b): (&(i64, i64), &(i64, i64))| (a.0 - b.0).abs() <= 1 && (a.1 - b.1).abs() <= 1;
            assert!(found.iter().zip(&expected).all(is_near), "{found:?} {expected:?}");
        };
        near(middles(&lying, 0), [(167, 300), (232, 300)]);
        // It was turned against the clock to be read: its lines ran down, then from the right, then up.
        near(middles(&lying, 1), [(300, 167), (300, 232)]);
        near(middles(&lying, 2), [(232, 300), (167, 300)]);
        near(middles(&lying, 3), [(300, 232), (300, 167)]);
        near(middles(&line(0.2, Turn::None), 0), [(168, 293), (231, 306)]);
        near(middles(&line(0.0, Turn::Down), 0), [(200, 267), (200, 332)]);
        near(middles(&line(0.0, Turn::Up), 0), [(200, 332), (200, 267)]);
    }
}
