//! A page made so small that its letters are gone and its edges are left.

use super::super::GrayPage;

/// Pixels of the longer side.
const SIDE: u32 = 320;
/// How far, in pixels of the small page, the brightest neighbour is looked for: what is written is narrower.
const REACH: usize = 3;

/// Grey from 0 to 255.
pub struct Small {
    pub width: usize,
    pub height: usize,
    pub gray: Vec<f32>,
    /// How many pixels of the page one of these is, along a side.
    pub step: f64,
}

impl Small {
    /// What a page looks like without what is written on it: the brightest near every place, and what is the darkest of those.
    pub fn of(page: &GrayPage) -> Self {
        let step = (page.width.max(page.height)).div_ceil(SIDE).max(1) as usize;
        let (wide, high) = (page.width as usize, page.height as usize);
        let (width, height) = (wide / step, high / step);
        let mean = |x: usize, y: usize| {
            let rows = (0..step).map(|row| &page.data[(y * step + row) * wide + x * step..][..step]);
            rows.flatten().map(|&gray| u32::from(gray)).sum::<u32>() as f32 / (step * step) as f32
        };
        let gray = (0..width * height).map(|at| mean(at % width.max(1), at / width.max(1))).collect();
        let means = Self { width, height, gray, step: step as f64 };
        means.widened(REACH, f32::max).widened(REACH, f32::min)
    }

    /// Each place as the most of those up to `reach` away, by rows and then by columns.
    pub fn widened(&self, reach: usize, most: fn(f32, f32) -> f32) -> Self {
        let (width, height) = (self.width, self.height);
        let around = |at: usize, end: usize| at.saturating_sub(reach)..(at + reach + 1).min(end);
        let mut rows = Vec::with_capacity(self.gray.len());
        for row in self.gray.chunks_exact(width.max(1)) {
            rows.extend((0..width).filter_map(|x| row[around(x, width)].iter().copied().reduce(most)));
        }
        let place = |at: usize| {
            let (x, y) = (at % width, at / width);
            around(y, height).map(|y| rows[y * width + x]).reduce(most)
        };
        let gray = (0..width * height).filter_map(place).collect();
        Self { width, height, gray, step: self.step }
    }
}
