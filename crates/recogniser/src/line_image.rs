//! The picture of one line, straight and as high as the model of letters wants it.

use crate::geometry::RotatedRect;
use crate::picture::Picture;

/// How high a line is for the model.
pub const HEIGHT: usize = 48;
/// Nothing narrower is looked at, and what is wider is squeezed: a line of that length has some 300 letters.
const NARROWEST: usize = 16;
const WIDEST: usize = 4800;
/// The most points of the page that one pixel is made of, along a side.
const MAX_POINTS: usize = 3;

/// Which way a line is turned before it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    None,
    /// Text that runs down the page.
    Down,
    /// Text that runs up the page.
    Up,
}

impl Picture {
    /// The part of the page in a slanted rectangle.
    pub(crate) fn line_image(&self, rect: &RotatedRect, turn: Turn) -> Self {
        let (along, across) = match turn {
            Turn::None => (rect.width, rect.height),
            Turn::Down | Turn::Up => (rect.height, rect.width),
        };
        let across = across.max(1.0);
        let width = ((along / across * HEIGHT as f32).ceil() as usize).clamp(NARROWEST, WIDEST);
        let (sin, cos) = rect.angle.sin_cos();
        let points = ((across / HEIGHT as f32).ceil() as usize).clamp(1, MAX_POINTS);
        let shares: Vec<f32> = (0..points).map(|point| (point as f32 + 0.5) / points as f32).collect();
        let mut grey = Vec::with_capacity(width * HEIGHT);
        for row in 0..HEIGHT {
            for column in 0..width {
                let mut sum = 0.0;
                for down in &shares {
                    for right in &shares {
                        let along = ((column as f32 + right) / width as f32 - 0.5) * along;
                        let across = ((row as f32 + down) / HEIGHT as f32 - 0.5) * across;
                        let (x, y) = match turn {
                            Turn::None => (along, across),
                            Turn::Down => (-across, along),
                            Turn::Up => (across, -along),
                        };
                        sum += self.at(rect.x + x * cos - y * sin, rect.y + x * sin + y * cos);
                    }
                }
                grey.push((sum / (points * points) as f32).round() as u8);
            }
        }
        Self { width, height: HEIGHT, grey }
    }

    /// The grey between four pixels, whose middles are at halves; outside it is that of the edge.
    fn at(&self, x: f32, y: f32) -> f32 {
        let (x, y) = ((x - 0.5).clamp(0.0, (self.width - 1) as f32), (y - 0.5).clamp(0.0, (self.height - 1) as f32));
        let (left, top) = (x as usize, y as usize);
        let (right, bottom) = ((left + 1).min(self.width - 1), (top + 1).min(self.height - 1));
        let grey = |x: usize, y: usize| f32::from(self.grey[y * self.width + x]);
        let (part, down) = (x - left as f32, y - top as f32);
        let above = grey(left, top) * (1.0 - part) + grey(right, top) * part;
        let below = grey(left, bottom) * (1.0 - part) + grey(right, bottom) * part;
        above * (1.0 - down) + below * down
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page that is dark in its left half, and lighter towards the bottom.
    fn page() -> Picture {
        let grey =
            (0..200 * 200).map(|at| if at % 200 < 100 { (at / 200) as u8 / 4 } else { 150 + (at / 200) as u8 / 4 });
        Picture { width: 200, height: 200, grey: grey.collect() }
    }

    fn corners(image: &Picture) -> [u8; 4] {
        let last = image.grey.len() - 1;
        [image.grey[0], image.grey[image.width - 1], image.grey[last + 1 - image.width], image.grey[last]]
    }

    #[test]
    fn a_line_image_is_cut_out_as_it_lies() {
        let rect = RotatedRect { x: 100.0, y: 100.0, width: 96.0, height: 24.0, angle: 0.0 };
        let image = page().line_image(&rect, Turn::None);
        assert_eq!((image.width, image.height), (192, HEIGHT));
        let [left_top, right_top, left_bottom, right_bottom] = corners(&image);
        assert!(left_top < 60 && left_bottom < 60 && right_top > 150 && right_bottom > 150, "{:?}", corners(&image));
        // Standing text: its top is at the right when it runs down, at the left when it runs up.
        let standing = RotatedRect { width: 24.0, height: 96.0, ..rect };
        let [left_top, right_top, left_bottom, right_bottom] = corners(&page().line_image(&standing, Turn::Down));
        assert!(left_top > 150 && right_top > left_top && left_bottom < 60 && right_bottom > left_bottom);
        let [left_top, right_top, left_bottom, right_bottom] = corners(&page().line_image(&standing, Turn::Up));
        assert!(left_top < 60 && right_top < left_top && left_bottom > 150 && right_bottom < left_bottom);
    }

    #[test]
    fn a_line_image_beyond_the_edge_or_of_nothing_is_still_one() {
        let beyond = RotatedRect { x: -50.0, y: 500.0, width: 1e9, height: 0.0, angle: 0.5 };
        let image = page().line_image(&beyond, Turn::None);
        assert_eq!((image.width, image.grey.len()), (WIDEST, WIDEST * HEIGHT));
        let single = Picture { width: 1, height: 1, grey: vec![7] };
        assert!(single.line_image(&beyond, Turn::Up).grey.iter().all(|&grey| grey == 7));
    }
}
