//! The document's own table of contents: which titles stand on which page, and how deep they are.

use super::document_text;
use super::names::{Budget, find};
use crate::text::one_line;
use hayro_interpret::hayro_syntax::object::{
    Array, Dict, MaybeRef, Name, Object, ObjectIdentifier, String as PdfString,
};
use hayro_interpret::hayro_syntax::page::Page;
use std::collections::{HashMap, HashSet};
use unicode_normalization::UnicodeNormalization;

/// Titles that are kept; a dictionary's outline has 10,000.
const MAX: usize = 20_000;

/// Titles by page, and whether there are any.
#[derive(Default)]
pub struct Outline(HashMap<usize, Vec<Title>>);

struct Title {
    key: String,
    level: usize,
}

impl Outline {
    /// The outline of a document with this catalog.
    pub fn read<'a>(catalog: &Dict<'a>, pages: &[Page<'a>]) -> Self {
        let mut outline = Self::default();
        let Some(root) = catalog.get::<Dict<'_>>(b"Outlines") else { return outline };
        let mut targets = Targets {
            pages: pages.iter().enumerate().filter_map(|(index, page)| Some((page.raw().obj_id()?, index))).collect(),
            named: catalog.get::<Dict<'_>>(b"Dests"),
            tree: catalog.get::<Dict<'_>>(b"Names").and_then(|names| names.get::<Dict<'_>>(b"Dests")),
            budget: Budget::default(),
        };
        let mut seen: HashSet<ObjectIdentifier> = HashSet::new();
        let mut open = vec![(root.get::<Dict<'_>>(b"First"), 1)];
        while let Some((node, level)) = open.pop() {
            let Some(node) = node else { continue };
            // An item is always an object of its own; one met twice closes a circle.
            if !node.obj_id().is_some_and(|id| seen.insert(id)) || seen.len() > MAX {
                continue;
            }
            open.push((node.get::<Dict<'_>>(b"Next"), level));
            open.push((node.get::<Dict<'_>>(b"First"), (level + 1).min(6)));
            let title = node.get::<PdfString<'_>>(b"Title").and_then(|title| document_text(title.as_bytes()));
            let key = title.and_then(|title| one_line(&title)).map(|title| key(&title)).unwrap_or_default();
            if !key.is_empty()
                && let Some(page) = targets.page_of(&node)
            {
                outline.0.entry(page).or_default().push(Title { key, level });
            }
        }
        outline
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// True when titles stand on this page.
    pub fn is_on(&self, page: usize) -> bool {
        self.0.contains_key(&page)
    }

    /// How deep the heading is that these words of a page are, if they are one. The number before them, or the word
    /// for a chapter with its number, may be missing in the outline.
    pub fn level(&self, page: usize, words: &str) -> Option<usize> {
        let titles = self.0.get(&page)?;
        // What is left of a formula above the title is not part of it.
        if !words.starts_with(|c: char| c.is_alphanumeric() || "([„“‘«\"'¿¡§".contains(c)) {
            return None;
        }
        let is = |words: &str| {
            let words = key(words);
            titles.iter().find(|title| title.key == words).map(|title| title.level)
        };
        is(words).or_else(|| {
            let (first, rest) = words.trim_start().split_once(char::is_whitespace)?;
            if is_number(first) {
                return is(rest);
            }
            let (second, rest) = rest.trim_start().split_once(char::is_whitespace)?;
            (first.chars().all(char::is_alphabetic) && is_number(second)).then(|| is(rest)).flatten()
        })
    }
}

/// `2`, `2.1`, `A.`, `IV`, `(c)`.
fn is_number(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    word.len() <= 10
        && (word.contains(char::is_numeric) || word.len() == 1 || word.chars().all(|c| "IVXLC".contains(c)))
}

/// What two spellings of one title have in common: their letters and digits. Running heads are often in capitals.
fn key(title: &str) -> String {
    title.nfkc().filter(|c| c.is_alphanumeric()).collect()
}

/// Where the items of an outline lead to.
struct Targets<'a> {
    pages: HashMap<ObjectIdentifier, usize>,
    /// Destinations by name, as PDF 1.1 had them.
    named: Option<Dict<'a>>,
    tree: Option<Dict<'a>>,
    budget: Budget,
}

impl<'a> Targets<'a> {
    fn page_of(&mut self, node: &Dict<'a>) -> Option<usize> {
        let target = node.get::<Object<'_>>(b"Dest").or_else(|| {
            let action = node.get::<Dict<'_>>(b"A")?;
            let leads_here = &*action.get::<Name<'_>>(b"S")? == b"GoTo";
            leads_here.then(|| action.get::<Object<'_>>(b"D")).flatten()
        })?;
        let target = match target {
            Object::Name(name) => self.named.as_ref()?.get::<Object<'_>>(&*name)?,
            Object::String(name) => find(self.tree.as_ref()?, name.as_bytes(), &mut self.budget)?,
            target => target,
        };
        let destination = match target {
            Object::Dict(destination) => destination.get::<Array<'_>>(b"D")?,
            target => target.into_array()?,
        };
        match destination.raw_iter().next()? {
            MaybeRef::Ref(page) => self.pages.get(&page.into()).copied(),
            MaybeRef::NotRef(number) => usize::try_from(number.into_i32()?).ok(),
        }
    }
}
