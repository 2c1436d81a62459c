//! What a search finds, put in an order: files by their best page, their name and their title.

use crate::error::Error;
use crate::state::AppState;
use db::search::{FoundName, FoundPage, Names, Scope, Words};
use model::ContentHash;
use search::{Language, Matcher, Query};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Pages of a file that are shown.
const MOST_PAGES: usize = 3;
/// What a page counts that has a part of the words, where one that has all of them is 1.
const SPREAD: f32 = 0.3;
/// Files are counted up to here.
pub const MOST_COUNTED: usize = 1_000;

/// Where to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Where {
    /// In the words of pages.
    pub text: bool,
    /// In names.
    pub name: bool,
    /// In titles and authors that documents say.
    pub meta: bool,
}

/// All that was found, the best first.
#[derive(Debug, Default)]
pub struct Hits {
    /// The files.
    pub hits: Vec<Hit>,
    /// How many files there are, at most [`MOST_COUNTED`].
    pub total: usize,
    /// There are no more.
    pub is_exact: bool,
}

/// A file that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The file.
    pub id: Uuid,
    /// The higher, the better it answers.
    pub rank: f32,
    /// Its name has the words.
    pub is_named: bool,
    /// Its title or author has.
    pub is_titled: bool,
    /// Its best pages, the best first.
    pub pages: Vec<PageHit>,
    /// How many pages have the words.
    pub page_count: u64,
}

/// A page that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct PageHit {
    /// Its content.
    pub hash: ContentHash,
    /// The language most of its text is in.
    pub language: Option<String>,
    /// Counted from 1.
    pub page: u32,
    /// Where it begins in the text's file, in bytes.
    pub start_byte: u64,
    /// How long it is there, in bytes.
    pub size_bytes: u64,
    score: f32,
}

/// Where a list of what was found goes on: after the file of that rank and id.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Position {
    /// The bits of the rank.
    rank: u32,
    id: Uuid,
}

/// Looks for the files. Everything that is found is decided by statements that ask for the person's rights.
pub async fn find(state: &AppState, query: &Query, scope: &Scope<'_>, places: Where) -> Result<Hits, Error> {
    let language = scope.language.and_then(Language::tagged);
    let mut files = Files::default();
    let mut tx = db::begin(&state.database).await?;
    db::search::prepare(&mut tx).await?;
    if places.text {
        let conditions = query.conditions(language);
        let words = Words {
            tsquery: &conditions.tsquery,
            phrases: &conditions.phrases,
            excluded_phrases: &conditions.excluded_phrases,
        };
        let found = db::search::pages(&mut tx, scope, &words).await?;
        files.is_exact = found.is_all && conditions.is_exact;
        let matcher = Matcher::new(query, language);
        let score = |words: &str| matcher.score(words);
        files.add_pages(score, found.pages);
        if conditions.is_exact {
            files.ids.extend(found.file_ids);
        }
        // No page has all of the words. A file may have them on several.
        let alone: Vec<&str> = conditions.alone.iter().map(String::as_str).collect();
        if files.hits.is_empty() && !alone.is_empty() {
            let found = db::search::spread(&mut tx, scope, &alone).await?;
            files.is_exact = found.is_all;
            files.add_pages(|words| Some(SPREAD * matcher.score_part(words)), found.pages);
            files.ids.extend(found.file_ids);
        }
    }
    let patterns = query.name_patterns();
    let names = Names { all: &patterns.all, none: patterns.none.as_deref() };
    if places.name {
        let found = db::search::names(&mut tx, scope, &names).await?;
        files.add_names(&found, 2.0, |hit| hit.is_named = true);
    }
    if places.meta {
        let found = db::search::titles(&mut tx, scope, &names).await?;
        files.add_names(&found, 1.0, |hit| hit.is_titled = true);
    }
    tx.commit().await?;
    Ok(files.into_hits())
}

impl Hits {
    /// Those after a position, or from the beginning.
    pub fn after(&self, position: Option<Position>) -> &[Hit] {
        let Some(position) = position else { return &self.hits };
        let rank = f32::from_bits(position.rank);
        let is_before = |hit: &Hit| order((hit.rank, hit.id), (rank, position.id)) != Ordering::Greater;
        &self.hits[self.hits.partition_point(is_before)..]
    }
}

