//! How well an output matches the picture: ssimulacra2 against the full-size decode, reduced with floats and kept
//! without loss. Sharp decodes both, so that no contender is judged by its own decoder; the reduction is nobody's.

use crate::files::{File, Kind};
use crate::peers;
use anyhow::{Context, Result};
use fast_image_resize::images::Image;
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use ssimulacra2::{ColorPrimaries, Rgb, TransferCharacteristic, compute_frame_ssimulacra2};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::Path;

/// A picture to compare outputs with; none where nothing independent reads the format.
pub struct Reference {
    full: Option<Image<'static>>,
    reduced: RefCell<BTreeMap<(usize, usize), Floats>>,
}

/// Red, green and blue from 0 to 1.
type Floats = Vec<[f32; 3]>;

impl Reference {
    /// The picture in that file.
    pub fn of(file: &File) -> Result<Self> {
        let full = match file.kind {
            Kind::Heic => None,
            _ => {
                let (width, height, bytes) = peers::pixels(&file.path)?;
                let floats = bytes.iter().flat_map(|&byte| (f32::from(byte) / 255.0).to_ne_bytes()).collect();
                Some(Image::from_vec_u8(width as u32, height as u32, floats, PixelType::F32x3)?)
            }
        };
        Ok(Self { full, reduced: RefCell::default() })
    }

    /// The score of an encoded output.
    pub fn score(&self, output: &Path) -> Result<f64> {
        let Some(full) = &self.full else { return Ok(f64::NAN) };
        let (width, height, bytes) = peers::pixels(output)?;
        // The metric looks at six sizes, each half of the one before, and the smallest must be something.
        if width.min(height) < 8 {
            return Ok(100.0);
        }
        let mut reduced = self.reduced.borrow_mut();
        let exact = match reduced.entry((width, height)) {
            Entry::Occupied(entry) => entry.get().clone(),
            Entry::Vacant(entry) => entry.insert(reduce(full, width as u32, height as u32)?).clone(),
        };
        let made = bytes.as_chunks::<3>().0.iter().map(|pixel| pixel.map(|byte| f32::from(byte) / 255.0)).collect();
        let rgb = |pixels: Floats| {
            Rgb::new(pixels, width, height, TransferCharacteristic::SRGB, ColorPrimaries::BT709).context("a picture")
        };
        compute_frame_ssimulacra2(rgb(exact)?, rgb(made)?).context("comparing")
    }
}

fn reduce(full: &Image<'_>, width: u32, height: u32) -> Result<Floats> {
    let mut reduced = Image::new(width, height, PixelType::F32x3);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
    Resizer::new().resize(full, &mut reduced, &options)?;
    let floats = reduced.buffer().as_chunks::<4>().0.iter().map(|&bytes| f32::from_ne_bytes(bytes).clamp(0.0, 1.0));
    let floats: Vec<f32> = floats.collect();
    Ok(floats.as_chunks::<3>().0.to_vec())
}
