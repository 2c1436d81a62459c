//! Tables drawn with lines: the segments inside of one become its cells.

use super::grid::{Grid, grids};
use super::join::{Joined, join_lines};
use super::order::{Line, in_drawn_order};
use super::rules::Rules;
use super::segments::Segment;
use crate::text::table_row;
use std::rc::Rc;

/// Characters of a cell above which the lines are the frames of a layout, not a table.
const LONGEST_CELL: usize = 1_000;

/// Rows of cells.
#[derive(Debug)]
pub struct Table {
    rows: Vec<Vec<Joined>>,
}

impl Table {
    pub fn new(rows: Vec<Vec<Joined>>) -> Self {
        Self { rows }
    }

    /// A line for each row, with a tab between its cells.
    pub fn plain(&self) -> String {
        let line = |row: &Vec<Joined>| row.iter().map(|cell| cell.plain.as_str()).collect::<Vec<_>>().join("\t");
        self.rows.iter().map(|row| line(row).trim_end().to_owned() + "\n").collect()
    }

    pub fn markdown(&self) -> String {
        let mut text = String::new();
        for (index, row) in self.rows.iter().enumerate() {
            let cells: Vec<&str> = row.iter().map(|cell| cell.markdown.as_str()).collect();
            table_row(&mut text, &cells, index == 0);
        }
        text.push('\n');
        text
    }
}

/// Puts a table in the place of its first segment, for all grids that have one in them.
pub fn take_tables(segments: Vec<Segment>, rules: &Rules) -> Vec<Segment> {
    let grids = grids(rules);
    if grids.is_empty() {
        return segments;
    }
    // A grid inside of a cell of another one is the smaller of the two.
    let area = |grid: &Grid| (grid.area()[2] - grid.area()[0]) * (grid.area()[3] - grid.area()[1]);
    let location = |segment: &Segment| {
        if segment.angle != 0 {
            return None;
        }
        let (x, y) = ((segment.start + segment.end) / 2.0, segment.baseline - segment.size * 0.3);
        let found = grids.iter().enumerate().filter_map(|(index, grid)| Some((index, grid.cell(x, y)?)));
        found.min_by(|one, other| area(&grids[one.0]).total_cmp(&area(&grids[other.0])))
    };
    let locations: Vec<Option<(usize, (usize, usize))>> = segments.iter().map(location).collect();
    let mut tables: Vec<Option<Rc<Table>>> = vec![];
    for (index, grid) in grids.iter().enumerate() {
        let inside = segments.iter().zip(&locations).filter_map(|(segment, location)| {
            location.filter(|(in_grid, _)| *in_grid == index).map(|(_, cell)| (cell, segment.clone()))
        });
        tables.push(table(grid, inside).map(Rc::new));
    }
    let mut is_put = vec![false; grids.len()];
    let mut kept = vec![];
    for (segment, location) in segments.into_iter().zip(locations) {
        let Some((index, table)) = location.and_then(|(index, _)| Some((index, tables[index].as_ref()?))) else {
            kept.push(segment);
            continue;
        };
        if !std::mem::replace(&mut is_put[index], true) {
            kept.push(placeholder(&grids[index], table));
        }
    }
    kept
}

fn table(grid: &Grid, inside: impl Iterator<Item = ((usize, usize), Segment)>) -> Option<Table> {
    let mut cells: Vec<Vec<Vec<Segment>>> = vec![vec![vec![]; grid.column_count()]; grid.row_count()];
    for ((row, column), segment) in inside {
        cells[row][column].push(segment);
    }
    let mut rows: Vec<Vec<Joined>> = vec![];
    for (index, row) in cells.into_iter().enumerate() {
        let row: Vec<Vec<Line>> = row.into_iter().map(in_drawn_order).collect();
        // The first one is the header, whose cells have several lines.
        if index == 0 {
            rows.push(row.iter().map(|cell| join_lines(cell)).collect());
        } else {
            rows.extend(split(&row, grid));
        }
    }
    rows.retain(|row: &Vec<Joined>| row.iter().any(|cell| !cell.plain.is_empty()));
    let is_used = |column: usize| rows.iter().any(|row| !row[column].plain.is_empty());
    let used: Vec<bool> = (0..grid.column_count()).map(is_used).collect();
    for row in &mut rows {
        let mut column = used.iter();
        row.retain(|_| column.next().copied().unwrap_or(true));
    }
    let columns = used.iter().filter(|used| **used).count();
    let filled = rows.iter().flatten().filter(|cell| !cell.plain.is_empty()).count();
    let longest = rows.iter().flatten().map(|cell| cell.plain.len()).max()?;
    let is_table = rows.len() >= 2 && columns >= 2 && filled * 4 >= rows.len() * columns && longest <= LONGEST_CELL;
    is_table.then(|| Table::new(rows))
}

/// A row between two lines may hold several rows of the table: then what stands in its columns shares baselines, and
/// does not fill its column as running text does.
fn split(row: &[Vec<Line>], grid: &Grid) -> Vec<Vec<Joined>> {
    let whole = || vec![row.iter().map(|cell| join_lines(cell)).collect()];
    let high: Vec<(usize, &Vec<Line>)> = row.iter().enumerate().filter(|(_, cell)| cell.len() >= 2).collect();
    let Some((_, longest)) = high.iter().copied().max_by_key(|(index, cell)| (cell.len(), usize::MAX - index)) else {
        return whole();
    };
    let is_on = |line: &Line, other: &Line| line.first().is_beside(other.first());
    let is_running = |(index, cell): &(usize, &Vec<Line>)| {
        let right = grid.column_end(*index);
        let fills = |line: &Line| line.end() > right - (right - line.first().start) * 0.2;
        let full = cell.iter().filter(|line| fills(line) && line.text(" ").split(' ').count() >= 3).count();
        full * 3 >= (cell.len() - 1) * 2
    };
    let has_numbers = |(_, cell): &&(usize, &Vec<Line>)| {
        cell.iter().all(|line| line.text(" ").contains(|c: char| c.is_ascii_digit()))
    };
    // Two lines are more often one cell in two lines than two rows, but for numbers.
    let is_sure = if longest.len() > 2 { high.len() >= 2 } else { high.iter().filter(has_numbers).count() >= 2 };
    let is_aligned = high.iter().flat_map(|(_, cell)| *cell).all(|line| longest.iter().any(|other| is_on(line, other)));
    // A note to every row may be long where two columns of short words have each of the rows.
    let is_counted = |of: &(usize, &Vec<Line>)| of.1.len() == longest.len() && !is_running(of);
    let has_short_columns = longest.len() > 2 && high.iter().filter(|of| is_counted(of)).count() >= 2;
    if !is_sure || !is_aligned || (!has_short_columns && high.iter().any(is_running)) {
        return whole();
    }
    let row_of = |line: &Line| longest.iter().position(|other| is_on(line, other)).unwrap_or(0);
    let mut rows = vec![vec![Joined::default(); row.len()]; longest.len()];
    for (column, cell) in row.iter().enumerate() {
        for line in cell {
            rows[row_of(line)][column] = join_lines(std::slice::from_ref(line));
        }
    }
    rows
}

/// Takes up the room of the table when the page's columns are looked for.
fn placeholder(grid: &Grid, table: &Rc<Table>) -> Segment {
    let [left, top, right, bottom] = grid.area();
    let size = bottom - top;
    let baseline = top + size * 0.8;
    Segment { start: left, end: right, baseline, size, table: Some(table.clone()), ..Segment::default() }
}
