//! How a drawn page lies on the page as it is seen.

use serde::{Deserialize, Serialize};

/// A page as a person sees it, and the way to it from the picture that was drawn of it for text recognition, which shows a sheet
/// of paper on a photo straightened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PageView {
    /// Width of the page as it is seen, in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Width in points, 72 to an inch.
    pub width_points: f32,
    /// Height in points.
    pub height_points: f32,
    /// Where a pixel of the drawn page is seen: three rows of a projective transform. Absent when the page was drawn as it is seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_seen: Option<[f64; 9]>,
}

impl PageView {
    /// Where a point of the drawn page is seen, within the page; nothing when that is nowhere.
    pub fn seen(&self, (x, y): (f64, f64)) -> Option<(f64, f64)> {
        let (x, y) = match self.to_seen {
            None => (x, y),
            Some([a, b, c, d, e, f, g, h, i]) => {
                let depth = g * x + h * y + i;
                ((a * x + b * y + c) / depth, (d * x + e * y + f) / depth)
            }
        };
        let is_place = x.is_finite() && y.is_finite();
        is_place.then(|| (x.clamp(0.0, self.width.into()), y.clamp(0.0, self.height.into())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_seen_through_the_transform_and_within_the_page() {
        let plain = PageView { width: 100, height: 200, width_points: 36.0, height_points: 72.0, to_seen: None };
        assert_eq!(plain.seen((10.0, 250.0)), Some((10.0, 200.0)));
        let leaned = PageView { to_seen: Some([2.0, 0.0, 5.0, 0.0, 2.0, 0.0, 0.0, 0.01, 1.0]), ..plain };
        assert_eq!(leaned.seen((10.0, 100.0)), Some((12.5, 100.0)));
        assert_eq!(PageView { to_seen: Some([0.0; 9]), ..leaned }.seen((1.0, 1.0)), None);
    }
}
