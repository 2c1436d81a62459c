//! Tables without lines: rows whose cells stand below each other.

use super::join::{Joined, join_lines};
use super::order::Line;
use super::segments::Segment;
use super::table::Table;

/// The table that begins with the first of these lines, and how many lines it takes.
pub fn aligned_table(lines: &[Line]) -> Option<(Table, usize)> {
    let first = &lines[0];
    let count = first.cells.len();
    if count < 2 || first.table().is_some() {
        return None;
    }
    let mut columns: Vec<&Segment> = first.cells.iter().collect();
    let mut rows = vec![row(first, (0..count).collect(), count)];
    for pair in lines.windows(2) {
        let (above, below) = (&pair[0], &pair[1]);
        let Some(column_indexes) = is_near(above, below).then(|| column_indexes(below, &columns)).flatten() else {
            break;
        };
        for (cell, column_index) in below.cells.iter().zip(&column_indexes) {
            columns[*column_index] = cell;
        }
        rows.push(row(below, column_indexes, count));
    }
    let enough = if count > 2 { 2 } else { 3 };
    let length = rows.len();
    (length >= enough).then(|| (Table::new(rows), length))
}

fn row(line: &Line, column_indexes: Vec<usize>, count: usize) -> Vec<Joined> {
    let mut cells = vec![Joined::default(); count];
    for (cell, column_index) in line.cells.iter().zip(column_indexes) {
        cells[column_index] = join_lines(&[Line { cells: vec![cell.clone()] }]);
    }
    cells
}

fn is_near(above: &Line, below: &Line) -> bool {
    let (one, other) = (above.first(), below.first());
    let step = other.baseline - one.baseline;
    below.table().is_none() && step > 0.0 && step < one.size.max(other.size) * 4.0 && one.angle == other.angle
}

/// The column of each cell, given the cell above in every column. Cells may be missing where there are enough to be
/// sure of the others.
fn column_indexes(line: &Line, columns: &[&Segment]) -> Option<Vec<usize>> {
    if line.cells.len() == columns.len() {
        let all = line.cells.iter().zip(columns).all(|(cell, above)| is_below(cell, above));
        return all.then(|| (0..columns.len()).collect());
    }
    if columns.len() < 3 || line.cells.len() < 2 || line.cells.len() > columns.len() {
        return None;
    }
    let mut column_indexes: Vec<usize> = vec![];
    for cell in &line.cells {
        let from = column_indexes.last().map_or(0, |last| last + 1);
        column_indexes.push((from..columns.len()).find(|&index| is_below(cell, columns[index]))?);
    }
    Some(column_indexes)
}

/// True when both begin, end or have their middle at the same place.
fn is_below(cell: &Segment, above: &Segment) -> bool {
    let slack = above.size;
    let middle = |segment: &Segment| (segment.start + segment.end) / 2.0;
    (above.start - cell.start).abs() < slack
        || (above.end - cell.end).abs() < slack
        || (middle(above) - middle(cell)).abs() < slack
}
