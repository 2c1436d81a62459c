//! The steps from a picture's bytes to its presets, in the order they happen.

use super::{Header, Layout, Picture, Pixels, Size, encode_jpeg, encode_webp, fit, flatten, resize};
use crate::{Error, Job, Output, Source};
use model::{ImageFormat, Preset, Reason};
use std::io::Read;

/// How a format is decoded. Both functions are given the whole file.
pub struct Codec {
    /// What the header says, without decoding a pixel.
    pub header: fn(&[u8]) -> Result<Header, Error>,
    /// The first frame, at least as large as the given size (as stored, before orientation), or whole.
    pub decode: fn(&[u8], &Header, Size, &mut Job<'_>) -> Result<Picture, Error>,
}

/// One image to make: a preset, and its size once upright.
struct Target {
    preset: &'static Preset,
    size: Size,
}

/// Makes `job.presets` of the picture in `input`, all from one decode.
pub fn make_presets(
    codec: &Codec,
    input: &mut dyn Source,
    job: &mut Job<'_>,
    output: &mut Output<'_>,
) -> Result<(), Error> {
    let bytes = read_whole(input, job.limits.whole_file_bytes)?;
    let header = (codec.header)(&bytes)?;
    header.note(&mut job.facts);
    header.check(job.limits)?;
    let targets = targets(&header, job.presets);
    let Some(largest) = fit::cover(targets.iter().map(|target| target.size)) else { return Ok(()) };

    let steps = targets.len() as u32 + 1;
    job.progress("decode", 0, steps);
    let needed = header.orientation.stored(largest);
    let picture = (codec.decode)(&bytes, &header, needed, job)?;
    drop(bytes);

    let mut made: Vec<Pixels> = vec![];
    for (done, target) in (1..).zip(&targets) {
        job.progress("encode", done, steps);
        let upright = render(&picture, &header, &made, target.size)?;
        write(&upright, target, output)?;
        made.push(upright);
    }
    Ok(())
}

/// Largest first, so that a smaller one can be derived from a larger.
fn targets(header: &Header, presets: &[&'static Preset]) -> Vec<Target> {
    let upright = header.upright();
    let mut targets: Vec<Target> =
        presets.iter().map(|&preset| Target { preset, size: fit::inside(upright, preset) }).collect();
    targets.sort_by_key(|target| std::cmp::Reverse(target.size.pixels()));
    targets
}

/// Resize, orient and bring to sRGB. In this order the last two see few pixels. A result that is at least twice
/// as large in both directions is as good a source as the picture itself, and much cheaper.
fn render(picture: &Picture, header: &Header, made: &[Pixels], size: Size) -> Result<Pixels, Error> {
    if let Some(larger) = made.iter().rev().find(|larger| larger.size().is_twice(size)) {
        return resize::pixels(larger, size);
    }
    let small = resize::picture(picture, header.orientation.stored(size))?;
    let upright = header.orientation.apply(small);
    Ok(picture.profile.to_srgb(upright))
}

fn write(upright: &Pixels, target: &Target, output: &mut Output<'_>) -> Result<(), Error> {
    let Preset { name, format, quality, .. } = *target.preset;
    let bytes = match (format, upright.layout) {
        (ImageFormat::Jpeg, Layout::Rgba) => encode_jpeg::encode(&flatten::on_white(upright), quality)?,
        (ImageFormat::Jpeg, _) => encode_jpeg::encode(upright, quality)?,
        (ImageFormat::Webp, _) => encode_webp::encode(upright, quality)?,
    };
    output.put_image(name, format.mime(), &bytes, (target.size.width, target.size.height))
}

fn read_whole(input: &mut dyn Source, limit: u64) -> Result<Vec<u8>, Error> {
    let mut bytes = vec![];
    // One byte more than the limit tells a file that has it from one that exceeds it.
    input.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(Error::Io)?;
    if bytes.len() as u64 > limit {
        return Err(Error::rejected(Reason::TooLarge, "The picture's file is larger than what is read at once."));
    }
    Ok(bytes)
}
