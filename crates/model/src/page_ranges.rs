//! Pages of a document that somebody chooses.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// Ranges of one choice.
const MAX_RANGES: usize = 100;

/// Pages by their numbers, as in `3-5,9`: one or more ranges, counted from 1, joined by commas.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PageRanges(Vec<(u32, u32)>);

/// That is no choice of pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadPageRanges;

impl PageRanges {
    /// True of a page that is chosen.
    pub fn contains(&self, page: u32) -> bool {
        self.0.iter().any(|&(first, last)| (first..=last).contains(&page))
    }

    /// From the first page that is chosen to the last; between them there may be others.
    pub fn span(&self) -> RangeInclusive<u32> {
        let first = self.0.iter().map(|&(first, _)| first).min().unwrap_or(1);
        let last = self.0.iter().map(|&(_, last)| last).max().unwrap_or(u32::MAX);
        first..=last
    }
}

impl FromStr for PageRanges {
    type Err = BadPageRanges;

    fn from_str(text: &str) -> Result<Self, BadPageRanges> {
        let number = |text: &str| text.trim().parse::<u32>().ok().filter(|&page| page > 0).ok_or(BadPageRanges);
        let range = |text: &str| {
            let (first, last) = text.split_once('-').unwrap_or((text, text));
            let (first, last) = (number(first)?, number(last)?);
            if first <= last { Ok((first, last)) } else { Err(BadPageRanges) }
        };
        let ranges = text.split(',').take(MAX_RANGES + 1).map(range).collect::<Result<Vec<_>, _>>()?;
        if ranges.len() > MAX_RANGES { Err(BadPageRanges) } else { Ok(Self(ranges)) }
    }
}

impl fmt::Display for PageRanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (first, last)) in self.0.iter().enumerate() {
            let comma = if at > 0 { "," } else { "" };
            if first == last { write!(f, "{comma}{first}")? } else { write!(f, "{comma}{first}-{last}")? }
        }
        Ok(())
    }
}

impl TryFrom<String> for PageRanges {
    type Error = BadPageRanges;

    fn try_from(text: String) -> Result<Self, BadPageRanges> {
        text.parse()
    }
}

impl From<PageRanges> for String {
    fn from(ranges: PageRanges) -> Self {
        ranges.to_string()
    }
}

impl fmt::Display for BadPageRanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pages are chosen as in 3-5,9: counted from 1, in at most {MAX_RANGES} ranges")
    }
}

impl std::error::Error for BadPageRanges {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_chosen_by_ranges_and_nothing_else() {
        let ranges: PageRanges = "3-5, 9".parse().unwrap();
        assert_eq!((1..=10).filter(|page| ranges.contains(*page)).collect::<Vec<_>>(), [3, 4, 5, 9]);
        assert_eq!(ranges.span(), 3..=9);
        assert_eq!(ranges.to_string().parse(), Ok(ranges));
        for wrong in ["", "0", "5-3", "a", "1-", "-1", "1,,2", &vec!["1"; MAX_RANGES + 1].join(",")] {
            assert_eq!(wrong.parse::<PageRanges>(), Err(BadPageRanges), "{wrong:?}");
        }
    }
}
