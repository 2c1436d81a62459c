//! A page: turned upright, its lines found and read, its words in reading order.

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
    /// Its left edge on the page turned upright, in pixels, as the rest.
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
    let (page, found) = upright(models, page)?;
    let mut lines: Vec<(RotatedRect, Vec<Letter>)> = vec![];
    for line in found {
        let letters = read_line(models, &page, &line)?;
        if sureness(&letters) >= SURE {
            lines.push((line, letters));
        }
    }
    let rects: Vec<RotatedRect> = lines.iter().map(|(rect, _)| *rect).collect();
    let words_of = |number: &usize| placed(&lines[*number]);
    let row = |row: &layout::Row| row.iter().flat_map(words_of).collect();
    Ok(layout::paragraphs(&rects).iter().map(|paragraph| paragraph.iter().map(row).collect()).collect())
}

/// The page the right way up, and where its lines are then.
fn upright(models: &Models, page: &Picture) -> Result<(Picture, Vec<RotatedRect>), Error> {
    let mut page = page.clone();
    let mut lines = models.lines(&page)?;
    let (standing, lying): (Vec<_>, Vec<_>) = lines.iter().partition(|line| is_standing(line));
    let length = |lines: Vec<&RotatedRect>| lines.iter().map(|line| line.width.max(line.height)).sum::<f32>();
    if length(standing) > length(lying) {
        page = page.turned(1);
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
        }
    }
    Ok((page, lines))
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
fn read_line(models: &Models, page: &Picture, line: &RotatedRect) -> Result<Vec<Letter>, Error> {
    let turns: &[Turn] = match line.height / line.width.max(1.0) {
        ratio if ratio <= STANDING => &[Turn::None],
        ratio if ratio <= STANDING_LETTER => &[Turn::None, Turn::Down, Turn::Up],
        _ => &[Turn::Down, Turn::Up],
    };
    let mut best = vec![];
    for &turn in turns {
        let letters = models.letters(&page.line_image(line, turn))?;
        if sureness(&letters) > sureness(&best) {
            best = letters;
        }
    }
    Ok(best)
}

/// The words of a line on the page. Of a slanted line each is as high as it, and at its middle's height.
fn placed((line, letters): &(RotatedRect, Vec<Letter>)) -> Vec<Word> {
    let (left, top) = (line.x - line.width / 2.0, line.y - line.height / 2.0);
    let word = |word: crate::letters::Word| Word {
        text: word.text,
        left: (left + word.from * line.width) as i64,
        top: top as i64,
        width: ((word.to - word.from) * line.width) as i64,
        height: line.height as i64,
        sure: word.sure,
    };
    words(letters).into_iter().map(word).collect()
}
