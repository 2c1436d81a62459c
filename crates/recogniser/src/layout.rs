//! In which order the lines of a page are read, and which belong together.

use crate::geometry::RotatedRect;
use std::ops::Range;

/// Columns have at least so many lines each, and these are so much wider than high on the whole: what is shorter stands in a
/// table, which is read row by row.
const COLUMN_LINES: usize = 3;
const COLUMN_WIDTH: f32 = 8.0;
/// Columns end where nothing stands for so many heights of a line: what comes then is a table, or has columns of its own.
const COLUMN_END: f32 = 2.5;
/// The narrowest gap between columns, by the height of their lines. Lines are found a little wider than they are.
const COLUMN_GAP: f32 = 0.3;
/// Lines stand beside each other when their middles are nearer than so much of their height.
const SAME_ROW: f32 = 0.5;
/// A paragraph begins where lines are so much farther apart than on the whole, or than they are high,
const FARTHER_THAN_MOST: f32 = 1.3;
const FAR: f32 = 2.0;
/// or so much higher or lower than the one before, or where there is a gap in a line, as in tables.
const OTHER_HEIGHT: f32 = 1.5;
const GAP_IN_ROW: f32 = 1.5;

/// Lines beside each other, from left to right, by their numbers.
pub type Row = Vec<usize>;
/// Rows that belong together.
pub type Paragraph = Vec<Row>;

/// The paragraphs of a page, in reading order.
pub fn paragraphs(lines: &[RotatedRect]) -> Vec<Paragraph> {
    let mut upright = straightened(lines);
    upright.sort_by(|a, b| a.middle().total_cmp(&b.middle()));
    let mut blocks = vec![];
    split_columns(&upright, &mut blocks);
    blocks.iter().flat_map(|block| paragraphs_of(block)).collect()
}

/// A line on a page that lies straight.
#[derive(Debug, Clone, Copy)]
struct Line {
    number: usize,
    left: f32,
    right: f32,
    top: f32,
    bottom: f32,
}

impl Line {
    fn middle(&self) -> f32 {
        f32::midpoint(self.top, self.bottom)
    }

    fn height(&self) -> f32 {
        (self.bottom - self.top).max(1.0)
    }
}

/// The lines as they were if the page lay straight.
fn straightened(lines: &[RotatedRect]) -> Vec<Line> {
    let long = lines.iter().filter(|line| line.width > 3.0 * line.height);
    let (sin, cos) = median(long.map(|line| line.angle)).unwrap_or(0.0).sin_cos();
    let straighten = |(number, line): (usize, &RotatedRect)| {
        let (x, y) = (line.x * cos + line.y * sin, line.y * cos - line.x * sin);
        let (half_width, half_height) = (line.width / 2.0, line.height / 2.0);
        Line { number, left: x - half_width, right: x + half_width, top: y - half_height, bottom: y + half_height }
    };
    lines.iter().enumerate().map(straighten).collect()
}

/// Cuts lines, which are sorted by their middles, into blocks without columns, in reading order.
fn split_columns(lines: &[Line], blocks: &mut Vec<Vec<Line>>) {
    let Some((run, edge)) = columns(lines) else {
        if !lines.is_empty() {
            blocks.push(lines.to_vec());
        }
        return;
    };
    let (left, right): (Vec<Line>, Vec<Line>) = lines[run.clone()].iter().partition(|line| line.right <= edge);
    for part in [&lines[..run.start], &left, &right, &lines[run.end..]] {
        split_columns(part, blocks);
    }
}

/// The most lines one after another that stand in two columns, and where the left one ends.
fn columns(lines: &[Line]) -> Option<(Range<usize>, f32)> {
    let height = median(lines.iter().map(Line::height))?;
    let gap = COLUMN_GAP * height;
    let is_end = |at: usize| at > 0 && lines[at].middle() - lines[at - 1].middle() > COLUMN_END * height;
    let mut best: Option<(Range<usize>, f32)> = None;
    for edge in lines.iter().map(|line| line.right) {
        let crosses = |line: &Line| line.right > edge && line.left < edge + gap;
        let mut start = 0;
        while start < lines.len() {
            let stops = |&at: &usize| crosses(&lines[at]) || (at > start && is_end(at));
            let end = (start..lines.len()).find(stops).unwrap_or(lines.len());
            let longest = best.as_ref().map_or(0, |(run, _)| run.len());
            if end - start > longest && are_columns(&lines[start..end], edge) {
                best = Some((start..end, edge));
            }
            start = if lines.get(end).is_some_and(crosses) { end + 1 } else { end };
        }
    }
    best
}

fn are_columns(lines: &[Line], edge: f32) -> bool {
    let is_column = |is_left: bool| {
        let of_column = || lines.iter().filter(move |line| (line.right <= edge) == is_left);
        let width = median(of_column().map(|line| (line.right - line.left) / line.height()));
        of_column().count() >= COLUMN_LINES && width.is_some_and(|width| width >= COLUMN_WIDTH)
    };
    is_column(true) && is_column(false)
}

