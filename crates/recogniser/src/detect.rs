//! Where lines of text are, from the map a model made of a page: how likely each pixel is the middle part of a line.
//! The numbers are those the model was trained and is published with (differentiable binarisation, as PP-OCR has it).

use crate::geometry::{RotatedRect, smallest_rectangle};

/// What is likelier than this belongs to a line.
const LIKELY: f32 = 0.3;
/// A line is at least this likely, over all of it.
const LIKELY_LINE: f32 = 0.5;
/// Smaller ones are specks.
const SMALLEST_SIDE: f32 = 3.0;
const SMALLEST_AREA: usize = 12;
/// Of a line only the middle part is marked; how much larger it is, by area over circumference.
const UNMARKED: f32 = 1.6;
/// More lines than this are none: somebody drew a pattern to keep us busy.
const MAX_LINES: usize = 2000;

/// The map of a page.
pub struct Map {
    pub width: usize,
    pub height: usize,
    /// From 0 to 1, rows from the top.
    pub likely: Vec<f32>,
}

/// The lines of a page of that size, in no order that means anything.
pub fn lines(map: &Map, (width, height): (usize, usize)) -> Vec<RotatedRect> {
    let mut seen = vec![false; map.likely.len()];
    let mut found = vec![];
    let (across, down) = (width as f32 / map.width as f32, height as f32 / map.height as f32);
    for start in 0..map.likely.len() {
        if seen[start] || map.likely[start] <= LIKELY || found.len() == MAX_LINES {
            continue;
        }
        let Some(marked) = line_of(&spot(map, start, &mut seen), map) else { continue };
        let more = UNMARKED * marked.width * marked.height / (marked.width + marked.height);
        found.push(RotatedRect {
            x: (marked.x + 0.5) * across,
            y: (marked.y + 0.5) * down,
            width: (marked.width + more) * across,
            height: (marked.height + more) * down,
            angle: marked.angle,
        });
    }
    found
}

/// All pixels that touch each other, corners included, from that one on.
fn spot(map: &Map, start: usize, seen: &mut [bool]) -> Vec<usize> {
    let (mut pixels, mut next) = (vec![start], 0);
    seen[start] = true;
    while let Some(&pixel) = pixels.get(next) {
        next += 1;
        let (x, y) = (pixel % map.width, pixel / map.width);
        for y in y.saturating_sub(1)..=(y + 1).min(map.height - 1) {
            for x in x.saturating_sub(1)..=(x + 1).min(map.width - 1) {
                let beside = y * map.width + x;
                if !seen[beside] && map.likely[beside] > LIKELY {
                    seen[beside] = true;
                    pixels.push(beside);
                }
            }
        }
    }
    pixels
}

/// The marked part of a line, if these pixels are one.
fn line_of(pixels: &[usize], map: &Map) -> Option<RotatedRect> {
    let likely = pixels.iter().map(|&pixel| map.likely[pixel]).sum::<f32>() / pixels.len() as f32;
    if pixels.len() < SMALLEST_AREA || likely < LIKELY_LINE {
        return None;
    }
    let points = pixels.iter().map(|&pixel| ((pixel % map.width) as f32, (pixel / map.width) as f32)).collect();
    smallest_rectangle(points).filter(|found| found.width.min(found.height) >= SMALLEST_SIDE)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A map with rectangles of these likelihoods: left, top, width, height.
    fn map(spots: &[([usize; 4], f32)]) -> Map {
        let mut map = Map { width: 100, height: 60, likely: vec![0.05; 6000] };
        for &([left, top, width, height], likely) in spots {
            for y in top..top + height {
                map.likely[y * 100 + left..][..width].fill(likely);
            }
        }
        map
    }

    #[test]
    fn a_marked_part_becomes_a_line_of_the_page() {
        let found = lines(&map(&[([10, 20, 60, 6], 0.9)]), (200, 120));
        let [line] = found[..] else { panic!("{found:?}") };
        assert_eq!((line.x, line.y, line.angle), (80.0, 46.0, 0.0));
        // 60 by 6 is 360 in area and 132 around: 8.7 more on each side, on a page twice as large.
        assert!((line.width - 137.4).abs() < 0.2 && (line.height - 29.4).abs() < 0.2, "{line:?}");
    }

    #[test]
    fn what_touches_is_one_line_and_what_does_not_is_two() {
        let touching = map(&[([10, 20, 20, 6], 0.9), ([30, 25, 20, 6], 0.9)]);
        assert_eq!(lines(&touching, (100, 60)).len(), 1);
        let apart = map(&[([10, 20, 20, 6], 0.9), ([31, 20, 20, 6], 0.9)]);
        assert_eq!(lines(&apart, (100, 60)).len(), 2);
    }

    #[test]
    fn specks_and_shadows_are_no_lines() {
        for (spot, likely) in [([5, 5, 3, 3], 0.9), ([5, 5, 50, 2], 0.9), ([5, 5, 50, 6], 0.4), ([5, 5, 50, 6], 0.2)] {
            assert_eq!(lines(&map(&[(spot, likely)]), (100, 60)), [], "{spot:?} {likely}");
        }
        assert_eq!(lines(&map(&[]), (100, 60)), []);
    }
}
