//! Bold, italic and code inside of a block: Markdown's marks, put where they are read as marks (CommonMark, sections 6.1 and 6.2).

use super::Inline;

/// The style of text, where Markdown has marks for it.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Emphasis {
    pub bold: bool,
    pub italic: bool,
    /// A program's word, and nothing else then.
    pub code: bool,
}

impl Emphasis {
    fn marks(self) -> &'static str {
        match (self.bold, self.italic) {
            _ if self.code => "`",
            (true, true) => "***",
            (true, false) => "**",
            (false, true) => "*",
            (false, false) => "",
        }
    }
}

/// The emphasised text that ended last: where in the Markdown its marks begin and end it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Marked {
    emphasis: Emphasis,
    start: usize,
    end: usize,
}

impl Inline {
    /// Adds text of that style. Pieces of one style have one pair of marks, and white space has none.
    pub fn push_styled(&mut self, text: &str, emphasis: Emphasis) {
        if emphasis == Emphasis::default() {
            return self.push(text);
        }
        let emphasis = if emphasis.code { Emphasis { code: true, ..Emphasis::default() } } else { emphasis };
        for line in text.split_inclusive('\n') {
            self.push_styled_line(line, emphasis);
        }
    }

    /// Adds text in which white space is one space, as in HTML and OpenDocument (1.3, part 3, section 6.1.2).
    pub fn push_folded(&mut self, text: &str, emphasis: Emphasis) {
        let mut folded = String::with_capacity(text.len());
        let mut after_space = self.plain().is_empty() || self.plain().ends_with([' ', '\n']);
        for c in text.chars() {
            let is_space = matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}');
            if !(is_space && after_space) {
                folded.push(if is_space { ' ' } else { c });
            }
            after_space = is_space;
        }
        self.push_styled(&folded, emphasis);
    }

    fn push_styled_line(&mut self, text: &str, emphasis: Emphasis) {
        let bare = text.trim();
        // A mark inside of code would end it.
        if bare.is_empty() || emphasis.code && bare.contains('`') {
            return self.push(text);
        }
        let joined = self.marked.filter(|last| last.emphasis == emphasis && self.is_gap_after(last));
        if joined.is_none() {
            self.close_marks(bare);
        }
        self.marked = None;
        let marks = emphasis.marks();
        let (before, after) = (text.len() - text.trim_start().len(), text.trim_end().len());
        let markdown = self.own_markdown();
        let (start, from) = match joined {
            Some(last) => {
                markdown.replace_range(last.end..last.end + marks.len(), "");
                (last.start, 0)
            }
            None => {
                markdown.push_str(&text[..before]);
                let from = before + if emphasis.code { 0 } else { opens_at(markdown, bare) };
                markdown.push_str(&text[before..from]);
                (markdown.len(), from)
            }
        };
        if from < after {
            markdown.push_str(if joined.is_none() { marks } else { "" });
            markdown.push_str(&text[from..after]);
            let end = markdown.len();
            markdown.push_str(marks);
            self.marked = Some(Marked { emphasis, start, end });
        }
        self.own_markdown().push_str(&text[after..]);
        self.push_plain(text);
    }

    /// Nothing but white space came since, and no line ended. Between two pieces of code, nothing at all.
    fn is_gap_after(&self, last: &Marked) -> bool {
        let gap = self.markdown().get(last.end + last.emphasis.marks().len()..).unwrap_or_default();
        gap.chars().all(|c| c.is_whitespace() && c != '\n' && !last.emphasis.code)
    }

    /// Marks between a sign and a letter end nothing: `**Name:**Ann`. So they go before the sign.
    pub(super) fn close_marks(&mut self, next: &str) {
        let Some(last) = self.marked else { return };
        if next.starts_with(char::is_whitespace) || next.is_empty() {
            return;
        }
        self.marked = None;
        let marks = last.emphasis.marks();
        let markdown = self.own_markdown();
        if last.emphasis.code || !next.starts_with(char::is_alphanumeric) || markdown.len() != last.end + marks.len() {
            return;
        }
        let text = last.start + marks.len();
        let signs = markdown[text..last.end].trim_end_matches(|c: char| !c.is_alphanumeric()).len() + text;
        if signs < last.end {
            let rest = markdown[signs..last.end].to_owned();
            markdown.truncate(if signs == text { last.start } else { signs });
            markdown.push_str(if signs == text { "" } else { marks });
            markdown.push_str(&rest);
        }
    }
}

