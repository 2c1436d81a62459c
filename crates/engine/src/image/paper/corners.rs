//! The four corners of what is nearly a quadrilateral.

/// A place; y grows downwards.
pub type Point = (f64, f64);
/// From the upper left corner on, with the clock.
pub type Corners = [Point; 4];

/// The outline of something.
#[derive(Debug, Default)]
pub struct Outline {
    all: Vec<Point>,
    /// Those that are its own edge, and not where the picture ends.
    own: Vec<Point>,
}

impl Outline {
    pub fn add(&mut self, point: Point, is_own: bool) {
        self.all.push(point);
        self.own.extend(is_own.then_some(point));
    }
}

/// A quadrilateral has nearly the area of what it is to stand for.
const LIKE: f64 = 0.06;
/// Of a side, the part that lines are laid along: corners of paper may be round or bent.
const MIDDLE: std::ops::Range<f64> = 0.08..0.92;
/// How far from a side its points are at most, by its length.
const NEAR: f64 = 0.03;
/// How far from the line along a side its points are on the whole: edges of paper are straight.
const STRAIGHT: f64 = 0.7;
/// The cosine of the sharpest angle that a corner of paper has on a photo: 45°.
const SHARPEST: f64 = 0.7;

/// The corners of the quadrilateral that has this outline; nothing when it is that of something else.
pub fn four_corners(outline: &Outline) -> Option<Corners> {
    let hull = hull(outline.all.clone());
    let whole = area(&hull);
    let rough = simplified(hull)?;
    let sides = [0, 1, 2, 3].map(|at| side(&outline.own, rough[at], rough[(at + 1) % 4]));
    let mut corners = [(0.0, 0.0); 4];
    for at in 0..4 {
        corners[at] = crossing(sides[(at + 3) % 4]?, sides[at]?)?;
    }
    let is_like = (area(&corners) / whole - 1.0).abs() < LIKE;
    (is_like && is_square(&corners)).then(|| from_upper_left(corners))
}

/// The corners around all points (Andrew's monotone chain), with the clock as y grows downwards.
fn hull(mut points: Vec<Point>) -> Vec<Point> {
    points.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    points.dedup();
    let chain = |points: &mut dyn Iterator<Item = Point>| {
        let mut kept: Vec<Point> = vec![];
        for point in points {
            while let [.., before, last] = kept[..]
                && (last.0 - before.0) * (point.1 - before.1) <= (last.1 - before.1) * (point.0 - before.0)
            {
                kept.pop();
            }
            kept.push(point);
        }
        kept.pop();
        kept
    };
    let mut hull = chain(&mut points.iter().copied());
    hull.append(&mut chain(&mut points.iter().rev().copied()));
    hull
}

fn area(corners: &[Point]) -> f64 {
    let pairs = corners.iter().zip(corners.iter().cycle().skip(1));
    pairs.map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum::<f64>().abs() / 2.0
}

/// Four of the corners: those that matter least are left out, one after the other (Visvalingam and Whyatt).
fn simplified(mut corners: Vec<Point>) -> Option<Corners> {
    while corners.len() > 4 {
        let count = corners.len();
        let matters = |at: usize| area(&[corners[(at + count - 1) % count], corners[at], corners[(at + 1) % count]]);
        let least = (0..count).min_by(|a, b| matters(*a).total_cmp(&matters(*b)))?;
        corners.remove(least);
    }
    corners.try_into().ok()
}

