//! Where a sheet of paper is on a photo.

use super::super::GrayPage;
use super::corners::{Corners, Outline, four_corners};
use super::small::Small;

/// Light and soft shadows change by less than this part over a few places of the small page, edges of paper by more.
const EDGE: f32 = 0.17;
/// How many places to each side are those few.
const REACH: usize = 2;
/// A sheet that somebody took a photo of fills so much of it; what fills all but that needs no straightening.
const LEAST: f64 = 0.35;
const MOST: f64 = 0.97;
/// So much brighter than what lies around it.
const BRIGHTER: f32 = 1.25;
/// Where more than this part of what lies around is as bright as paper, it may be read as well.
const MOST_BRIGHT: f64 = 0.25;
/// What is nearer to an upright rectangle than this part of its sides lies straight.
const STRAIGHT: f64 = 0.008;

/// A sheet is so many pixels wide and high: less shows no page of text.
const SMALLEST: u32 = 600;

/// The corners of the sheet in pixels of the page, from the upper left one on with the clock; nothing when there is no sheet that
/// lies askew.
pub fn find(page: &GrayPage) -> Option<Corners> {
    if page.width.min(page.height) < SMALLEST {
        return None;
    }
    let small = Small::of(page);
    let region = region(&small)?;
    let all = region.len() as f64;
    let share = region.iter().filter(|&&inside| inside).count() as f64 / all;
    if !(LEAST..=MOST).contains(&share) || !stands_out(&small, &region) {
        return None;
    }
    let corners = four_corners(&outline(&small, &region))?;
    let corners = corners.map(|(x, y)| (x * small.step, y * small.step));
    is_askew(&corners).then_some(corners)
}

/// All places that are reached from a bright one near the middle without coming near an edge, and those between them and it.
fn region(small: &Small) -> Option<Vec<bool>> {
    let (width, height) = (small.width, small.height);
    let (bright, dark) = (small.widened(REACH, f32::max), small.widened(REACH, f32::min));
    let is_even: Vec<bool> =
        bright.gray.iter().zip(&dark.gray).map(|(bright, dark)| bright - dark <= EDGE * bright).collect();
    let middle = (height / 4..height * 3 / 4).flat_map(|y| (width / 4..width * 3 / 4).map(move |x| y * width + x));
    let mut middle: Vec<usize> = middle.filter(|at| is_even[*at]).collect();
    middle.sort_by(|a, b| small.gray[*a].total_cmp(&small.gray[*b]));
    let seed = *middle.get(middle.len() * 3 / 4)?;

    let mut inside = vec![0.0; small.gray.len()];
    let mut next = vec![seed];
    inside[seed] = 1.0;
    while let Some(at) = next.pop() {
        let (x, y) = (at % width, at / width);
        let beside = [
            (x > 0).then(|| at - 1),
            (x + 1 < width).then(|| at + 1),
            (y > 0).then(|| at - width),
            (y + 1 < height).then(|| at + width),
        ];
        for beside in beside.into_iter().flatten() {
            if inside[beside] == 0.0 && is_even[beside] {
                inside[beside] = 1.0;
                next.push(beside);
            }
        }
    }
    let inside = Small { gray: inside, ..*small }.widened(REACH, f32::max);
    Some(inside.gray.into_iter().map(|inside| inside > 0.0).collect())
}

/// True when it is brighter than what lies around it, and little of that is paper.
fn stands_out(small: &Small, region: &[bool]) -> bool {
    let of = |is_inside: bool| {
        let places = small.gray.iter().zip(region).filter(|(_, inside)| **inside == is_inside);
        let mut grays: Vec<f32> = places.map(|(gray, _)| *gray).collect();
        grays.sort_by(f32::total_cmp);
        grays
    };
    let (inside, outside) = (of(true), of(false));
    let (Some(paper), Some(table)) = (inside.get(inside.len() / 2), outside.get(outside.len() / 2)) else {
        return false;
    };
    let bright = outside.iter().filter(|gray| **gray * BRIGHTER > *paper).count() as f64;
    *paper > table * BRIGHTER && bright < MOST_BRIGHT * outside.len() as f64
}

