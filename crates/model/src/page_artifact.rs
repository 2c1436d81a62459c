//! What is made of a content's pages when somebody looks at them: pictures, the places of words, and how large the pages are.

use serde::{Deserialize, Serialize};

/// How wide pictures of pages are, in pixels: few, so that nobody fills a disk by asking for every width there is.
pub const PAGE_WIDTHS: [u32; 5] = [320, 800, 1200, 1600, 2400];

/// One artifact of a content's pages. It is kept in the cache, and made again when it is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "part", rename_all = "kebab-case")]
pub enum PageArtifact {
    /// A page as it is seen, on white paper: JPEG, `page-7-800.jpg`.
    Image {
        /// 1-based page number; a picture is page 1.
        page: u32,
        /// Pixels from left to right, one of [`PAGE_WIDTHS`]. Fewer where a picture has fewer or a page is very long.
        width: u32,
    },
    /// The words of a page that has text of its own, and where each is seen: JSON of [`PageWords`](crate::PageWords),
    /// `page-7-words.json`.
    Words {
        /// 1-based page number.
        page: u32,
    },
    /// How large each page is: a JSON array of [`PageSize`], `page-sizes.json`.
    Sizes,
}

/// How large a page is as it is seen, turned as it says.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PageSize {
    /// 1-based page number.
    pub page: u32,
    /// Width in points, 72 to an inch. A picture has 200 pixels to an inch.
    pub width_points: f32,
    /// Height in points.
    pub height_points: f32,
}

impl PageArtifact {
    /// The artifact's name.
    pub fn name(self) -> String {
        match self {
            Self::Image { page, width } => format!("page-{page}-{width}.jpg"),
            Self::Words { page } => format!("page-{page}-words.json"),
            Self::Sizes => "page-sizes.json".into(),
        }
    }

    /// The artifact of that name; none when it is not exactly a name that [`PageArtifact::name`] gives.
    pub fn named(name: &str) -> Option<Self> {
        if name == "page-sizes.json" {
            return Some(Self::Sizes);
        }
        let (page, what) = name.strip_prefix("page-")?.split_once('-')?;
        let page = page.parse().ok().filter(|page| *page > 0)?;
        let artifact = match what.strip_suffix(".jpg") {
            Some(width) => {
                let width = width.parse().ok().filter(|width| PAGE_WIDTHS.contains(width))?;
                Self::Image { page, width }
            }
            None => Self::Words { page },
        };
        // Numbers can be written in several ways, and artifacts have one name.
        (artifact.name() == name).then_some(artifact)
    }

    /// Media type of its bytes.
    pub fn mime(self) -> &'static str {
        match self {
            Self::Image { .. } => "image/jpeg",
            Self::Words { .. } | Self::Sizes => "application/json",
        }
    }

    /// The page it is of; none when it is of all.
    pub fn page(self) -> Option<u32> {
        match self {
            Self::Image { page, .. } | Self::Words { page } => Some(page),
            Self::Sizes => None,
        }
    }
}

/// The smallest of [`PAGE_WIDTHS`] that is at least so many pixels, or the largest there is.
pub fn page_width(at_least: u32) -> u32 {
    let [.., largest] = PAGE_WIDTHS;
    PAGE_WIDTHS.into_iter().find(|width| *width >= at_least).unwrap_or(largest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_artifact_of_a_page_has_one_name() {
        let all = [
            (PageArtifact::Image { page: 7, width: 800 }, "page-7-800.jpg"),
            (PageArtifact::Image { page: u32::MAX, width: 2400 }, "page-4294967295-2400.jpg"),
            (PageArtifact::Words { page: 12 }, "page-12-words.json"),
            (PageArtifact::Sizes, "page-sizes.json"),
        ];
        for (artifact, name) in all {
            assert_eq!((artifact.name().as_str(), PageArtifact::named(name)), (name, Some(artifact)));
        }
        for other in [
            "page-07-800.jpg",
            "page-+7-800.jpg",
            "page-0-800.jpg",
            "page-7-801.jpg",
            "page-7-800.png",
            "page-7-800.jpg.jpg",
            "page-7-words.jpg",
            "page-7",
            "page-4294967296-800.jpg",
            "page-sizes.jpg",
            "pages.json",
            "page.png",
        ] {
            assert_eq!(PageArtifact::named(other), None, "{other}");
        }
    }

    #[test]
    fn widths_are_rounded_up_to_one_there_is() {
        let widths = [0, 320, 321, 1200, 2400, u32::MAX].map(page_width);
        assert_eq!(widths, [320, 320, 800, 1200, 2400, 2400]);
    }
}
