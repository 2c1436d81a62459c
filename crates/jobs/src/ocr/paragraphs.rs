//! Lines of a paragraph as running text: where a line ended only because the next word had no room, it goes on.

/// One word and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) left: i64,
    pub(super) top: i64,
    pub(super) width: i64,
    pub(super) height: i64,
    /// How sure the engine is of it, 0 to 100.
    pub(super) confidence: f32,
}

/// Words of one line, in the order they are read.
#[derive(Debug, Default)]
pub(super) struct Line {
    pub(super) words: Vec<Word>,
    /// Its last word goes on in the next line, without its hyphen.
    pub(super) is_divided: bool,
}

/// Lines that belong together.
#[derive(Debug, Default)]
pub(super) struct Paragraph {
    pub(super) lines: Vec<Line>,
}

/// Which way the lines run: pages may lie on their side or their head.
#[derive(Debug, Clone, Copy)]
enum Direction {
    Right,
    Left,
    Down,
    Up,
}

impl Direction {
    /// That of the line with the most words.
    fn of(paragraph: &Paragraph) -> Self {
        let longest = paragraph.lines.iter().map(|line| &line.words).max_by_key(|words| words.len());
        let ends = longest.and_then(|words| Some((words.first()?, words.last()?)));
        let Some((first, last)) = ends else { return Self::Right };
        let (across, down) = (last.left - first.left, last.top - first.top);
        match (across.abs() >= down.abs(), across >= 0, down >= 0) {
            (true, true, _) => Self::Right,
            (true, false, _) => Self::Left,
            (false, _, true) => Self::Down,
            (false, _, false) => Self::Up,
        }
    }

    /// How far it is turned clockwise from running to the right, in degrees.
    fn angle(self) -> u16 {
        match self {
            Self::Right => 0,
            Self::Down => 90,
            Self::Left => 180,
            Self::Up => 270,
        }
    }

    /// Where a word begins and ends along its line.
    fn along(self, word: &Word) -> (i64, i64) {
        match self {
            Self::Right => (word.left, word.left + word.width),
            Self::Left => (-(word.left + word.width), -word.left),
            Self::Down => (word.top, word.top + word.height),
            Self::Up => (-(word.top + word.height), -word.top),
        }
    }
}

/// How far the paragraph's lines are turned clockwise, in degrees.
pub(super) fn angle_of(paragraph: &Paragraph) -> u16 {
    Direction::of(paragraph).angle()
}

/// The paragraph's text. Lines whose last word is divided are marked.
pub(super) fn text_of(paragraph: &mut Paragraph) -> String {
    let direction = Direction::of(paragraph);
    let end = |line: &Line| line.words.last().map_or(0, |word| direction.along(word).1);
    let edge = paragraph.lines.iter().map(end).max().unwrap_or_default();
    let mut text = String::new();
    let mut last: Option<&mut Line> = None;
    for line in &mut paragraph.lines {
        if let Some(last) = last {
            let next = line.words.first().map_or(0, |word| {
                let (start, end) = direction.along(word);
                end - start
            });
            last.is_divided = join(&mut text, edge - end(last) <= next, line);
        }
        for (number, word) in line.words.iter().enumerate() {
            if number > 0 {
                space(&mut text, &word.text);
            }
            text.push_str(&word.text);
        }
        last = Some(line);
    }
    text
}

/// What stands between the text so far and the next line. A hyphen at a full line's end belongs to the break when a small
/// letter follows: true then.
fn join(text: &mut String, is_full: bool, next: &Line) -> bool {
    let small = next.words.first().is_some_and(|word| word.text.starts_with(char::is_lowercase));
    match (is_full, text.strip_suffix('-')) {
        (true, Some(before)) if small && before.ends_with(char::is_alphabetic) => {
            text.truncate(before.len());
            return true;
        }
        (true, _) => space(text, next.words.first().map_or("", |word| &word.text)),
        (false, _) => text.push('\n'),
    }
    false
}

/// A space before the next word, unless one of them is of a script that has none.
fn space(text: &mut String, next: &str) {
    let spaceless = |letter: Option<char>| letter.is_some_and(model::is_spaceless);
    if !spaceless(text.chars().next_back()) && !spaceless(next.chars().next()) {
        text.push(' ');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Left, top, width and height of a word on that line between those edges.
    type Place = fn(usize, i64, i64) -> [i64; 4];

    /// Lines of words given by their left and right edges.
    fn text(lines: &[&[(&str, i64, i64)]], place: Place) -> String {
        let line = |(number, words): (usize, &&[(&str, i64, i64)])| Line {
            words: words
                .iter()
                .map(|&(text, start, end)| {
                    let [left, top, width, height] = place(number, start, end);
                    Word { text: text.into(), left, top, width, height, confidence: 90.0 }
                })
                .collect(),
            is_divided: false,
        };
        text_of(&mut Paragraph { lines: lines.iter().enumerate().map(line).collect() })
    }

    const UPRIGHT: Place = |line, start, end| [start, line as i64 * 20, end - start, 10];

    #[test]
    fn a_full_line_goes_on_and_a_short_one_ends() {
        let lines: &[&[(&str, i64, i64)]] =
            &[&[("Long", 0, 40), ("words", 50, 95)], &[("follow", 0, 50)], &[("each", 0, 40), ("other.", 50, 100)]];
        assert_eq!(text(lines, UPRIGHT), "Long words follow\neach other.");
        let address: &[&[(&str, i64, i64)]] =
            &[&[("Ada", 0, 30)], &[("Main", 0, 40), ("Street", 50, 110)], &[("4", 0, 10)]];
        assert_eq!(text(address, UPRIGHT), "Ada\nMain Street 4", "the longest line looks full");
    }

    #[test]
    fn a_divided_word_is_whole_again() {
        let lines: &[&[(&str, i64, i64)]] =
            &[&[("one", 0, 30), ("exam-", 50, 100)], &[("ple", 0, 30), ("Bo-", 60, 98)], &[("Peep", 0, 40)]];
        assert_eq!(text(lines, UPRIGHT), "one example Bo- Peep");
    }

    #[test]
    fn scripts_without_spaces_get_none() {
        let lines: &[&[(&str, i64, i64)]] = &[
            &[("本", 0, 10), ("文", 10, 20), ("「", 20, 30), ("2026", 30, 70), ("年", 70, 80), ("」", 80, 100)],
            &[("語", 0, 10), ("two", 10, 50), ("words", 60, 90)],
        ];
        assert_eq!(text(lines, UPRIGHT), "本文「2026年」語two words");
    }

    #[test]
    fn a_page_on_its_side_or_head_reads_the_same() {
        let lines: &[&[(&str, i64, i64)]] =
            &[&[("Long", 0, 40), ("words", 50, 95)], &[("follow", 0, 60), ("on", 70, 90)]];
        let places: [Place; 4] = [
            UPRIGHT,
            |line, start, end| [500 - end, 500 - line as i64 * 20, end - start, 10],
            |line, start, end| [500 - line as i64 * 20, start, 10, end - start],
            |line, start, end| [line as i64 * 20, 500 - end, 10, end - start],
        ];
        for place in places {
            assert_eq!(text(lines, place), "Long words follow on");
        }
    }
}
