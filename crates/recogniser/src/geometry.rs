//! The smallest rectangle around points, however it is slanted.

/// A point; y grows downwards.
pub type Point = (f32, f32);

/// A rectangle by its middle, its sides and how far its width is turned from the horizontal, in radians between -π/4 and
/// π/4: one that stands upright is taller than wide.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RotatedRect {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
    pub angle: f32,
}

/// The smallest rectangle around these pixels; nothing without any.
pub fn smallest_rectangle(pixels: Vec<Point>) -> Option<RotatedRect> {
    let hull = hull(pixels);
    let sides = hull.iter().zip(hull.iter().cycle().skip(1));
    let around = sides.map(|(from, to)| rectangle_along(&hull, angle(*from, *to)));
    around.min_by(|a, b| (a.width * a.height).total_cmp(&(b.width * b.height)))
}

/// The angle of a line, or of the one across it: whichever is nearer to the horizontal.
fn angle(from: Point, to: Point) -> f32 {
    let quarter = std::f32::consts::FRAC_PI_2;
    let angle = (to.1 - from.1).atan2(to.0 - from.0);
    angle - (angle / quarter).round() * quarter
}

fn rectangle_along(hull: &[Point], angle: f32) -> RotatedRect {
    let (sin, cos) = angle.sin_cos();
    let nothing = [f32::MAX, f32::MIN, f32::MAX, f32::MIN];
    let [left, right, top, bottom] = hull.iter().fold(nothing, |[left, right, top, bottom], &(x, y)| {
        let (along, across) = (x * cos + y * sin, y * cos - x * sin);
        [left.min(along), right.max(along), top.min(across), bottom.max(across)]
    });
    // Points are pixels, each of which is one wide.
    let (width, height) = (right - left + 1.0, bottom - top + 1.0);
    let (along, across) = (f32::midpoint(left, right), f32::midpoint(top, bottom));
    RotatedRect { x: along * cos - across * sin, y: along * sin + across * cos, width, height, angle }
}

/// The corners around all points, in order (Andrew's monotone chain).
fn hull(mut points: Vec<Point>) -> Vec<Point> {
    points.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    points.dedup();
    if points.len() < 3 {
        return points;
    }
    let mut lower = chain(points.iter().copied());
    let mut upper = chain(points.iter().rev().copied());
    lower.pop();
    upper.pop();
    lower.append(&mut upper);
    lower
}

fn chain(points: impl Iterator<Item = Point>) -> Vec<Point> {
    let mut kept: Vec<Point> = vec![];
    for point in points {
        while let [.., before, last] = kept[..]
            && (last.0 - before.0) * (point.1 - before.1) <= (last.1 - before.1) * (point.0 - before.0)
        {
            kept.pop();
        }
        kept.push(point);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rectangle_is_found_however_it_lies() {
        for degrees in [-40_f32, -7.0, 0.0, 3.0, 30.0] {
            let (sin, cos) = degrees.to_radians().sin_cos();
            let corner =
                |along: f32, across: f32| (50.0 + along * cos - across * sin, 40.0 + along * sin + across * cos);
            let mut points = vec![(50.0, 40.0), (51.0, 41.0)];
            points.extend([(-30.0, -5.0), (30.0, -5.0), (30.0, 5.0), (-30.0, 5.0)].map(|(x, y)| corner(x, y)));
            let found = smallest_rectangle(points).unwrap();
            let near = |a: f32, b: f32| (a - b).abs() < 0.01;
            assert!(near(found.x, 50.0) && near(found.y, 40.0), "{found:?}");
            assert!(near(found.width, 61.0) && near(found.height, 11.0), "{found:?}");
            assert!(near(found.angle.to_degrees(), degrees), "{found:?}");
        }
    }

    #[test]
    fn one_that_stands_is_taller_than_wide() {
        let found = smallest_rectangle(vec![(0.0, 0.0), (4.0, 0.0), (4.0, 90.0), (0.0, 90.0)]).unwrap();
        assert_eq!((found.width, found.height, found.angle), (5.0, 91.0, 0.0));
    }

    #[test]
    fn points_in_a_line_have_a_rectangle_and_none_have_none() {
        assert_eq!(smallest_rectangle(vec![]), None);
        let single = smallest_rectangle(vec![(3.0, 4.0)]).unwrap();
        assert_eq!((single.x, single.y, single.width, single.height), (3.0, 4.0, 1.0, 1.0));
        let row = smallest_rectangle((0..9).map(|x| (x as f32, 2.0)).collect()).unwrap();
        assert_eq!((row.x, row.y, row.width, row.height), (4.0, 2.0, 9.0, 1.0));
    }
}