fn paragraphs_of(block: &[Line]) -> Vec<Paragraph> {
    let rows = rows(block);
    let middle = |row: &[Line]| row.iter().map(Line::middle).sum::<f32>() / row.len() as f32;
    let height = |row: &[Line]| row.iter().map(Line::height).sum::<f32>() / row.len() as f32;
    let has_gap =
        |row: &[Line]| row.windows(2).any(|pair| pair[1].left - pair[0].right > GAP_IN_ROW * pair[0].height());
    let distance = |a: &[Line], b: &[Line]| middle(b) - middle(a);
    let usual = median(rows.windows(2).map(|pair| distance(&pair[0], &pair[1]))).unwrap_or(0.0);
    let together = rows.chunk_by(|a, b| {
        let apart = distance(a, b);
        let (higher, lower) = (height(a).max(height(b)), height(a).min(height(b)));
        apart <= FARTHER_THAN_MOST * usual
            && apart <= FAR * higher
            && higher <= OTHER_HEIGHT * lower
            && !has_gap(a)
            && !has_gap(b)
    });
    let numbers = |row: &Vec<Line>| row.iter().map(|line| line.number).collect();
    together.map(|rows| rows.iter().map(numbers).collect()).collect()
}

/// Lines that are sorted by their middles, by rows.
fn rows(lines: &[Line]) -> Vec<Vec<Line>> {
    let beside = |a: &Line, b: &Line| b.middle() - a.middle() < SAME_ROW * a.height().min(b.height());
    let mut rows: Vec<Vec<Line>> = lines.chunk_by(beside).map(<[Line]>::to_vec).collect();
    for row in &mut rows {
        row.sort_by(|a, b| a.left.total_cmp(&b.left));
    }
    rows
}

fn median(values: impl Iterator<Item = f32>) -> Option<f32> {
    let mut values: Vec<f32> = values.collect();
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines 20 high by their left and right edges and their tops, on a page that is turned by so many degrees.
    fn read(lines: &[(f32, f32, f32)], degrees: f32) -> Vec<Paragraph> {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let slanted = |&(left, right, top): &(f32, f32, f32)| {
            let (x, y) = (f32::midpoint(left, right), top + 10.0);
            let (x, y) = (x * cos - y * sin, x * sin + y * cos);
            RotatedRect { x, y, width: right - left, height: 20.0, angle: degrees.to_radians() }
        };
        paragraphs(&lines.iter().map(slanted).collect::<Vec<_>>())
    }

    /// Rows of one line each, as paragraphs by their numbers.
    fn order(lines: &[(f32, f32, f32)], degrees: f32) -> Vec<Vec<usize>> {
        read(lines, degrees).into_iter().map(|paragraph| paragraph.into_iter().flatten().collect()).collect()
    }

    #[test]
    fn a_slanted_page_is_read_from_its_top() {
        // At eight degrees the right end of a line is lower than the left end of the next two.
        let lines = [(0.0, 800.0, 75.0), (0.0, 800.0, 0.0), (0.0, 300.0, 50.0), (0.0, 800.0, 25.0)];
        for degrees in [-8.0, 0.0, 8.0] {
            assert_eq!(order(&lines, degrees), [vec![1, 3, 2, 0]], "{degrees}");
        }
    }

    #[test]
    fn columns_are_read_one_after_the_other_between_what_is_above_and_below() {
        let mut lines = vec![(0.0, 900.0, 0.0)];
        for row in 0..4 {
            let top = 60.0 + 25.0 * row as f32;
            lines.extend([(0.0, 430.0, top), (470.0, 900.0, top + 8.0)]);
        }
        lines.push((100.0, 800.0, 220.0));
        assert_eq!(order(&lines, 1.0), [vec![0], vec![1, 3, 5, 7], vec![2, 4, 6, 8], vec![9]]);
    }

    #[test]
    fn a_table_is_read_row_by_row() {
        let mut lines = vec![];
        for row in 0..5 {
            let top = 25.0 * row as f32;
            lines.extend([(700.0, 780.0, top + 2.0), (0.0, 300.0, top), (400.0, 460.0, top + 1.0)]);
        }
        let rows = read(&lines, 0.0);
        assert_eq!(rows.len(), 5);
        assert_eq!(rows[1], [vec![4, 5, 3]]);
    }

    #[test]
    fn a_table_below_columns_is_none_of_them() {
        let mut lines = vec![];
        for row in 0..4 {
            let top = 25.0 * row as f32;
            lines.extend([(0.0, 350.0, top), (550.0, 900.0, top + 1.0)]);
        }
        for row in 0..2 {
            let top = 180.0 + 25.0 * row as f32;
            lines.extend([(70.0, 150.0, top + 1.0), (510.0, 540.0, top), (830.0, 880.0, top - 1.0)]);
        }
        let read = read(&lines, 0.0);
        assert_eq!(read[2..], [vec![vec![8, 9, 10]], vec![vec![11, 12, 13]]], "{read:?}");
    }

    #[test]
    fn pieces_of_a_line_are_one_row() {
        let lines = [(420.0, 800.0, 3.0), (0.0, 410.0, 0.0), (0.0, 800.0, 25.0)];
        assert_eq!(read(&lines, 0.0), [vec![vec![1, 0], vec![2]]]);
    }

    #[test]
    fn a_wide_gap_or_another_size_begins_a_paragraph() {
        let lines: Vec<_> = [0.0, 25.0, 50.0, 100.0, 125.0].map(|top| (0.0, 800.0, top)).into();
        assert_eq!(order(&lines, 0.0), [vec![0, 1, 2], vec![3, 4]]);
        let two = [(0.0, 800.0, 0.0), (0.0, 800.0, 60.0)];
        assert_eq!(order(&two, 0.0), [[0], [1]]);
        let title = RotatedRect { x: 200.0, y: 0.0, width: 400.0, height: 40.0, angle: 0.0 };
        let line = |y| RotatedRect { y, width: 400.0, height: 20.0, ..title };
        assert_eq!(paragraphs(&[title, line(30.0), line(60.0)]), [vec![vec![0]], vec![vec![1], vec![2]]]);
        assert_eq!(paragraphs(&[]), Vec::<Paragraph>::new());
    }
}
