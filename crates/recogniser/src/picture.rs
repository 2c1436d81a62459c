//! Grey pixels of a page.

use crate::Error;
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

/// A page, or the image of one of its lines.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// Pixels across.
    pub(crate) width: usize,
    /// Pixels down.
    pub(crate) height: usize,
    /// A byte a pixel, rows from the top: 0 is black.
    pub(crate) grey: Vec<u8>,
}

impl Picture {
    /// From a binary PGM of 8 bits without comments, as our reader writes it.
    pub fn read(pgm: &[u8]) -> Result<Self, Error> {
        let mut words = pgm.splitn(4, |byte| byte.is_ascii_whitespace());
        let mut word = || words.next().and_then(|word| std::str::from_utf8(word).ok()).ok_or(Error::Picture);
        let (magic, width, height) = (word()?, word()?, word()?);
        let grey = words.next().and_then(|rest| rest.strip_prefix(b"255\n")).ok_or(Error::Picture)?;
        let side = |word: &str| word.parse::<usize>().ok().filter(|&side| side > 0).ok_or(Error::Picture);
        let (width, height) = (side(width)?, side(height)?);
        if magic != "P5" || width.checked_mul(height) != Some(grey.len()) {
            return Err(Error::Picture);
        }
        Ok(Self { width, height, grey: grey.to_vec() })
    }

    /// Turned by so many quarters, against the clock.
    pub(crate) fn turned(&self, quarters: u8) -> Self {
        let (width, height) = (self.width, self.height);
        match quarters % 4 {
            0 => self.clone(),
            2 => Self { width, height, grey: self.grey.iter().rev().copied().collect() },
            quarters => {
                let mut grey = Vec::with_capacity(self.grey.len());
                for row in 0..width {
                    // Against the clock the right edge becomes the top one; with it the left edge does, from below.
                    let from = if quarters == 1 { width - 1 - row } else { row };
                    let column = self.grey.iter().skip(from).step_by(width).copied();
                    if quarters == 1 { grey.extend(column) } else { grey.extend(column.rev()) }
                }
                Self { width: height, height: width, grey }
            }
        }
    }

    /// At another size; each pixel made of all that it covers.
    pub(crate) fn resized(&self, width: usize, height: usize) -> Result<Self, Error> {
        if (width, height) == (self.width, self.height) {
            return Ok(self.clone());
        }
        let side = |side: usize| u32::try_from(side).map_err(|_| Error::Picture);
        let from = ImageRef::new(side(self.width)?, side(self.height)?, &self.grey, PixelType::U8);
        let from = from.map_err(|_| Error::Picture)?;
        let mut to = Image::new(side(width)?, side(height)?, PixelType::U8);
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
        Resizer::new().resize(&from, &mut to, &options).map_err(|_| Error::Picture)?;
        Ok(Self { width, height, grey: to.into_vec() })
    }

    /// As the models want it: three colours of the same grey, from -1 to 1.
    pub(crate) fn planes(&self) -> Vec<f32> {
        let plane = self.grey.iter().map(|&grey| f32::from(grey) / 127.5 - 1.0);
        plane.clone().chain(plane.clone()).chain(plane).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_picture_of_ours_is_refused() {
        let read = Picture::read(b"P5\n3 2\n255\n\n\0 abc").unwrap();
        assert_eq!((read.width, read.height, &read.grey[..]), (3, 2, &b"\n\0 abc"[..]));
        for wrong in
            [&b""[..], b"P5\n", b"P5\n3 2\n255\nabc", b"P6\n1 1\n255\na", b"P5\n0 9\n255\n", b"P5\n1 1\n65535\nab"]
        {
            assert!(matches!(Picture::read(wrong), Err(Error::Picture)), "{wrong:?}");
        }
        let huge = format!("P5\n{0} {0}\n255\n", usize::MAX);
        assert!(matches!(Picture::read(huge.as_bytes()), Err(Error::Picture)));
    }

    #[test]
    fn a_picture_can_be_turned() {
        let picture = Picture { width: 3, height: 2, grey: b"abcdef".to_vec() };
        let turned = |quarters| String::from_utf8(picture.turned(quarters).grey).unwrap();
        assert_eq!([turned(0), turned(1), turned(2), turned(3)], ["abcdef", "cfbead", "fedcba", "daebfc"]);
        assert_eq!((picture.turned(1).width, picture.turned(1).height), (2, 3));
        assert_eq!(picture.turned(1).turned(3), picture);
    }
}
