//! A quadrilateral of a page pulled into a rectangle.

use super::super::GrayPage;
use super::corners::Corners;
use model::Limits;

/// The rectangle that the corners are those of, as large as its longest sides, and where its pixels are seen: three rows of a
/// projective transform.
pub fn straighten(page: &GrayPage, corners: &Corners, limits: &Limits) -> (GrayPage, [f64; 9]) {
    let [a, b, c, d] = *corners;
    let length = |from: (f64, f64), to: (f64, f64)| (to.0 - from.0).hypot(to.1 - from.1);
    let (wide, high) = (length(a, b).max(length(d, c)).max(1.0), length(a, d).max(length(b, c)).max(1.0));
    let scale = (limits.page_pixels as f64 / (wide * high)).sqrt().min(1.0);
    let side = |side: f64| ((side * scale) as u32).clamp(1, limits.image_side);
    let (width, height) = (side(wide), side(high));
    let to_seen = to_quadrilateral(corners, (width.into(), height.into()));
    let mut data = Vec::with_capacity(width as usize * height as usize);
    let [m0, m1, m2, m3, m4, m5, m6, m7, m8] = to_seen;
    for y in 0..height {
        for x in 0..width {
            let (x, y) = (f64::from(x) + 0.5, f64::from(y) + 0.5);
            let depth = m6 * x + m7 * y + m8;
            let seen = ((m0 * x + m1 * y + m2) / depth, (m3 * x + m4 * y + m5) / depth);
            data.push(between(page, seen));
        }
    }
    (GrayPage { width, height, data }, to_seen)
}

/// The projective transform of a rectangle of that size to the corners (P. Heckbert, 1989).
fn to_quadrilateral(corners: &Corners, (width, height): (f64, f64)) -> [f64; 9] {
    let [a, b, c, d] = *corners;
    let (dx1, dx2, dx3) = (b.0 - c.0, d.0 - c.0, a.0 - b.0 + c.0 - d.0);
    let (dy1, dy2, dy3) = (b.1 - c.1, d.1 - c.1, a.1 - b.1 + c.1 - d.1);
    let turn = dx1 * dy2 - dx2 * dy1;
    let (g, h) = ((dx3 * dy2 - dx2 * dy3) / turn, (dx1 * dy3 - dx3 * dy1) / turn);
    let unit =
        [b.0 - a.0 + g * b.0, d.0 - a.0 + h * d.0, a.0, b.1 - a.1 + g * b.1, d.1 - a.1 + h * d.1, a.1, g, h, 1.0];
    let by = [1.0 / width, 1.0 / height, 1.0];
    std::array::from_fn(|at| unit[at] * by[at % 3])
}

/// The grey between four pixels, whose middles are at halves; outside it is that of the edge.
fn between(page: &GrayPage, (x, y): (f64, f64)) -> u8 {
    let (width, height) = (page.width as usize, page.height as usize);
    let (x, y) = ((x - 0.5).clamp(0.0, (width - 1) as f64), (y - 0.5).clamp(0.0, (height - 1) as f64));
    let (left, top) = (x as usize, y as usize);
    let (right, bottom) = ((left + 1).min(width - 1), (top + 1).min(height - 1));
    let gray = |x: usize, y: usize| f64::from(page.data[y * width + x]);
    let (part, down) = (x - left as f64, y - top as f64);
    let above = gray(left, top) * (1.0 - part) + gray(right, top) * part;
    let below = gray(left, bottom) * (1.0 - part) + gray(right, bottom) * part;
    (above * (1.0 - down) + below * down + 0.5) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::PageView;

    #[test]
    fn a_leaned_sheet_is_pulled_straight_and_its_places_are_found_again() {
        let corners = [(20.0, 10.0), (180.0, 30.0), (170.0, 260.0), (30.0, 240.0)];
        let page = GrayPage { width: 200, height: 280, data: (0..200 * 280).map(|at| (at % 200) as u8).collect() };
        let (straight, to_seen) = straighten(&page, &corners, &Limits::default());
        assert_eq!((straight.width, straight.height), (161, 230));
        let view =
            PageView { width: 200, height: 280, width_points: 72.0, height_points: 101.0, to_seen: Some(to_seen) };
        for (corner, expected) in [((0.0, 0.0), corners[0]), ((161.0, 0.0), corners[1]), ((161.0, 230.0), corners[2])] {
            let (x, y) = view.seen(corner).unwrap();
            assert!((x - expected.0).abs() < 1e-6 && (y - expected.1).abs() < 1e-6, "{x} {y} {expected:?}");
        }
        // Each pixel is as grey as its place is far to the right.
        for (x, y) in [(0, 0), (80, 115), (160, 229)] {
            let seen = view.seen((f64::from(x) + 0.5, f64::from(y) + 0.5)).unwrap();
            let gray = straight.data[(y * 161 + x) as usize];
            assert!((f64::from(gray) - (seen.0 - 0.5)).abs() <= 1.0, "{gray} {seen:?}");
        }
    }

    #[test]
    fn no_straightened_page_is_larger_than_a_page_may_be() {
        let page = GrayPage { width: 200, height: 280, data: vec![9; 200 * 280] };
        let limits = Limits { page_pixels: 1000, ..Limits::default() };
        let (straight, _) = straighten(&page, &[(0.0, 5.0), (200.0, 0.0), (200.0, 280.0), (0.0, 280.0)], &limits);
        assert!(straight.data.len() <= 1000);
    }
}
