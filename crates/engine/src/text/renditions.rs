//! A text in both of its renditions, plain and Markdown. Most of the time both say the same, and that is kept once. The plain text
//! leaves as it grows, so that a long text takes little memory.

use super::buffer::Buffer;

/// Bytes from which what both renditions say is not copied: below, a note of where it is would take as much.
const WORTH_SHARING: usize = 100;

/// Both renditions while they grow. Neither becomes longer than the limit.
pub struct Renditions {
    plain: Buffer,
    /// What the Markdown does not share.
    own: Buffer,
    shares: Vec<SharedSpan>,
    /// Where in the plain text began what both say, while both say it.
    both_from: Option<usize>,
    /// What was shared is cut for the length of the Markdown.
    cut: bool,
}

/// A part of the Markdown: `own` up to `own_end`, and after it `plain[from..to]`.
struct SharedSpan {
    own_end: usize,
    from: usize,
    to: usize,
}

/// Both renditions, finished.
pub struct Finished {
    /// What is left of the plain text.
    pub plain: String,
    /// One of the renditions was longer than the limit.
    pub cut: bool,
    own: String,
    shares: Vec<SharedSpan>,
}

/// A piece of the Markdown.
#[derive(Debug, Clone, Copy)]
pub enum Piece<'t> {
    /// What it says.
    Own(&'t str),
    /// What the plain text says from and to there.
    Shared(usize, usize),
}

impl Renditions {
    pub fn new(limit: usize) -> Self {
        let (plain, own) = (Buffer::new(limit), Buffer::new(limit));
        Self { plain, own, shares: vec![], both_from: None, cut: false }
    }

    /// True when more plain text would be cut.
    pub fn is_cut(&self) -> bool {
        self.plain.is_cut()
    }

    /// Bytes of the plain text so far.
    pub fn len(&self) -> usize {
        self.plain.len()
    }

    /// Bytes of the plain text that are held.
    pub fn held(&self) -> usize {
        self.plain.held()
    }

    /// What of the plain text is settled from that offset on. It will not change.
    pub fn settled_since(&self, offset: usize) -> &str {
        self.plain.settled_since(offset)
    }

    /// Gives what of the plain text is settled to `to`, and holds it no longer.
    pub fn hand_out(&mut self, to: impl FnOnce(&str)) {
        let held_from = self.plain.len() - self.plain.held();
        let mut end = held_from + self.plain.settled_since(held_from).len();
        if let Some(from) = self.both_from {
            // What goes can be shared, but no longer copied.
            if end - from >= WORTH_SHARING {
                self.share(from, end);
                self.both_from = Some(end);
            } else {
                end = from;
            }
        }
        to(&self.plain.settled_since(held_from)[..end - held_from]);
        self.plain.take(end);
    }

    /// Adds text to both renditions.
    pub fn push(&mut self, text: &str) {
        if self.both_from.is_none() {
            self.plain.end_sequence();
            self.own.end_sequence();
            self.both_from = Some(self.plain.len());
        }
        self.plain.push(text);
    }

    /// Adds text to the plain text.
    pub fn push_plain(&mut self, text: &str) {
        self.part();
        self.plain.push(text);
    }

    /// Adds text to the Markdown.
    pub fn push_markdown(&mut self, text: &str) {
        self.part();
        if !self.is_markdown_cut() {
            self.own.push(text);
        }
    }

    /// Adds to each rendition what its `push` would remove.
    pub fn push_raw(&mut self, plain: &str, markdown: &str) {
        self.part();
        self.plain.push_raw(plain);
        if !self.is_markdown_cut() {
            self.own.push_raw(markdown);
        }
    }

    /// What comes next does not combine with what was.
    pub fn end_sequence(&mut self) {
        self.part();
        self.plain.end_sequence();
        self.own.end_sequence();
    }

    pub fn finish(mut self) -> Finished {
        self.end_sequence();
        let cut = self.plain.is_cut() || self.is_markdown_cut();
        Finished { plain: self.plain.finish(), cut, own: self.own.finish(), shares: self.shares }
    }

    /// From here on the renditions differ.
    fn part(&mut self) {
        let Some(from) = self.both_from.take() else { return };
        self.plain.end_sequence();
        self.share(from, self.plain.len());
    }

