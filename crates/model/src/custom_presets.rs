//! Presets as an operator writes them: rows such as `banner 1200x400 webp 82 cover`, separated by semicolons.

use crate::preset::{Effort, Fit, ImageFormat, Motion, Preset};
use std::str::FromStr;

/// Checked rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomPresets(pub(crate) Vec<Preset>);

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadPreset(String);

/// Rows a process may know: each can be made of every picture.
const MAX_ROWS: usize = 32;
/// Longest side: WebP has no more.
const MAX_PIXELS: u32 = 16_383;
/// Names that already mean something else where artifacts are read.
const TAKEN: [&str; 2] = ["metadata", "original"];

impl FromStr for CustomPresets {
    type Err = BadPreset;

    fn from_str(text: &str) -> Result<Self, BadPreset> {
        let rows: Vec<Preset> =
            text.split(';').map(str::trim).filter(|row| !row.is_empty()).map(row).collect::<Result<_, _>>()?;
        if rows.len() > MAX_ROWS {
            return Err(BadPreset(format!("there are {} presets, and {MAX_ROWS} may be", rows.len())));
        }
        if let Some(twice) = rows.iter().enumerate().find(|(at, row)| rows[..*at].iter().any(|r| r.name == row.name)) {
            return Err(BadPreset(format!("preset {:?} stands twice", twice.1.name)));
        }
        Ok(Self(rows))
    }
}

fn row(text: &str) -> Result<Preset, BadPreset> {
    let bad = |why: &str| BadPreset(format!("preset {text:?}: {why}"));
    let mut words = text.split_whitespace();
    let mut next = |what: &str| words.next().ok_or_else(|| bad(&format!("has no {what}")));
    let (name, size, format, quality) = (next("name")?, next("size")?, next("format")?, next("quality")?);
    let (max_width, max_height) = size
        .split_once('x')
        .and_then(|(w, h)| Some((side(w)?, side(h)?)))
        .ok_or_else(|| bad(&format!("the size is not WIDTHxHEIGHT with sides of 1 to {MAX_PIXELS}")))?;
    let format = ImageFormat::named(format).ok_or_else(|| bad("the format is not avif, jpeg, png or webp"))?;
    let quality = quality.parse().ok().filter(|quality| (1..=100).contains(quality));
    let mut preset = Preset {
        name: valid_name(name).ok_or_else(|| bad("the name is not of a-z, 0-9 and -, or is taken"))?,
        max_width,
        max_height,
        fit: Fit::Inside,
        format,
        quality: quality.ok_or_else(|| bad("the quality is not a number from 1 to 100"))?,
        effort: Effort::Fast,
        background: [255; 3],
        motion: Motion::Still,
    };
    for word in words {
        match word {
            "inside" => preset.fit = Fit::Inside,
            "cover" => preset.fit = Fit::Cover,
            "smallest" => preset.effort = Effort::Smallest,
            "animated" if format == ImageFormat::Webp => preset.motion = Motion::Moving,
            "lossless" if format == ImageFormat::Webp => preset.effort = Effort::Lossless,
            _ => preset.background = color(word).ok_or_else(|| bad(&format!("{word:?} means nothing")))?,
        }
    }
    Ok(preset)
}

/// The name, kept for as long as the process runs; there are at most as many as settings are read.
fn valid_name(name: &str) -> Option<&'static str> {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let valid = (1..=40).contains(&name.len()) && name.bytes().all(allowed) && !TAKEN.contains(&name);
    valid.then(|| &*name.to_owned().leak())
}

fn side(text: &str) -> Option<u32> {
    text.parse().ok().filter(|side| (1..=MAX_PIXELS).contains(side))
}

/// `#rrggbb`.
fn color(text: &str) -> Option<[u8; 3]> {
    let hex = text.strip_prefix('#').filter(|hex| hex.len() == 6 && hex.is_ascii())?;
    let [_, red, green, blue] = u32::from_str_radix(hex, 16).ok()?.to_be_bytes();
    Some([red, green, blue])
}

impl std::fmt::Display for BadPreset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadPreset {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read() {
        let text =
            " banner 1200x400 webp 82 cover ; print 3000x2000 jpeg 92 smallest #102030;icon 64x64 webp 1 lossless;
            archive 4000x4000 avif 60; exact 500x500 png 1; film 64x64 webp 50 animated";
        let CustomPresets(rows) = text.parse().unwrap();
        assert_eq!(rows.len(), 6);
        assert_eq!((rows[0].name, rows[0].max_width, rows[0].max_height), ("banner", 1200, 400));
        assert_eq!((rows[0].fit, rows[0].format, rows[0].quality), (Fit::Cover, ImageFormat::Webp, 82));
        assert_eq!((rows[1].fit, rows[1].effort, rows[1].background), (Fit::Inside, Effort::Smallest, [16, 32, 48]));
        assert_eq!(rows[2].effort, Effort::Lossless);
        assert_eq!((rows[3].format, rows[4].format), (ImageFormat::Avif, ImageFormat::Png));
        assert_eq!((rows[0].motion, rows[5].motion), (Motion::Still, Motion::Moving));
        assert_eq!("".parse(), Ok(CustomPresets::default()));
    }

    #[test]
    fn nonsense_is_refused_with_a_reason() {
        let check = |text: &str, why: &str| {
            let error = text.parse::<CustomPresets>().unwrap_err().to_string();
            assert!(error.contains(why), "{text:?}: {error}");
        };
        check("banner", "no size");
        check("Banner 1x1 jpeg 80", "name");
        check("../x 1x1 jpeg 80", "name");
        check("original 1x1 jpeg 80", "taken");
        check("a 0x1 jpeg 80", "size");
        check("a 20000x1 jpeg 80", "size");
        check("a 1 jpeg 80", "size");
        check("a 1x1 gif 80", "format");
        check("a 1x1 jpeg 0", "quality");
        check("a 1x1 jpeg 101", "quality");
        check("a 1x1 jpeg 80 lossless", "means nothing");
        check("a 1x1 png 80 animated", "means nothing");
        check("a 1x1 jpeg 80 #12345", "means nothing");
        check("a 1x1 jpeg 80; a 2x2 jpeg 80", "twice");
        check(&(0..33).map(|n| format!("a{n} 1x1 jpeg 80;")).collect::<String>(), "33 presets");
    }
}
