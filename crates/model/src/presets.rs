//! The presets there are: ours, one row each, and the operator's own, which a setting adds.

use crate::custom_presets::CustomPresets;
use crate::preset::{Effort, Fit, ImageFormat, Motion, Preset};
use std::sync::OnceLock;

/// The presets everybody has. A new one is one more row.
pub static PRESETS: &[Preset] = &[
    preset("ai-chat", 1920, ImageFormat::Jpeg, 85),
    preset("ai-vision", 2048, ImageFormat::Jpeg, 90),
    Preset { motion: Motion::Moving, ..preset("animation", 320, ImageFormat::Webp, 70) },
    preset("preview", 800, ImageFormat::Jpeg, 85),
    preset("thumbnail", 200, ImageFormat::Webp, 80),
];

/// The presets every uploaded image gets without asking.
pub const DEFAULT_PRESETS: &[&str] = &["ai-chat", "thumbnail"];

/// Rows of the operator's own. Fixed when the process starts, as a setting is: everything that knows a preset's name
/// must mean the same by it.
static CUSTOM: OnceLock<CustomPresets> = OnceLock::new();

/// Makes these presets known to this process, once; later calls change nothing.
pub fn add_presets(rows: CustomPresets) {
    CUSTOM.get_or_init(|| rows);
}

impl Preset {
    /// Every preset: the operator's first, whose rows replace ours of the same name.
    pub fn all() -> impl Iterator<Item = &'static Preset> {
        let custom = CUSTOM.get().map_or(&[][..], |rows| &rows.0);
        let is_replaced = |ours: &&Preset| custom.iter().any(|row| row.name == ours.name);
        custom.iter().chain(PRESETS.iter().filter(move |ours| !is_replaced(ours)))
    }

    /// The preset of that name.
    pub fn named(name: &str) -> Option<&'static Preset> {
        Self::all().find(|preset| preset.name == name)
    }
}

const fn preset(name: &'static str, side: u32, format: ImageFormat, quality: u8) -> Preset {
    let (fit, effort, background, motion) = (Fit::Inside, Effort::Fast, [255; 3], Motion::Still);
    Preset { name, max_width: side, max_height: side, fit, format, quality, effort, background, motion }
}
