//! Light that falls unevenly on a page, and shadows, taken out: each place is divided by how bright paper is there.

use super::super::GrayPage;

/// Pixels along a side of a tile, in each of which some paper is seen between the letters.
const TILE: usize = 32;
/// Of a tile's pixels, the one that is brighter than this part of them is paper.
const PAPER: f64 = 0.85;
/// Light is uneven where the paper of some tiles is so much brighter than that of others.
const UNEVEN: f32 = 1.25;
/// Light changes by less than this part from a tile to the next. Where more than one in so many pairs of tiles differs by more, it
/// is the colour of what is printed.
const STEP: f32 = 0.2;
const FEW: usize = 40;
/// What is darker than this part of the brightest paper is no shadow but printed so, and stays dark.
const DARKEST: f32 = 0.35;
/// How bright paper is afterwards.
const WHITE: f32 = 240.0;

/// The page as it was under even light. One that was, or may be printed so, is given back as it is.
pub fn even(page: GrayPage) -> GrayPage {
    let (columns, rows) = ((page.width as usize).div_ceil(TILE), (page.height as usize).div_ceil(TILE));
    let tiles = medians(&papers(&page, columns, rows), columns, rows);
    let mut sorted = tiles.clone();
    sorted.sort_by(f32::total_cmp);
    let brightest = sorted[sorted.len() * 9 / 10];
    sorted.retain(|&paper| paper > DARKEST * brightest);
    let (Some(dark), Some(bright)) = (sorted.get(sorted.len() / 10), sorted.get(sorted.len() * 9 / 10)) else {
        return page;
    };
    if *bright < UNEVEN * dark || is_printed(&tiles, columns) {
        return page;
    }
    let tiles: Vec<f32> = tiles.into_iter().map(|paper| paper.max(DARKEST * brightest).max(1.0)).collect();
    let GrayPage { width, height, mut data } = page;
    let across: Vec<_> = (0..width as usize).map(|x| neighbours(x, columns)).collect();
    for (y, row) in data.chunks_exact_mut(width as usize).enumerate() {
        let (above, below, down) = neighbours(y, rows);
        for (gray, &(left, right, part)) in row.iter_mut().zip(&across) {
            let paper = |row: usize| tiles[row * columns + left] * (1.0 - part) + tiles[row * columns + right] * part;
            let paper = paper(above) * (1.0 - down) + paper(below) * down;
            *gray = (f32::from(*gray) * WHITE / paper).min(255.0) as u8;
        }
    }
    GrayPage { width, height, data }
}

/// True when too many tiles differ from the one beside or below them by more than light does.
fn is_printed(tiles: &[f32], columns: usize) -> bool {
    let differs = |a: f32, b: f32| (a - b).abs() > STEP * a.max(b);
    let beside = tiles.chunks_exact(columns).flat_map(|row| row.windows(2)).map(|pair| (pair[0], pair[1]));
    let below = tiles.iter().copied().zip(tiles.iter().copied().skip(columns));
    let steps = beside.chain(below).filter(|&(a, b)| differs(a, b)).count();
    steps * FEW > 2 * tiles.len()
}

/// The two tiles whose middles a pixel is between, and how far it is from the first.
fn neighbours(at: usize, count: usize) -> (usize, usize, f32) {
    let place = ((at as f32 + 0.5) / TILE as f32 - 0.5).clamp(0.0, (count - 1) as f32);
    let first = place as usize;
    (first, (first + 1).min(count - 1), place - first as f32)
}

/// How bright paper is in each tile.
fn papers(page: &GrayPage, columns: usize, rows: usize) -> Vec<f32> {
    let (width, height) = (page.width as usize, page.height as usize);
    let paper = |at: usize| {
        let (left, top) = (at % columns * TILE, at / columns * TILE);
        let mut counts = [0_u32; 256];
        for y in top..(top + TILE).min(height) {
            page.data[y * width + left..y * width + (left + TILE).min(width)]
                .iter()
                .for_each(|&gray| counts[usize::from(gray)] += 1);
        }
        let wanted = f64::from(counts.iter().sum::<u32>()) * PAPER;
        let mut below = 0.0;
        let reached = counts.iter().position(|&count| {
            below += f64::from(count);
            below >= wanted
        });
        reached.unwrap_or(255) as f32
    };
    (0..columns * rows).map(paper).collect()
}

/// Each tile as the median of those around it: what is printed dark, or shines, in one of them is no light.
fn medians(tiles: &[f32], columns: usize, rows: usize) -> Vec<f32> {
    let around = |at: usize, end: usize| at.saturating_sub(2)..(at + 3).min(end);
    let median = |at: usize| {
        let (x, y) = (at % columns, at / columns);
        let mut near: Vec<f32> = around(y, rows)
            .flat_map(|y| around(x, columns).map(move |x| y * columns + x))
            .map(|at| tiles[at])
            .collect();
        near.sort_by(f32::total_cmp);
        near[near.len() / 2]
    };
    (0..columns * rows).map(median).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page of paper with a letter every 16 pixels, whose light at each place is that share.
    fn page(light: fn(usize, usize) -> f32) -> GrayPage {
        let gray = |at: usize| {
            let (x, y) = (at % 400, at / 400);
            let ink = if x % 16 < 5 && y % 16 < 9 { 40.0 } else { 230.0 };
            (ink * light(x, y)) as u8
        };
        GrayPage { width: 400, height: 300, data: (0..400 * 300).map(gray).collect() }
    }

    #[test]
    fn a_page_in_even_light_stays_as_it_is() {
        let plain = page(|_, _| 1.0);
        assert_eq!(even(GrayPage { data: plain.data.clone(), ..plain }).data, page(|_, _| 1.0).data);
    }

    #[test]
    fn a_shadow_is_lifted_and_letters_stay() {
        let lit = even(page(|x, _| {
            if x < 50 {
                0.5
            } else if x > 350 {
                1.0
            } else {
                0.5 + (x - 50) as f32 / 600.0
            }
        }));
        let share =
            |of: fn(u8) -> bool| lit.data.iter().filter(|gray| of(**gray)).count() as f64 / lit.data.len() as f64;
        assert!(share(|gray| gray > 200) > 0.8, "paper is white everywhere");
        assert!(share(|gray| gray < 90) > 0.15, "letters are dark everywhere");
    }

    #[test]
    fn what_is_printed_dark_stays_dark() {
        // A black bar over a third of a page whose light falls off to the right.
        let lit = even(page(|x, y| if y < 100 { 0.1 } else { 1.0 - x as f32 / 800.0 }));
        let bar = &lit.data[20 * 400..60 * 400];
        assert!(bar.iter().all(|&gray| gray < 110), "{:?}", bar.iter().max());
    }

    #[test]
    fn pages_of_any_size_have_light() {
        for (width, height) in [(1, 1), (31, 33), (5000, 1)] {
            let data = vec![128; width as usize * height as usize];
            assert_eq!(even(GrayPage { width, height, data }).data.len(), (width * height) as usize);
        }
    }
}
