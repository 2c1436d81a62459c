//! The words of a page as they are kept: where each is seen on the page, whatever the picture it was read from.

use super::tsv::{PlacedWord, Read};
use model::{MAX_PAGE_WORDS, MAX_WORD_CHARACTERS, PageView, PageWord, PageWords};

/// What `read` says of the page, or nothing when it says nothing. `engine` read it.
pub(super) fn page_words(page: u32, view: &PageView, engine: &str, read: &Read) -> Option<PageWords> {
    let confidence = read.confidence?.clamp(0.0, 100.0);
    let words = read.words.iter().take(MAX_PAGE_WORDS).filter_map(|word| seen(view, word)).collect();
    let PageView { width, height, width_points, height_points, .. } = *view;
    Some(PageWords { page, width_points, height_points, width, height, engine: engine.into(), confidence, words })
}

fn seen(view: &PageView, placed: &PlacedWord) -> Option<PageWord> {
    let word = &placed.word;
    let (left, top) = (word.left as f64, word.top as f64);
    let (right, bottom) = (left + word.width as f64, top + word.height as f64);
    let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
    let mut seen = [(0.0, 0.0); 4];
    for (seen, corner) in seen.iter_mut().zip(corners) {
        *seen = view.seen(corner)?;
    }
    let least = |of: fn(&(f64, f64)) -> f64| seen.iter().map(of).fold(f64::MAX, f64::min);
    let most = |of: fn(&(f64, f64)) -> f64| seen.iter().map(of).fold(0.0, f64::max);
    let (left, top) = (least(|at| at.0).floor() as u32, least(|at| at.1).floor() as u32);
    let (right, bottom) = (most(|at| at.0).ceil() as u32, most(|at| at.1).ceil() as u32);
    let (left, top) = (left.min(view.width.saturating_sub(1)), top.min(view.height.saturating_sub(1)));
    Some(PageWord {
        text: word.text.chars().take(MAX_WORD_CHARACTERS).collect(),
        left,
        top,
        width: right.saturating_sub(left).max(1),
        height: bottom.saturating_sub(top).max(1),
        confidence: word.confidence.round().clamp(0.0, 100.0) as u8,
        line: placed.line,
        angle: angle_seen(&seen, placed.angle),
        is_divided: placed.is_divided,
    })
}

/// A page that was turned to be read is seen as it lies: by where the word's upper edge runs, to a quarter turn.
fn angle_seen(seen: &[(f64, f64); 4], angle: u16) -> u16 {
    let (across, down) = (seen[1].0 - seen[0].0, seen[1].1 - seen[0].1);
    let quarters = (down.atan2(across) / std::f64::consts::FRAC_PI_2).round() as i32;
    ((i32::from(angle) / 90 + quarters).rem_euclid(4) * 90) as u16
}

#[cfg(test)]
mod tests {
    use super::super::paragraphs::Word;
    use super::*;

    fn read(left: i64) -> Read {
        let word = Word { text: "word".into(), left, top: 20, width: 30, height: 10, confidence: 91.6 };
        let words = vec![PlacedWord { word, line: 3, angle: 0, is_divided: false }];
        Read { text: "word".into(), confidence: Some(91.6), words }
    }

    fn view(to_seen: Option<[f64; 9]>) -> PageView {
        PageView { width: 200, height: 100, width_points: 72.0, height_points: 36.0, to_seen }
    }

    #[test]
    fn a_word_is_kept_where_it_is_seen() {
        let words = page_words(2, &view(None), "tesseract", &read(10)).unwrap();
        let [word] = &words.words[..] else { panic!("{words:?}") };
        assert_eq!([word.left, word.top, word.width, word.height], [10, 20, 30, 10]);
        assert_eq!((word.confidence, word.line, word.angle, words.page), (92, 3, 0, 2));
        // Turned a quarter against the clock to be read: x and y change places.
        let turned =
            page_words(2, &view(Some([0.0, -1.0, 100.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0])), "x", &read(10)).unwrap();
        let word = &turned.words[0];
        assert_eq!([word.left, word.top, word.width, word.height, word.angle.into()], [70, 10, 10, 30, 90]);
    }

    #[test]
    fn a_word_beyond_the_page_is_kept_within_it_and_one_that_is_nowhere_is_not() {
        let words = page_words(1, &view(None), "tesseract", &read(100_000)).unwrap();
        assert_eq!((words.words[0].left, words.words[0].width), (199, 1));
        assert_eq!(page_words(1, &view(Some([0.0; 9])), "tesseract", &read(1)).unwrap().words, []);
        assert_eq!(page_words(1, &view(None), "tesseract", &Read::default()), None);
    }
}
