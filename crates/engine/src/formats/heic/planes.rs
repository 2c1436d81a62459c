//! What the decoder of HEVC hands out, in as few bytes as its samples need: it keeps four for each.

use crate::Error;
use crate::containers::isobmff::Named;
use crate::image::color::yuv::{Frame, Plane, Planes};
use heic_decoder::{AlphaPlane, ColorInfo, DecodedImage};

/// Matrix coefficients (ITU-T H.273). Files that do not say are made with BT.601 by everything that makes them.
const UNSPECIFIED: u8 = 2;
const BT_601: u8 = 6;

/// A picture's planes: luma, and chroma unless it is grey.
pub struct HevcPlanes {
    width: usize,
    height: usize,
    depth: u8,
    half_width: bool,
    half_height: bool,
    luma: Vec<u8>,
    chroma: Option<[Vec<u8>; 2]>,
    colors: Named,
}

impl HevcPlanes {
    /// The planes of a picture as it is stored, whose own planes are let go of one after another. `said` wins over what the
    /// picture says of its colours.
    pub fn of(image: DecodedImage, said: Option<Named>) -> Result<Self, Error> {
        let DecodedImage { width, height, cb_width, cb_height, y, cb, cr, .. } = image;
        let (half_width, half_height) = match image.chroma_format_idc {
            1 => (true, true),
            2 => (true, false),
            _ => (false, false),
        };
        let is_gray = image.chroma_format_idc == 0;
        let halved = |side: usize, half: bool| if half { side.div_ceil(2) } else { side };
        let fits = is_gray || (cb_width, cb_height) == (halved(width, half_width), halved(height, half_height));
        let depths = [image.bit_depth_luma, image.bit_depth_chroma];
        let depth = if is_gray { depths[0] } else { depths[0].max(depths[1]) };
        let (Ok(depth @ 8..=16), true) = (u8::try_from(depth), fits) else { return Err(damaged()) };
        let plane = |samples, (width, height), from| packed(samples, width * height, from, depth);
        let luma = plane(y, (width, height), depths[0])?;
        let chroma = match is_gray {
            true => None,
            false => {
                let size = (cb_width, cb_height);
                Some([plane(cb, size, depths[1])?, plane(cr, size, depths[1])?])
            }
        };
        let colors = meaning(said.or(image.color_info.map(named)));
        Ok(Self { width, height, depth, half_width, half_height, luma, chroma, colors })
    }

    /// A picture's opacity.
    pub fn of_alpha(alpha: AlphaPlane, (width, height): (usize, usize)) -> Result<Self, Error> {
        let (Ok(depth @ 8..=16), false) = (u8::try_from(alpha.bit_depth), width == 0) else { return Err(damaged()) };
        let luma = packed(alpha.samples, width * height, alpha.bit_depth, depth)?;
        let colors = Named { full_range: true, ..meaning(None) };
        Ok(Self { width, height, depth, half_width: false, half_height: false, luma, chroma: None, colors })
    }

    /// A black picture of the same kind and of that size.
    pub fn blank(&self, width: usize, height: usize) -> Self {
        let mut blank = Self { width, height, luma: vec![], chroma: None, ..*self };
        blank.luma = vec![0; width * height * self.bytes()];
        let (across, down) = self.halves();
        let chroma = width.div_ceil(across) * height.div_ceil(down) * self.bytes();
        blank.chroma = self.chroma.as_ref().map(|_| [vec![0; chroma], vec![0; chroma]]);
        blank
    }

    /// Puts another picture at that column, its rows beginning with the first; what sticks out is left out.
    pub fn paste(&mut self, tile: &Self, left: usize) -> Result<(), Error> {
        let kind = |of: &Self| (of.depth, of.half_width, of.half_height, of.chroma.is_some());
        if kind(self) != kind(tile) || tile.height < self.height {
            return Err(damaged());
        }
        let (across, _) = self.halves();
        let bytes = self.bytes();
        let row_bytes = |of: &Self, across: usize| of.width.div_ceil(across) * bytes;
        let (to, from) = (row_bytes(self, across), row_bytes(tile, across));
        if let (Some(chroma), Some(tile)) = (&mut self.chroma, &tile.chroma) {
            chroma.iter_mut().zip(tile).for_each(|(plane, tile)| copy(plane, to, tile, from, left / across * bytes));
        }
        let (to, from) = (row_bytes(self, 1), row_bytes(tile, 1));
        copy(&mut self.luma, to, &tile.luma, from, left * bytes);
        Ok(())
    }

    /// Pixels from left to right and from top to bottom.
    pub fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// What the samples mean.
    pub fn colors(&self) -> Named {
        self.colors
    }

    fn bytes(&self) -> usize {
        if self.depth > 8 { 2 } else { 1 }
    }

    /// Columns and rows of luma for one of chroma.
    fn halves(&self) -> (usize, usize) {
        (1 + usize::from(self.half_width), 1 + usize::from(self.half_height))
    }
}

impl Planes for HevcPlanes {
    fn frame(&self) -> Result<Frame<'_>, Error> {
        let side = |side: usize| u32::try_from(side).map_err(|_| damaged());
        let (across, _) = self.halves();
        let plane = |bytes, columns: usize| Plane { bytes, stride: columns * self.bytes() };
        Ok(Frame {
            width: side(self.width)?,
            height: side(self.height)?,
            depth: self.depth,
            luma: plane(&self.luma, self.width),
            chroma: self.chroma.as_ref().map(|both| both.each_ref().map(|one| plane(one, self.width.div_ceil(across)))),
            half_width: self.half_width,
            half_height: self.half_height,
            colors: self.colors,
        })
    }
}

/// Samples of so many bits as bytes, or as pairs of bytes when there are more than 8. Luma and chroma may differ in depth;
/// both are brought to the larger.
fn packed(samples: Vec<i32>, expected: usize, from: u32, depth: u8) -> Result<Vec<u8>, Error> {
    let max = (1 << from) - 1;
    let up = u32::from(depth) - from;
    if samples.len() != expected || expected == 0 {
        return Err(damaged());
    }
    let sample = |sample: &i32| (*sample).clamp(0, max) << up;
    Ok(match depth {
        8 => samples.iter().map(|one| sample(one) as u8).collect(),
        _ => samples.iter().flat_map(|one| (sample(one) as u16).to_ne_bytes()).collect(),
    })
}

fn copy(target: &mut [u8], target_bytes: usize, source: &[u8], source_bytes: usize, left: usize) {
    let count = source_bytes.min(target_bytes.saturating_sub(left));
    if count > 0 {
        let rows = target.chunks_exact_mut(target_bytes).zip(source.chunks_exact(source_bytes));
        rows.for_each(|(to, from)| to[left..left + count].copy_from_slice(&from[..count]));
    }
}

/// The decoder's words for colours as ours.
fn named(info: ColorInfo) -> Named {
    let code = |code: u16| u8::try_from(code).unwrap_or(UNSPECIFIED);
    Named {
        primaries: code(info.color_primaries),
        transfer: code(info.transfer_characteristics),
        matrix: code(info.matrix_coefficients),
        full_range: info.full_range,
    }
}

/// What samples mean, by what the file says of them.
fn meaning(said: Option<Named>) -> Named {
    let nothing = Named { primaries: UNSPECIFIED, transfer: UNSPECIFIED, matrix: UNSPECIFIED, full_range: false };
    let said = said.unwrap_or(nothing);
    if said.matrix == UNSPECIFIED { Named { matrix: BT_601, ..said } } else { said }
}

fn damaged() -> Error {
    Error::malformed("The HEIC is damaged or cut off.")
}
