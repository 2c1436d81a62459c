//! Animations: every frame made smaller, and all of them written as a WebP that moves.

use super::encode::animation::AnimationEncoder;
use super::{Header, Layout, Pixels, Profile, Size, geometry, resize};
use crate::{Error, Output, ReadContext};
use image::{Delay, Frames, ImageDecoder, Limits};
use model::Preset;

/// A frame counts as at least so many pixels: the smallest costs something too.
const MIN_PIXELS: u64 = 10_000;
/// Memory for canvases, which the decoders would otherwise take as the file demands.
const DECODER_BYTES: u64 = 256 << 20;

/// The frames of an animation, each as large as the whole and drawn over those before.
pub struct Animation<'a> {
    /// From the first on.
    pub frames: Frames<'a>,
    /// What their colours mean.
    pub icc: Option<Vec<u8>>,
}

impl<'a> Animation<'a> {
    /// The frames that this decoder gives.
    pub fn of<D: ImageDecoder>(mut decoder: D, frames: fn(D) -> Result<Frames<'a>, Error>) -> Result<Self, Error> {
        let mut limits = Limits::no_limits();
        limits.max_alloc = Some(DECODER_BYTES);
        decoder.set_limits(limits)?;
        let icc = decoder.icc_profile().ok().flatten();
        Ok(Self { frames: frames(decoder)?, icc })
    }
}

/// Writes the preset of an animation; `size` is upright and before it is cut to the preset's box.
pub fn write(
    animation: Animation<'_>,
    header: &Header,
    size: Size,
    preset: &Preset,
    context: &mut ReadContext<'_>,
    output: &mut Output<'_>,
) -> Result<(), Error> {
    let cut = geometry::middle(size, preset);
    let profile = Profile::icc(animation.icc.as_deref(), Layout::Rgba);
    let mut encoder = AnimationEncoder::new(cut.size, preset.quality, preset.effort)?;
    let (mut done, mut pixels_left) = (0, context.limits.animation_pixels);
    for frame in animation.frames {
        let frame = match frame {
            Ok(frame) => frame,
            Err(cause) if done == 0 => return Err(cause.into()),
            Err(_) => {
                context.missing("truncated", "The file is damaged or cut off; the animation ends early.");
                break;
            }
        };
        let duration_ms = duration_ms(frame.delay());
        let buffer = frame.into_buffer();
        let (width, height) = buffer.dimensions();
        let cost = Size { width, height }.pixels().max(MIN_PIXELS);
        if done > 0 && cost > pixels_left {
            context.missing("animation-cut", format!("The animation is long: only its first {done} frames are shown."));
            break;
        }
        pixels_left = pixels_left.saturating_sub(cost);
        let whole = Pixels { width, height, layout: Layout::Rgba, data: buffer.into_raw() };
        let small = resize::pixels(&whole, header.orientation.stored(size))?;
        encoder.add(&profile.to_srgb(header.orientation.apply(small)).cropped(cut)?, duration_ms)?;
        done += 1;
        context.progress("animate", done, done + 1);
    }
    output.put_image(preset.name, preset.format.mime(), &encoder.finish()?, (cut.size.width, cut.size.height))
}

/// Times of up to a hundredth of a second mean that nobody has thought of one, and every browser takes a tenth.
fn duration_ms(delay: Delay) -> u32 {
    match delay.numer_denom_ms() {
        (_, 0) => 100,
        (numerator, denominator) if numerator / denominator <= 10 => 100,
        (numerator, denominator) => (numerator / denominator).min(60_000),
    }
}
