//! Cuts HTML into tags and text, a piece at a time.

/// A tag longer than this is not one; its rest is thrown away.
const LONGEST_TAG: usize = 64 << 10;
/// Text is given out in pieces of about this size.
const TEXT_PIECE: usize = 16 << 10;

/// What was cut off.
pub enum Token<'t> {
    /// The inside of a tag, without the angle brackets.
    Tag(&'t str),
    /// Text with its character references still in it.
    Text(&'t str),
}

/// The state between two pieces.
#[derive(Default)]
pub struct Tokens {
    inside: Inside,
    held: String,
    quote: Option<char>,
    /// The element whose content is not HTML, until its end tag.
    raw: Option<String>,
}

#[derive(Default, PartialEq, Clone, Copy)]
enum Inside {
    #[default]
    Text,
    /// After a `<`, when it is not yet known what begins.
    Open,
    Tag,
    Comment,
}

impl Tokens {
    /// Cuts the next piece and gives each token to `take`. An element that `take` names has raw text inside.
    pub fn push(&mut self, text: &str, mut take: impl FnMut(Token<'_>)) {
        for c in text.chars() {
            self.push_char(c, &mut take);
        }
    }

    /// Gives out what is left at the end.
    pub fn finish(&mut self, mut take: impl FnMut(Token<'_>)) {
        if self.inside == Inside::Text && self.raw.is_none() {
            take(Token::Text(&self.held));
        }
        self.held.clear();
    }

    fn push_char(&mut self, c: char, take: &mut impl FnMut(Token<'_>)) {
        match self.inside {
            Inside::Text if c == '<' => {
                if self.raw.is_none() && !self.held.is_empty() {
                    take(Token::Text(&self.held));
                }
                self.held.clear();
                self.inside = Inside::Open;
            }
            Inside::Text => {
                if self.raw.is_some() {
                    return;
                }
                self.held.push(c);
                // Not inside of a reference: those are short and have no spaces.
                if self.held.len() > TEXT_PIECE && c.is_whitespace() {
                    take(Token::Text(&self.held));
                    self.held.clear();
                }
            }
            Inside::Open if c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?') => {
                self.held.push(c);
                self.inside = Inside::Tag;
                self.quote = None;
            }
            Inside::Open => {
                self.inside = Inside::Text;
                self.held.push('<');
                self.push_char(c, take);
            }
            Inside::Comment => {
                self.held.push(c);
                if self.held.ends_with("-->") {
                    self.held.clear();
                    self.inside = Inside::Text;
                } else if self.held.len() > 64 {
                    // Only dashes at the end matter.
                    let dashes = self.held.len() - self.held.trim_end_matches('-').len();
                    self.held = "-".repeat(dashes.min(2));
                }
            }
            Inside::Tag => self.push_to_tag(c, take),
        }
    }

    fn push_to_tag(&mut self, c: char, take: &mut impl FnMut(Token<'_>)) {
        match (c, self.quote) {
            ('>', None) => {
                self.inside = Inside::Text;
                let tag = std::mem::take(&mut self.held);
                self.end_tag(&tag, take);
                return;
            }
            ('"' | '\'', None) if self.held.ends_with(['=', ' ']) => self.quote = Some(c),
            (c, Some(quote)) if c == quote => self.quote = None,
            _ => {}
        }
        if self.held.len() < LONGEST_TAG {
            self.held.push(c);
        }
        if self.held == "!--" {
            self.inside = Inside::Comment;
        }
    }

    fn end_tag(&mut self, tag: &str, take: &mut impl FnMut(Token<'_>)) {
        let name = name_of(tag);
        match &self.raw {
            Some(raw) if name.strip_prefix('/') != Some(raw) => return,
            Some(_) => self.raw = None,
            None => {}
        }
        if matches!(name.as_str(), "script" | "style" | "svg" | "noscript" | "template" | "textarea" | "iframe")
            && !tag.ends_with('/')
        {
            self.raw = Some(name);
            return;
        }
        take(Token::Tag(tag));
    }
}

/// The name of a tag in lower case, with the slash of an end tag.
pub fn name_of(tag: &str) -> String {
    let slash = tag.starts_with('/');
    let rest = tag.trim_start_matches('/');
    let end = rest.find(|c: char| c.is_whitespace() || c == '/' || c == '>').unwrap_or(rest.len());
    let name = rest[..end.min(32)].to_ascii_lowercase();
    if slash { format!("/{name}") } else { name }
}

/// The value of an attribute.
pub fn attribute(tag: &str, name: &str) -> Option<String> {
    let lower = tag.to_ascii_lowercase();
    let mut from = 0;
    while let Some(found) = lower[from..].find(name) {
        let at = from + found;
        from = at + name.len();
        let before = lower[..at].chars().next_back();
        let rest = tag[from..].trim_start();
        if before.is_some_and(char::is_whitespace)
            && let Some(value) = rest.strip_prefix('=')
        {
            let value = value.trim_start();
            let quoted = ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.split(*quote).next());
            let value = quoted.unwrap_or_else(|| value.split(char::is_whitespace).next().unwrap_or_default());
            return Some(super::entities::unescape(value));
        }
    }
    None
}
