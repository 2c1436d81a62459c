//! Segments to lines in reading order. Most files draw in reading order, and theirs is better than a guess; a page
//! that is drawn all over the place is ordered by its columns.

use super::segments::Segment;
use super::table::Table;
use std::rc::Rc;

/// What stands on one baseline of one column, from its start to its end.
#[derive(Debug, Clone)]
pub struct Line {
    pub cells: Vec<Segment>,
}

impl Line {
    pub fn first(&self) -> &Segment {
        &self.cells[0]
    }

    /// Where its last cell ends.
    pub fn end(&self) -> f64 {
        self.cells.iter().fold(f64::MIN, |end, cell| end.max(cell.end))
    }

    pub fn last_char(&self) -> Option<char> {
        self.cells.last()?.text.chars().next_back()
    }

    /// The table that stands here instead of words.
    pub fn table(&self) -> Option<&Rc<Table>> {
        self.first().table.as_ref()
    }

    pub fn text(&self, between: &str) -> String {
        let texts: Vec<&str> = self.cells.iter().map(|cell| cell.text.as_str()).collect();
        texts.join(between)
    }
}

/// The lines of a page in the order in which they are read.
pub fn ordered_lines(segments: Vec<Segment>) -> Vec<Line> {
    let (notes, own): (Vec<Segment>, Vec<Segment>) = segments.into_iter().partition(|segment| segment.is_note);
    let mut lines = in_drawn_order(own);
    if is_disordered(&lines) {
        let mut blocks = vec![];
        let segments: Vec<Segment> = lines.into_iter().flat_map(|line| line.cells).collect();
        cut(segments, 0, &mut blocks);
        lines = blocks.into_iter().flat_map(in_drawn_order).collect();
    }
    for note in notes {
        put_note(note, &mut lines);
    }
    lines
}

/// What annotations draw, such as the values of form fields, belongs to the line it stands on, or below the line
/// above it.
fn put_note(note: Segment, lines: &mut Vec<Line>) {
    let fits = |line: &Line| line.table().is_none() && line.cells.iter().all(|cell| is_cell_of_one_line(cell, &note));
    if let Some(line) = lines.iter_mut().find(|line| fits(line)) {
        line.cells.push(note);
        sort_cells(line);
        return;
    }
    let is_beside = |line: &Line| line.cells.iter().any(|cell| cell.table.is_none() && cell.is_beside(&note));
    if let Some(index) = lines.iter().position(is_beside) {
        lines.insert(index + 1, Line { cells: vec![note] });
        return;
    }
    let distance = |line: &Line| {
        let first = line.first();
        let overlap = first.end.min(note.end) - first.start.max(note.start);
        let above = note.baseline - first.baseline;
        (first.angle == note.angle && above >= 0.0 && overlap > 0.0).then_some(above)
    };
    let above = lines.iter().enumerate().filter_map(|(index, line)| Some((index, distance(line)?)));
    let above = above.min_by(|one, other| one.1.total_cmp(&other.1));
    lines.insert(above.map_or(lines.len(), |(index, _)| index + 1), Line { cells: vec![note] });
}

/// Segments that stand beside each other one after the other, as lines.
pub fn in_drawn_order(segments: Vec<Segment>) -> Vec<Line> {
    let mut lines: Vec<Line> = vec![];
    for segment in segments {
        let beside = lines.last_mut().filter(|line| {
            segment.table.is_none() && line.cells.iter().all(|cell| is_cell_of_one_line(cell, &segment))
        });
        match beside {
            Some(line) => line.cells.push(segment),
            None => lines.push(Line { cells: vec![segment] }),
        }
    }
    lines.iter_mut().for_each(sort_cells);
    lines
}

fn sort_cells(line: &mut Line) {
    if line.cells.len() < 2 {
        return;
    }
    line.cells.sort_by(|one, other| one.start.total_cmp(&other.start));
    let is_rtl =
        line.cells.iter().filter(|cell| cell.text.chars().any(super::bidi::is_rtl)).count() * 2 > line.cells.len();
    if is_rtl {
        line.cells.reverse();
    }
    // Parts of a line that were drawn one by one.
    let mut whole: Vec<Segment> = vec![];
    for cell in line.cells.drain(..) {
        match whole.last_mut() {
            Some(last) if last.table.is_none() && is_part(last, &cell) => {
                let gap = if is_rtl { last.start - cell.end } else { cell.start - last.end };
                let is_spaced = gap > last.size.max(cell.size) * 0.15;
                last.append(cell, if is_spaced { " " } else { "" });
            }
            _ => whole.push(cell),
        }
    }
    line.cells = whole;
}

