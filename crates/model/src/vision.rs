//! What companies' models make of a picture: how many tokens it counts as, and the largest they take.
//!
//! The numbers are from the companies' own pages and change with their models, so that each row carries its source and date.

use serde::Serialize;

/// A family of models that count pictures alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VisionModels {
    /// The family's name, a stable key of the API.
    pub family: &'static str,
    /// As of when the rule is known to hold.
    pub as_of: &'static str,
    /// The company's page that states it.
    pub source: &'static str,
    rule: Rule,
}

/// How a family counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// So many tokens to begin with and so many for each tile of 512 pixels, of the picture fitted into 2048 pixels and
    /// then to a short side of 768.
    Tiles512 { base: u32, tile: u32 },
    /// One for each patch of 28 pixels a side, of the picture made smaller until it has at most that long side and that many
    /// patches.
    Patches28 { long_side: u32, most: u32 },
    /// So many for a picture of at most 384 pixels a side, and for each tile of a larger one. A tile's side is the short
    /// side divided by 1.5, and 256 to 768 pixels.
    TilesOfShortSide { tile: u32 },
    /// As many for every picture.
    Fixed { tokens: u32 },
}

/// Every family there is an estimate for.
pub static VISION_MODELS: [VisionModels; 6] = [
    VisionModels {
        family: "claude",
        as_of: "2026-09-27",
        source: CLAUDE,
        rule: Rule::Patches28 { long_side: 1568, most: 1568 },
    },
    // From 4.7 on, larger pictures are seen as they are.
    VisionModels {
        family: "claude-4.7",
        as_of: "2026-09-27",
        source: CLAUDE,
        rule: Rule::Patches28 { long_side: 2576, most: 4784 },
    },
    VisionModels {
        family: "gemini",
        as_of: "2025-10-01",
        source: "https://ai.google.dev/gemini-api/docs/image-understanding",
        rule: Rule::TilesOfShortSide { tile: 258 },
    },
    // At the resolution it takes by itself, `high`.
    VisionModels {
        family: "gemini-3",
        as_of: "2025-11-20",
        source: "https://ai.google.dev/gemini-api/docs/media-resolution",
        rule: Rule::Fixed { tokens: 1120 },
    },
    VisionModels {
        family: "gpt-4o",
        as_of: "2025-06-01",
        source: OPENAI,
        rule: Rule::Tiles512 { base: 85, tile: 170 },
    },
    VisionModels { family: "gpt-5", as_of: "2025-08-07", source: OPENAI, rule: Rule::Tiles512 { base: 70, tile: 140 } },
];

const CLAUDE: &str = "https://platform.claude.com/docs/en/build-with-claude/vision";
const OPENAI: &str = "https://platform.openai.com/docs/guides/images-vision";

/// About how many tokens a picture counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenEstimate {
    /// The family of models.
    pub family: &'static str,
    /// About so many tokens.
    pub tokens: u32,
    /// As of when the rule is known to hold.
    pub as_of: &'static str,
}

/// What a picture of that size counts as, for every family.
pub fn image_tokens(width: u32, height: u32) -> Vec<TokenEstimate> {
    let estimate = |&VisionModels { family, as_of, rule, .. }: &VisionModels| TokenEstimate {
        family,
        tokens: rule.tokens(width, height),
        as_of,
    };
    VISION_MODELS.iter().map(estimate).collect()
}

impl Rule {
    fn tokens(self, width: u32, height: u32) -> u32 {
        let (long, short) = (f64::from(width.max(height)), f64::from(width.min(height)));
        match self {
            Self::Tiles512 { base, tile } => {
                let fitted = (2048.0 / long).min(1.0);
                let scale = fitted.min(768.0 / short);
                base + tile * tiles(long * scale, 512.0) * tiles(short * scale, 512.0)
            }
            Self::Patches28 { long_side, most } => {
                let patches = |side: u32| {
                    let other = (f64::from(side) * short / long).round() as u32;
                    side.div_ceil(28) * other.max(1).div_ceil(28)
                };
                let longest = (long as u32).min(long_side);
                (1..=longest).rev().map(patches).find(|&patches| patches <= most).unwrap_or(1)
            }
            Self::TilesOfShortSide { tile } if long <= 384.0 => tile,
            Self::TilesOfShortSide { tile } => {
                let side = (short / 1.5).floor().clamp(256.0, 768.0);
                tile * tiles(long, side) * tiles(short, side)
            }
            Self::Fixed { tokens } => tokens,
        }
    }
}

fn tiles(side: f64, tile: f64) -> u32 {
    // A side that came out of a scale may be a hair longer than it is.
    ((side - 1e-6) / tile).ceil().max(1.0) as u32
}

/// Most bytes of one picture that a company's interface takes.
pub fn provider_limit_bytes(provider: &str) -> u64 {
    match provider.to_ascii_lowercase().as_str() {
        // 5 MB of base64, which is a third longer than what it encodes.
        "anthropic" => 5_000_000 / 4 * 3,
        // 20 MB for the whole request, base64 and text included.
        "google" => 20_000_000 / 4 * 3 - 500_000,
        _ => 20 << 20,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(family: &str, width: u32, height: u32) -> u32 {
        let estimates = image_tokens(width, height);
        estimates.iter().find(|estimate| estimate.family == family).expect("a family of the table").tokens
    }

    /// Examples of the companies' own pages.
    #[test]
    fn pictures_count_as_the_companies_say() {
        assert_eq!(tokens("gpt-4o", 1024, 1024), 765);
        assert_eq!(tokens("gpt-4o", 2048, 4096), 1105);
        assert_eq!(tokens("gpt-5", 1024, 1024), 630);
        assert_eq!(tokens("claude", 1000, 1000), 1296);
        assert_eq!(tokens("claude", 200, 200), 64);
        assert_eq!(tokens("claude", 1075, 1520), 33 * 47, "seen with 924 by 1307");
        assert_eq!(tokens("claude-4.7", 1920, 1080), 2691);
        assert_eq!(tokens("claude-4.7", 3840, 2160), 4784);
        assert_eq!(tokens("gemini", 384, 384), 258);
        assert_eq!(tokens("gemini", 960, 540), 6 * 258);
        assert_eq!(tokens("gemini-3", 960, 540), 1120);
    }

    #[test]
    fn odd_pictures_count_too() {
        for (width, height) in [(1, 1), (1, 20_000), (20_000, 1), (1920, 1440)] {
            for TokenEstimate { family, tokens, .. } in image_tokens(width, height) {
                assert!((1..100_000).contains(&tokens), "{family}: {width}x{height} is {tokens}");
            }
        }
    }

    /// A table without a date or a source, or out of order, cannot be looked up or trusted.
    #[test]
    fn every_row_has_its_date_its_source_and_its_place() {
        assert!(VISION_MODELS.windows(2).all(|pair| pair[0].family < pair[1].family));
        let is_date = |text: &str| text.len() == 10 && text.starts_with("20") && text.matches('-').count() == 2;
        assert!(VISION_MODELS.iter().all(|row| is_date(row.as_of) && row.source.starts_with("https://")));
    }

    #[test]
    fn base64_of_the_largest_fits() {
        assert!(provider_limit_bytes("Anthropic").div_ceil(3) * 4 <= 5_000_000);
        assert!(provider_limit_bytes("google").div_ceil(3) * 4 < 20_000_000);
        assert_eq!(provider_limit_bytes("openai"), provider_limit_bytes("somebody"));
    }
}