/// The line along the points of a side: a place on it and its direction.
fn side(points: &[Point], from: Point, to: Point) -> Option<(Point, Point)> {
    let along = (to.0 - from.0, to.1 - from.1);
    let length = along.0.hypot(along.1);
    let near = points.iter().filter(|point| {
        let (x, y) = (point.0 - from.0, point.1 - from.1);
        let place = (x * along.0 + y * along.1) / (length * length);
        MIDDLE.contains(&place) && (x * along.1 - y * along.0).abs() / length < NEAR * length
    });
    let near: Vec<Point> = near.copied().collect();
    if near.len() < 8 {
        // It is cut off by the picture's edge, and ends there.
        return Some((from, (along.0 / length, along.1 / length)));
    }
    let count = near.len() as f64;
    let middle = (near.iter().map(|p| p.0).sum::<f64>() / count, near.iter().map(|p| p.1).sum::<f64>() / count);
    // Of the spread around the middle, the direction in which it is greatest.
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in near.iter().map(|p| (p.0 - middle.0, p.1 - middle.1)) {
        (xx, xy, yy) = (xx + x * x, xy + x * y, yy + y * y);
    }
    let off = (xx + yy - (xx - yy).hypot(2.0 * xy)) / 2.0;
    if (off / count).sqrt() > STRAIGHT {
        return None;
    }
    let angle = (2.0 * xy).atan2(xx - yy) / 2.0;
    Some((middle, (angle.cos(), angle.sin())))
}

fn crossing((a, along): (Point, Point), (b, across): (Point, Point)) -> Option<Point> {
    let turn = along.0 * across.1 - along.1 * across.0;
    let far = ((b.0 - a.0) * across.1 - (b.1 - a.1) * across.0) / turn;
    far.is_finite().then_some((a.0 + along.0 * far, a.1 + along.1 * far))
}

fn is_square(corners: &Corners) -> bool {
    (0..4).all(|at| {
        let (before, here, after) = (corners[(at + 3) % 4], corners[at], corners[(at + 1) % 4]);
        let (a, b) = ((before.0 - here.0, before.1 - here.1), (after.0 - here.0, after.1 - here.1));
        let cosine = (a.0 * b.0 + a.1 * b.1) / (a.0.hypot(a.1) * b.0.hypot(b.1));
        // Clockwise, so that it is a quadrilateral and no bow.
        cosine.abs() < SHARPEST && a.0 * b.1 - a.1 * b.0 < 0.0
    })
}

fn from_upper_left(mut corners: Corners) -> Corners {
    let first = (0..4).min_by(|a, b| (corners[*a].0 + corners[*a].1).total_cmp(&(corners[*b].0 + corners[*b].1)));
    corners.rotate_left(first.unwrap_or(0));
    corners
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(points: Vec<Point>) -> Outline {
        Outline { own: points.clone(), all: points }
    }

    fn outline(corners: &[Point]) -> Outline {
        let pairs = corners.iter().zip(corners.iter().cycle().skip(1));
        let between = |(a, b): (&Point, &Point)| {
            let (a, b) = (*a, *b);
            (0..100)
                .map(move |at| (a.0 + (b.0 - a.0) * f64::from(at) / 100.0, a.1 + (b.1 - a.1) * f64::from(at) / 100.0))
        };
        of(pairs.flat_map(between).collect())
    }

    #[test]
    fn the_corners_of_a_leaned_sheet_are_found() {
        let sheet = [(30.0, 20.0), (210.0, 35.0), (230.0, 300.0), (10.0, 290.0)];
        let found = four_corners(&outline(&sheet)).unwrap();
        for (found, expected) in found.iter().zip(sheet) {
            assert!((found.0 - expected.0).abs() < 1.0 && (found.1 - expected.1).abs() < 1.0, "{found:?} {expected:?}");
        }
    }

    #[test]
    fn what_has_another_shape_has_no_corners() {
        let circle: Vec<Point> = (0..360)
            .map(|at| {
                (100.0 + 90.0 * f64::from(at).to_radians().cos(), 100.0 + 90.0 * f64::from(at).to_radians().sin())
            })
            .collect();
        assert_eq!(four_corners(&of(circle)), None);
        assert_eq!(four_corners(&outline(&[(0.0, 0.0), (200.0, 0.0), (100.0, 200.0)])), None);
        assert_eq!(four_corners(&of(vec![])), None);
        assert_eq!(four_corners(&of(vec![(1.0, 1.0); 50])), None);
    }
}