fn is_part(cell: &Segment, next: &Segment) -> bool {
    let size = cell.size.max(next.size);
    let gap = (next.start - cell.end).max(cell.start - next.end);
    gap < size && cell.is_note == next.is_note
}

fn is_cell_of_one_line(cell: &Segment, next: &Segment) -> bool {
    let overlap = cell.end.min(next.end) - cell.start.max(next.start);
    cell.table.is_none() && cell.is_beside(next) && overlap < cell.size * 0.3
}

/// A page is disordered when reading it as drawn keeps jumping upwards without moving to another column, or when
/// its lines run through two columns of prose.
fn is_disordered(lines: &[Line]) -> bool {
    let jumps = lines.windows(2).filter(|pair| jumps_back(pair[0].first(), pair[1].first())).count();
    if jumps >= 3 && jumps * 6 > lines.len() {
        return true;
    }
    let pairs: Vec<&Line> = lines.iter().filter(|line| line.cells.len() == 2).collect();
    let prose = |line: &Line| line.cells.iter().all(|cell| cell.text.chars().count() > 24);
    let through = pairs.iter().filter(|line| prose(line)).count();
    through >= 6 && through * 2 > lines.len()
}

fn jumps_back(last: &Segment, next: &Segment) -> bool {
    let overlap = last.end.min(next.end) - last.start.max(next.start);
    last.angle == next.angle && next.baseline < last.baseline - last.size * 0.7 && overlap > 0.0
}

/// Recursive XY cut: between columns first, then between rows; what cannot be cut is read from top to bottom.
fn cut(mut block: Vec<Segment>, depth: u32, blocks: &mut Vec<Vec<Segment>>) {
    let size = median(block.iter().map(|segment| segment.size));
    let across = |segment: &Segment| (segment.start, segment.end);
    let down = |segment: &Segment| (segment.baseline - segment.size * 0.8, segment.baseline + segment.size * 0.2);
    if depth < 24 && block.len() > 3 {
        let gutter = widest_gap(&block, across).filter(|(_, width)| *width > size * 1.2);
        let gutter = gutter.filter(|(at, _)| {
            let left = block.iter().filter(|segment| segment.start < *at).count();
            left >= 3 && block.len() - left >= 3
        });
        if let Some((at, _)) = gutter {
            let (left, right) = block.into_iter().partition(|segment| segment.start < at);
            cut(left, depth + 1, blocks);
            cut(right, depth + 1, blocks);
            return;
        }
        if let Some((at, _)) = widest_gap(&block, down).filter(|(_, height)| *height > size * 0.1) {
            let (top, bottom) = block.into_iter().partition(|segment| down(segment).0 < at);
            cut(top, depth + 1, blocks);
            cut(bottom, depth + 1, blocks);
            return;
        }
    }
    block.sort_by(|one, other| {
        let row = |segment: &Segment| (segment.baseline / (size * 0.5).max(0.1)).round();
        row(one).total_cmp(&row(other)).then(one.start.total_cmp(&other.start))
    });
    blocks.push(block);
}

/// The middle and the width of the widest strip that no segment crosses.
fn widest_gap(block: &[Segment], extent: impl Fn(&Segment) -> (f64, f64)) -> Option<(f64, f64)> {
    let mut spans: Vec<(f64, f64)> = block.iter().map(extent).collect();
    spans.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut reached = spans.first()?.1;
    let mut widest: Option<(f64, f64)> = None;
    for (start, end) in spans {
        let width = start - reached;
        if width > 0.0 && widest.is_none_or(|(_, best)| width > best) {
            widest = Some((reached + width / 2.0, width));
        }
        reached = reached.max(end);
    }
    widest
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(1.0)
}
