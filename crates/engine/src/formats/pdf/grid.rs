//! Tables that are drawn with lines: which cell a place of the page lies in.

use super::rules::{Rule, Rules};

/// How far apart, in points, two lines may be that are meant to meet.
const SLACK: f64 = 3.0;
/// Lines of one page that are looked at; more are a drawing.
const MAX: usize = 400;
/// Rows and columns of one table.
const MAX_CELLS: usize = 20_000;

/// Lines that meet and have cells between them.
#[derive(Debug)]
pub struct Grid {
    /// Edges of the columns, from left to right, and of the rows, from top to bottom.
    columns: Vec<f64>,
    rows: Vec<f64>,
    across: Vec<Rule>,
    down: Vec<Rule>,
}

/// The grids of a page that have two rows and two columns at least.
pub fn grids(rules: &Rules) -> Vec<Grid> {
    let Some((across, down)) = rules.joined() else { return vec![] };
    if across.len() > MAX || down.len() > MAX {
        return vec![];
    }
    let groups = groups(&across, &down);
    let pick = |rules: &[Rule], offset: usize, group: usize| -> Vec<Rule> {
        rules.iter().enumerate().filter(|(at, _)| groups[offset + at] == group).map(|(_, rule)| *rule).collect()
    };
    (0..across.len())
        .filter(|&group| groups[group] == group)
        .filter_map(|group| Grid::new(pick(&across, 0, group), pick(&down, across.len(), group)))
        .collect()
}

/// For every line the first line of those it is connected with.
fn groups(across: &[Rule], down: &[Rule]) -> Vec<usize> {
    let mut groups: Vec<usize> = (0..across.len() + down.len()).collect();
    fn root(groups: &mut [usize], mut index: usize) -> usize {
        while groups[index] != index {
            groups[index] = groups[groups[index]];
            index = groups[index];
        }
        index
    }
    for (one, row) in across.iter().enumerate() {
        for (other, column) in down.iter().enumerate() {
            if meets(row, column.at) && meets(column, row.at) {
                let (a, b) = (root(&mut groups, one), root(&mut groups, across.len() + other));
                groups[a.max(b)] = a.min(b);
            }
        }
    }
    (0..groups.len()).map(|index| root(&mut groups, index)).collect()
}

fn meets(rule: &Rule, at: f64) -> bool {
    rule.start - SLACK <= at && at <= rule.end + SLACK
}

impl Grid {
    fn new(across: Vec<Rule>, down: Vec<Rule>) -> Option<Self> {
        // Outer borders may be left out on either side.
        let columns = edges(&down, &across);
        let rows = edges(&across, &down);
        let (wide, high) = (columns.len().checked_sub(1)?, rows.len().checked_sub(1)?);
        (wide >= 2 && high >= 2 && wide * high <= MAX_CELLS).then_some(Self { columns, rows, across, down })
    }

    pub fn row_count(&self) -> usize {
        self.rows.len() - 1
    }

    pub fn column_count(&self) -> usize {
        self.columns.len() - 1
    }

    /// The right edge of a column.
    pub fn column_end(&self, column: usize) -> f64 {
        self.columns[column + 1]
    }

    /// Left, top, right and bottom.
    pub fn area(&self) -> [f64; 4] {
        let ends = |edges: &[f64]| (edges[0], edges[edges.len() - 1]);
        let ((left, right), (top, bottom)) = (ends(&self.columns), ends(&self.rows));
        [left, top, right, bottom]
    }

    /// Row and column of the cell that this place lies in: the first ones of a cell that spans several.
    pub fn cell(&self, x: f64, y: f64) -> Option<(usize, usize)> {
        let between = |edges: &[f64], at: f64| edges.windows(2).position(|edge| edge[0] <= at && at < edge[1]);
        let (mut row, mut column) = (between(&self.rows, y)?, between(&self.columns, x)?);
        let middle = |edges: &[f64], at: usize| (edges[at] + edges[at + 1]) / 2.0;
        let is_there = |rules: &[Rule], at: f64, along: f64| {
            rules.iter().any(|rule| (rule.at - at).abs() <= SLACK && rule.start <= along && along <= rule.end)
        };
        while column > 0 && !is_there(&self.down, self.columns[column], middle(&self.rows, row)) {
            column -= 1;
        }
        while row > 0 && !is_there(&self.across, self.rows[row], middle(&self.columns, column)) {
            row -= 1;
        }
        Some((row, column))
    }
}

/// Where lines of one direction stand, and where those of the other one end beyond them.
fn edges(lines: &[Rule], crossing: &[Rule]) -> Vec<f64> {
    let ends =
        crossing.iter().fold((f64::MAX, f64::MIN), |(first, last), rule| (first.min(rule.start), last.max(rule.end)));
    let mut edges: Vec<f64> = lines.iter().map(|rule| rule.at).chain([ends.0, ends.1]).collect();
    edges.sort_by(f64::total_cmp);
    edges.dedup_by(|next, last| *next - *last < SLACK * 1.5);
    edges
}