/// The leftmost and rightmost places of each row and the uppermost and lowest of each column, at the outer edges of their pixels.
/// Those at the picture's own edge are no edge of the sheet.
fn outline(small: &Small, region: &[bool]) -> Outline {
    let (width, height) = (small.width, small.height);
    let mut outline = Outline::default();
    for y in 0..height {
        let row = &region[y * width..][..width];
        let ends = row.iter().position(|&inside| inside).zip(row.iter().rposition(|&inside| inside));
        if let Some((first, last)) = ends {
            outline.add((first as f64, y as f64 + 0.5), first > 0);
            outline.add((last as f64 + 1.0, y as f64 + 0.5), last + 1 < width);
        }
    }
    for x in 0..width {
        let mut column = (0..height).filter(|y| region[y * width + x]);
        if let Some(first) = column.next() {
            let last = column.next_back().unwrap_or(first);
            outline.add((x as f64 + 0.5, first as f64), first > 0);
            outline.add((x as f64 + 0.5, last as f64 + 1.0), last + 1 < height);
        }
    }
    outline
}

/// False of what is an upright rectangle already.
fn is_askew(corners: &Corners) -> bool {
    let [a, b, c, d] = corners;
    let (width, height) = (b.0 - a.0, d.1 - a.1);
    let off = |one: f64, other: f64, side: f64| (one - other).abs() > STRAIGHT * side;
    off(a.1, b.1, width) || off(d.1, c.1, width) || off(a.0, d.0, height) || off(b.0, c.0, height)
}

#[cfg(test)]
mod tests {
    use super::super::corners::Point;
    use super::*;

    const SHEET: Corners = [(150.0, 120.0), (1060.0, 200.0), (1110.0, 1480.0), (90.0, 1400.0)];

    /// A page of 1200 by 1600 pixels that is so grey within the corners and around them; lines are written on what is within.
    fn photo(corners: &Corners, sheet: fn(f64, f64) -> f64, table: f64) -> GrayPage {
        let is_right_of = |(x, y): Point, a: Point, b: Point| (b.0 - a.0) * (y - a.1) - (b.1 - a.1) * (x - a.0) > 0.0;
        let gray = |at: u32| {
            let (x, y) = (f64::from(at % 1200), f64::from(at / 1200));
            let is_inside = (0..4).all(|side| is_right_of((x, y), corners[side], corners[(side + 1) % 4]));
            let is_ink = y % 40.0 < 12.0 && x % 14.0 < 7.0 && x > 300.0 && x < 900.0 && y > 300.0 && y < 1300.0;
            if !is_inside {
                table as u8
            } else if is_ink {
                30
            } else {
                sheet(x, y) as u8
            }
        };
        GrayPage { width: 1200, height: 1600, data: (0..1200 * 1600).map(gray).collect() }
    }

    #[test]
    fn a_sheet_that_lies_askew_is_found_in_light_and_shadow() {
        // The right half lies in a shadow with a soft edge.
        let lights: [fn(f64, f64) -> f64; 2] = [|_, _| 210.0, |x, _| 210.0 - 90.0 / (1.0 + ((600.0 - x) / 60.0).exp())];
        for light in lights {
            let found = find(&photo(&SHEET, light, 70.0)).unwrap();
            for (found, expected) in found.iter().zip(SHEET) {
                let off = (found.0 - expected.0).hypot(found.1 - expected.1);
                assert!(off < 8.0, "{found:?} {expected:?}");
            }
        }
    }

    #[test]
    fn what_is_no_photo_of_a_sheet_is_left_alone() {
        let whole = [(0.0, 0.0), (1200.0, 0.0), (1200.0, 1600.0), (0.0, 1600.0)];
        let upright = [(150.0, 150.0), (1050.0, 150.0), (1050.0, 1450.0), (150.0, 1450.0)];
        let small = [(450.0, 420.0), (760.0, 440.0), (780.0, 880.0), (430.0, 860.0)];
        let plain: fn(f64, f64) -> f64 = |_, _| 210.0;
        for (corners, table, what) in [
            (whole, 210.0, "a scan"),
            (upright, 70.0, "a window on a screen"),
            (small, 70.0, "a label on something"),
            (SHEET, 200.0, "paper on paper"),
            (SHEET, 240.0, "a dark sheet"),
        ] {
            assert_eq!(find(&photo(&corners, plain, table)), None, "{what}");
        }
    }
}
