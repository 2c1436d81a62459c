//! The steps from a picture's bytes to its presets, in the order they happen.

use super::codec::Codec;
use super::encode::{avif, jpeg, png, webp};
use super::{Header, Layout, Picture, Pixels, Size, animate, compositing, fingerprint, geometry, resize};
use crate::{Error, Output, ReadContext, Source};
use model::{ImageFormat, Motion, Preset, Reason};

const STILL: &str = "The picture does not move, or not in a way that is read, so that there is no animation of it.";

/// One image to make: a preset, and its size once upright.
struct Target {
    preset: &'static Preset,
    size: Size,
}

/// Makes `context.presets` of the picture in `input`, all from one decode.
pub fn make_presets(
    codec: &Codec,
    input: &mut dyn Source,
    context: &mut ReadContext<'_>,
    output: &mut Output<'_>,
) -> Result<(), Error> {
    let (bytes, header) = codec.open(input, context)?;
    let (moving, stills) = targets(&header, context.presets);
    match codec.frames.filter(|_| header.animated) {
        Some(frames) => moving.iter().try_for_each(|target| {
            animate::write(frames(&bytes)?, &header, target.size, target.preset, context, output)
        })?,
        None => refuse_moving(&moving, &stills, context)?,
    }
    make_stills(&header, &stills, |needed, context| (codec.decode)(bytes, &header, needed, context), context, output)
}

/// Makes `context.presets` of something that is drawn at the size that is needed, or larger.
pub fn make_drawn(
    header: &Header,
    draw: impl FnOnce(Size, &mut ReadContext<'_>) -> Result<Picture, Error>,
    context: &mut ReadContext<'_>,
    output: &mut Output<'_>,
) -> Result<(), Error> {
    header.check(context.limits)?;
    let (moving, stills) = targets(header, context.presets);
    refuse_moving(&moving, &stills, context)?;
    make_stills(header, &stills, draw, context, output)
}

/// What does not move is not animated.
fn refuse_moving(moving: &[Target], stills: &[Target], context: &mut ReadContext<'_>) -> Result<(), Error> {
    match (moving, stills) {
        ([], _) => {}
        (_, []) => return Err(Error::rejected(Reason::NotAnimated, STILL)),
        _ => context.missing("not-animated", STILL),
    }
    Ok(())
}

/// Makes the presets that do not move, all from one decode.
fn make_stills(
    header: &Header,
    targets: &[Target],
    decode: impl FnOnce(Size, &mut ReadContext<'_>) -> Result<Picture, Error>,
    context: &mut ReadContext<'_>,
    output: &mut Output<'_>,
) -> Result<(), Error> {
    let Some(largest) = geometry::cover(targets.iter().map(|target| target.size)) else { return Ok(()) };

    let steps = targets.len() as u32 + 1;
    context.progress("decode", 0, steps);
    let needed = header.orientation.stored(largest);
    let Picture { source, extent, profile } = decode(needed, context)?;
    let sizes: Vec<Size> = direct(targets).map(|size| header.orientation.stored(size)).collect();
    let (reduced, read) = resize::picture(source, extent, &sizes)?;
    if read < 1.0 {
        context.missing("truncated", what_is_missing(read));
    }
    let mut reduced = reduced.into_iter();
    let mut made: Vec<Pixels> = vec![];
    for (done, target) in (1..).zip(targets) {
        context.progress("encode", done, steps);
        let upright = match larger(&made, target.size) {
            Some(larger) => resize::pixels(larger, target.size)?,
            None => {
                let stored = reduced.next().ok_or_else(|| Error::malformed("The picture has no pixels."))?;
                // After the resize, where both see fewer pixels.
                profile.to_srgb(header.orientation.apply(stored))
            }
        };
        write(&upright, target, output)?;
        // The last is the smallest.
        if context.wants_fingerprint && done as usize == targets.len() {
            fingerprint::note(&upright, &mut context.facts)?;
        }
        made.push(upright);
        made.retain(|pixels| targets[done as usize..].iter().any(|later| pixels.size().is_twice(later.size)));
    }
    Ok(())
}

/// Files that send a rough picture first lose sharpness all over when their end is cut off.
fn what_is_missing(read: f64) -> String {
    match read {
        0.0 => {
            "The file is damaged or cut off: the picture is not as sharp as it was, or parts of it are missing.".into()
        }
        _ => format!("The file is damaged or cut off: only the first {:.0} % of the picture are sure.", read * 100.0),
    }
}

/// Those that move and those that do not; largest first, so that a smaller one can be derived from a larger.
fn targets(header: &Header, presets: &[&'static Preset]) -> (Vec<Target>, Vec<Target>) {
    let upright = header.upright();
    let mut targets: Vec<Target> =
        presets.iter().map(|&preset| Target { preset, size: geometry::scaled(upright, preset) }).collect();
    targets.sort_by_key(|target| std::cmp::Reverse(target.size.pixels()));
    targets.into_iter().partition(|target| target.preset.motion == Motion::Moving)
}

/// The sizes that are made of the picture itself.
fn direct(targets: &[Target]) -> impl Iterator<Item = Size> {
    let is_derived = |index: usize| targets[..index].iter().any(|larger| larger.size.is_twice(targets[index].size));
    (0..targets.len()).filter(move |&index| !is_derived(index)).map(|index| targets[index].size)
}

/// A result that is at least twice as large in both directions is as good a source as the picture itself, and much
/// cheaper; the smallest such.
fn larger(made: &[Pixels], size: Size) -> Option<&Pixels> {
    made.iter().rev().find(|larger| larger.size().is_twice(size))
}

fn write(upright: &Pixels, target: &Target, output: &mut Output<'_>) -> Result<(), Error> {
    let preset = target.preset;
    let cut = geometry::middle(target.size, preset);
    if cut.size == target.size {
        encode(upright, preset, output)
    } else {
        encode(&upright.cropped(cut)?, preset, output)
    }
}

fn encode(pixels: &Pixels, preset: &Preset, output: &mut Output<'_>) -> Result<(), Error> {
    let Preset { name, format, quality, effort, background, .. } = *preset;
    let bytes = match (format, pixels.layout) {
        (ImageFormat::Avif, _) => avif::encode(pixels, quality, effort)?,
        (ImageFormat::Jpeg, Layout::Rgba) => jpeg::encode(&compositing::flatten(background, pixels), quality, effort)?,
        (ImageFormat::Jpeg, _) => jpeg::encode(pixels, quality, effort)?,
        (ImageFormat::Png, _) => png::encode(pixels, effort)?,
        (ImageFormat::Webp, _) => webp::encode(pixels, quality, effort)?,
    };
    output.put_image(name, format.mime(), &bytes, (pixels.width, pixels.height))
}