    /// Adds to the Markdown what the plain text says from and to there, the last of it.
    fn share(&mut self, from: usize, to: usize) {
        if self.is_markdown_cut() {
            return;
        }
        let text = &self.plain.since(from)[..to - from];
        let own_end = self.own.len();
        let last = self.shares.last_mut().filter(|last| last.own_end == own_end && last.to == from);
        if last.is_none() && text.len() < WORTH_SHARING {
            return self.own.push_raw(text);
        }
        let fits = text.floor_char_boundary(text.len().min(self.own.room()));
        self.cut = fits < text.len();
        self.own.shrink_limit(fits);
        match last {
            Some(last) => last.to += fits,
            None => self.shares.push(SharedSpan { own_end, from, to: from + fits }),
        }
    }

    fn is_markdown_cut(&self) -> bool {
        self.cut || self.own.is_cut()
    }
}

impl Finished {
    /// The Markdown, piece by piece. Those that are shared come in the order of the plain text.
    pub fn markdown(&self) -> impl Iterator<Item = Piece<'_>> {
        let mut own_from = 0;
        let shared = self.shares.iter().flat_map(move |share| {
            let before = std::mem::replace(&mut own_from, share.own_end);
            [Piece::Own(&self.own[before..share.own_end]), Piece::Shared(share.from, share.to)]
        });
        shared.chain([Piece::Own(&self.own[self.shares.last().map_or(0, |last| last.own_end)..])])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    #[derive(Debug, Clone, Copy, PartialEq)]
    enum To {
        Both,
        Plain,
        Markdown,
    }

    /// Pieces of text of any length, with all that is cleaned, joined or normalised in them, and where they go.
    fn pieces() -> impl Strategy<Value = Vec<(To, String)>> {
        let to = prop::sample::select(vec![To::Both, To::Both, To::Plain, To::Markdown]);
        let part = prop::sample::select(vec![
            "plain words ",
            "e",
            "\u{301}",
            "\u{327}",
            "é",
            "\u{1100}\u{1161}",
            "\u{11a8}",
            "각",
            "क\u{93c}",
            "\r",
            "\n",
            "\0",
            "\u{85}",
            "\u{feff}",
            "東京",
            "\u{212b}",
        ]);
        prop::collection::vec((to, prop::collection::vec(part, 0..30).prop_map(|parts| parts.concat())), 0..12)
    }

    /// What is expected of one rendition: what was pushed without a change of where to, cleaned and normalised as a whole.
    fn expected(pieces: &[(To, String)], to: To) -> String {
        let runs = pieces.chunk_by(|one, other| one.0 == other.0).filter(|run| [To::Both, to].contains(&run[0].0));
        runs.map(|run| {
            let text: String = run.iter().map(|(_, text)| text.as_str()).collect();
            let text = text.replace("\r\n", "\n").replace(['\r', '\u{85}'], "\n").replace(['\0', '\u{feff}'], "");
            text.nfc().collect::<String>()
        })
        .collect()
    }

    /// Both renditions, when as much as `held` is held, and whether something was cut.
    fn renditions(pieces: &[(To, String)], limit: usize, held: usize) -> (String, String, bool) {
        let mut renditions = Renditions::new(limit);
        let mut plain = String::new();
        for (index, (to, text)) in pieces.iter().enumerate() {
            if index > 0 && pieces[index - 1].0 != *to {
                renditions.end_sequence();
            }
            match to {
                To::Both => renditions.push(text),
                To::Plain => renditions.push_plain(text),
                To::Markdown => renditions.push_markdown(text),
            }
            if renditions.held() > held {
                renditions.hand_out(|text| plain.push_str(text));
            }
        }
        let rest = renditions.finish();
        plain.push_str(&rest.plain);
        let markdown = rest.markdown().map(|piece| match piece {
            Piece::Own(text) => text,
            Piece::Shared(from, to) => &plain[from..to],
        });
        (plain.clone(), markdown.collect(), rest.cut)
    }

    proptest! {
        #[test]
        fn both_forms_are_what_was_pushed(pieces in pieces(), held in 0usize..300) {
            let (plain, markdown, cut) = renditions(&pieces, usize::MAX, held);
            prop_assert!(!cut);
            prop_assert_eq!(plain, expected(&pieces, To::Plain));
            prop_assert_eq!(markdown, expected(&pieces, To::Markdown));
        }

        #[test]
        fn neither_form_is_longer_than_the_limit(pieces in pieces(), limit in 0usize..500, held in 0usize..300) {
            let (plain, markdown, cut) = renditions(&pieces, limit, held);
            prop_assert!(plain.len() <= limit && markdown.len() <= limit);
            let whole = (expected(&pieces, To::Plain), expected(&pieces, To::Markdown));
            prop_assert!(cut || (plain, markdown) == whole);
        }
    }
}