impl Hit {
    fn new(id: Uuid) -> Self {
        Self { id, rank: 0.0, is_named: false, is_titled: false, pages: vec![], page_count: 0 }
    }

    /// Where a list goes on after this file.
    pub fn position(&self) -> Position {
        Position { rank: self.rank.to_bits(), id: self.id }
    }
}

/// The best first, and a total order.
fn order(one: (f32, Uuid), other: (f32, Uuid)) -> Ordering {
    other.0.total_cmp(&one.0).then(one.1.cmp(&other.1))
}

/// Files as they are found, one way after the other.
struct Files {
    hits: HashMap<Uuid, Hit>,
    /// All that were counted, also those that are not among the hits.
    ids: HashSet<Uuid>,
    is_exact: bool,
}

impl Default for Files {
    fn default() -> Self {
        Self { hits: HashMap::new(), ids: HashSet::new(), is_exact: true }
    }
}

impl Files {
    fn hit(&mut self, id: Uuid) -> &mut Hit {
        self.ids.insert(id);
        self.hits.entry(id).or_insert_with(|| Hit::new(id))
    }

    fn add_pages(&mut self, score: impl Fn(&str) -> Option<f32>, found: Vec<FoundPage>) {
        let mut contents: HashMap<ContentHash, (Vec<Uuid>, u64, Vec<PageHit>)> = HashMap::new();
        for page in found {
            // Pages whose words were not told count as answers that are worse than all others.
            let score = page.words.as_deref().map_or(Some(0.0), &score);
            let Some(score) = score else { continue };
            let FoundPage { hash, language, file_ids, page, start_byte, size_bytes, pages, .. } = page;
            let hit = PageHit { hash: hash.clone(), language, page, start_byte, size_bytes, score };
            match contents.entry(hash) {
                Entry::Occupied(mut content) => content.get_mut().2.push(hit),
                Entry::Vacant(content) => {
                    content.insert((file_ids, pages, vec![hit]));
                }
            }
        }
        for (file_ids, page_count, mut pages) in contents.into_values() {
            pages.sort_by(|a, b| b.score.total_cmp(&a.score).then((a.page, a.start_byte).cmp(&(b.page, b.start_byte))));
            // Of a page in several pieces the best one.
            let mut seen = HashSet::new();
            pages.retain(|page| seen.insert(page.page));
            pages.truncate(MOST_PAGES);
            let best = pages.first().map_or(0.0, |page| page.score);
            for id in file_ids {
                let hit = self.hit(id);
                // A file that has it on many pages is about it, a little.
                hit.rank += best + 0.02 * (page_count as f32).ln();
                (hit.pages, hit.page_count) = (pages.clone(), page_count);
            }
        }
    }

    fn add_names(&mut self, found: &[FoundName], rank: f32, note: impl Fn(&mut Hit)) {
        self.is_exact &= found.len() < db::search::MOST_NAMES as usize;
        for name in found {
            let hit = self.hit(name.id);
            // The less else there is in the name, the better.
            hit.rank += rank + 10.0 / (10.0 + name.length as f32);
            note(hit);
        }
    }

    fn into_hits(self) -> Hits {
        let mut hits: Vec<Hit> = self.hits.into_values().collect();
        hits.sort_by(|a, b| order((a.rank, a.id), (b.rank, b.id)));
        let total = self.ids.len().min(MOST_COUNTED);
        Hits { hits, total, is_exact: self.is_exact && self.ids.len() <= MOST_COUNTED }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_goes_on_after_a_file_whatever_came_before_it() {
        let hit = |id: u128, rank| Hit { rank, ..Hit::new(Uuid::from_u128(id)) };
        let hits = Hits { hits: vec![hit(7, 2.0), hit(1, 0.5), hit(2, 0.5), hit(3, 0.1)], total: 4, is_exact: true };
        let ids = |position| hits.after(position).iter().map(|hit| hit.id.as_u128()).collect::<Vec<_>>();
        assert_eq!(ids(None), [7, 1, 2, 3]);
        assert_eq!(ids(Some(hits.hits[1].position())), [2, 3]);
        // One that has gone since.
        assert_eq!(ids(Some(hit(9, 0.7).position())), [1, 2, 3]);
        assert_eq!(ids(Some(hits.hits[3].position())), [0; 0]);
    }
}
