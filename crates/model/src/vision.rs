//! What companies' models make of a picture: how many tokens it counts as, and the largest they take.
//!
//! The numbers are from the companies' own pages and change with their models, so that each row carries its date.

use serde::Serialize;

/// A family of models that count pictures alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VisionModels {
    /// The family's name, a stable key of the API.
    pub family: &'static str,
    /// When the row was last compared with the company's page.
    pub as_of: &'static str,
    rule: Rule,
}

/// How a family counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// So many tokens to begin with and so many for each tile of 512 pixels, of the picture fitted into 2048 pixels and
    /// then to a short side of 768.
    Tiles512 { base: u32, tile: u32 },
    /// One for each so many pixels, of the picture fitted into that long side.
    Area { pixels: u32, long_side: u32, most: u32 },
    /// So many for a picture of at most 384 pixels a side, and for each tile of 768 pixels of a larger one.
    Tiles768 { tile: u32 },
}

/// Every family there is an estimate for.
pub static VISION_MODELS: [VisionModels; 3] = [
    VisionModels {
        family: "claude",
        as_of: "2025-06-01",
        rule: Rule::Area { pixels: 750, long_side: 1568, most: 1600 },
    },
    VisionModels { family: "gemini", as_of: "2025-06-01", rule: Rule::Tiles768 { tile: 258 } },
    VisionModels { family: "gpt-4o", as_of: "2025-06-01", rule: Rule::Tiles512 { base: 85, tile: 170 } },
];

/// About how many tokens a picture counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenEstimate {
    /// The family of models.
    pub family: &'static str,
    /// About so many tokens.
    pub tokens: u32,
    /// When the rule was last compared with the company's page.
    pub as_of: &'static str,
}

/// What a picture of that size counts as, for every family.
pub fn image_tokens(width: u32, height: u32) -> Vec<TokenEstimate> {
    let estimate = |&VisionModels { family, as_of, rule }: &VisionModels| TokenEstimate {
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
            Self::Area { pixels, long_side, most } => {
                let scale = (f64::from(long_side) / long).min(1.0);
                ((long * scale * short * scale / f64::from(pixels)).ceil() as u32).min(most)
            }
            Self::Tiles768 { tile } if long <= 384.0 => tile,
            Self::Tiles768 { tile } => tile * tiles(long, 768.0) * tiles(short, 768.0),
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

    fn tokens(width: u32, height: u32) -> Vec<(&'static str, u32)> {
        image_tokens(width, height).iter().map(|estimate| (estimate.family, estimate.tokens)).collect()
    }

    /// Examples of the companies' own pages.
    #[test]
    fn pictures_count_as_the_companies_say() {
        assert_eq!(tokens(1024, 1024)[2], ("gpt-4o", 765));
        assert_eq!(tokens(2048, 4096)[2], ("gpt-4o", 1105));
        assert_eq!(tokens(1000, 1000)[0], ("claude", 1334));
        assert_eq!(tokens(200, 200)[0], ("claude", 54));
        assert_eq!(tokens(384, 384)[1], ("gemini", 258));
        assert_eq!(tokens(960, 540)[1], ("gemini", 516));
    }

    #[test]
    fn odd_pictures_count_too() {
        for (width, height) in [(1, 1), (1, 20_000), (20_000, 1), (1920, 1440)] {
            for (family, tokens) in tokens(width, height) {
                assert!((1..100_000).contains(&tokens), "{family}: {width}x{height} is {tokens}");
            }
        }
    }

    #[test]
    fn base64_of_the_largest_fits() {
        assert!(provider_limit_bytes("Anthropic").div_ceil(3) * 4 <= 5_000_000);
        assert!(provider_limit_bytes("google").div_ceil(3) * 4 < 20_000_000);
        assert_eq!(provider_limit_bytes("openai"), provider_limit_bytes("somebody"));
    }
}