/// Marks between a letter and a sign begin nothing either: they go after the sign.
fn opens_at(markdown: &str, text: &str) -> usize {
    match markdown.trim_end_matches('*').ends_with(char::is_alphanumeric) {
        true => text.find(char::is_alphanumeric).unwrap_or(text.len()),
        false => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Parser, Tag, TagEnd};

    fn emphasis(marks: &str) -> Emphasis {
        Emphasis { bold: marks.contains('b'), italic: marks.contains('i'), code: marks.contains('c') }
    }

    fn inline(pieces: &[(&str, &str)]) -> Inline {
        let mut inline = Inline::default();
        pieces.iter().for_each(|(text, marks)| inline.push_styled(text, emphasis(marks)));
        inline
    }

    #[track_caller]
    fn check(pieces: &[(&str, &str)], markdown: &str) {
        assert_eq!(inline(pieces).markdown(), markdown);
    }

    #[test]
    fn marks_stand_where_they_are_read() {
        check(&[("a ", ""), ("bold ", "b"), ("c", "")], "a **bold** c");
        check(&[("one ", "b"), (" ", ""), ("two", "b")], "**one  two**");
        check(&[("one", "b"), ("\n", ""), ("two", "b")], "**one**\n**two**");
        check(&[("bold ", "b"), ("both", "bi"), ("italic", "i")], "**bold** ***both****italic*");
        check(&[("Name:", "b"), ("Ann", "")], "**Name**:Ann");
        check(&[("word", ""), ("(s)", "i")], "word(*s)*");
        check(&[("…", "b"), ("and", "")], "…and");
        check(&[("a", ""), ("!", "b"), ("b", "")], "a!b");
        check(&[("call", ""), ("f()", "c"), ("now", "")], "call`f()`now");
        check(&[("a", "c"), ("b", "bc"), (" ", ""), ("c", "c")], "`ab` `c`");
        check(&[("a", "c"), ("b", "c"), (" ", ""), ("x`y", "c")], "`ab` x`y");
    }

    #[test]
    fn a_link_in_bold_keeps_its_words() {
        let mut text = inline(&[("see ", "b")]);
        let start = text.link_start();
        text.push_styled("here", emphasis("b"));
        text.end_link(start, "https://example.org/");
        text.push_styled(" now", emphasis("b"));
        assert_eq!(text.markdown(), "**see** [**here**](https://example.org/) **now**");
    }

    /// Words and how a reader of Markdown sees them styled: `b`, `i`, both, `c` or none at each letter.
    fn read(markdown: &str) -> String {
        let (mut bold, mut italic, mut seen) = (0, 0, String::new());
        for event in Parser::new(markdown) {
            match event {
                Event::Start(Tag::Strong) => bold += 1,
                Event::End(TagEnd::Strong) => bold -= 1,
                Event::Start(Tag::Emphasis) => italic += 1,
                Event::End(TagEnd::Emphasis) => italic -= 1,
                Event::Text(text) => text.chars().filter(|c| c.is_alphanumeric()).for_each(|c| {
                    seen.push(c);
                    seen.extend((bold > 0).then_some('B').into_iter().chain((italic > 0).then_some('I')));
                }),
                Event::Code(text) => text.chars().filter(|c| c.is_alphanumeric()).for_each(|c| seen.extend([c, 'C'])),
                _ => {}
            }
        }
        seen
    }

    proptest! {
        /// Whatever comes beside each other, every letter is read as it was styled. (Three kinds without a space, `**a*****b****c*`,
        /// are more than Markdown can tell apart.)
        #[test]
        fn letters_are_read_as_they_were_set(
            pieces in prop::collection::vec((prop::sample::select(vec!["word", " ", "a b", ":", " (x)", "end. ", "«q»", ", "]),
                prop::sample::select(vec!["", "b", "i", "c"])), 1..8)
        ) {
            let expected: String = pieces.iter().flat_map(|(text, marks)| {
                text.chars().filter(|c| c.is_alphanumeric()).map(move |c| format!("{c}{}", marks.to_uppercase()))
            }).collect();
            let text = inline(&pieces);
            // Blocks are written without space around them.
            prop_assert_eq!(read(text.markdown().trim()), expected, "{}", text.markdown());
            prop_assert_eq!(text.plain(), pieces.iter().map(|(text, _)| *text).collect::<String>());
        }
    }
}
