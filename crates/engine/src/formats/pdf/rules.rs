//! The straight lines of a page: what tables are drawn with.

use kurbo::{Affine, BezPath, PathEl, Point, Rect};

/// Lines of one page that are kept; a page with more is a drawing.
const MAX: usize = 3_000;
/// How thick a filled box may be, in points, to be a line.
const THICKEST: f64 = 3.0;

/// A line along one axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    /// Where it is: the height of one that goes across, the distance from the left of one that goes down.
    pub at: f64,
    pub start: f64,
    pub end: f64,
}

/// The lines of one page, in points from its upper left corner.
#[derive(Default)]
pub struct Rules {
    pub across: Vec<Rule>,
    pub down: Vec<Rule>,
    is_drawing: bool,
}

impl Rules {
    pub fn clear(&mut self) {
        self.across.clear();
        self.down.clear();
        self.is_drawing = false;
    }

    /// Keeps what a path has of straight lines: the edges of one that is stroked, thin boxes of one that is filled.
    pub fn add_path(&mut self, path: &BezPath, transform: Affine, is_stroked: bool) {
        let is_curved = |element: &PathEl| matches!(element, PathEl::QuadTo(..) | PathEl::CurveTo(..));
        if self.is_drawing || path.elements().iter().any(is_curved) {
            return;
        }
        let mut first = Point::ZERO;
        let mut last = Point::ZERO;
        let mut bounds: Option<Rect> = None;
        for element in path.elements() {
            let next = match *element {
                PathEl::MoveTo(point) => {
                    if let Some(bounds) = bounds.take() {
                        self.add_box(bounds);
                    }
                    first = transform * point;
                    last = first;
                    continue;
                }
                PathEl::LineTo(point) => transform * point,
                _ => first,
            };
            if is_stroked {
                self.add_edge(last, next);
            } else {
                bounds = Some(bounds.unwrap_or(Rect::from_points(first, first)).union_pt(next));
            }
            last = next;
        }
        if let Some(bounds) = bounds {
            self.add_box(bounds);
        }
    }

    pub fn add_rect(&mut self, rect: &Rect, transform: Affine, is_stroked: bool) {
        if self.is_drawing {
            return;
        }
        let [a, b, c, d] = [(rect.x0, rect.y0), (rect.x1, rect.y0), (rect.x1, rect.y1), (rect.x0, rect.y1)]
            .map(|corner| transform * Point::from(corner));
        if is_stroked {
            for (from, to) in [(a, b), (b, c), (c, d), (d, a)] {
                self.add_edge(from, to);
            }
        } else {
            self.add_box(Rect::from_points(a, c));
        }
    }

    /// True when a line goes down between these two places of a line of text.
    pub fn divides(&self, baseline: f64, size: f64, left: f64, right: f64) -> bool {
        let middle = baseline - size * 0.3;
        self.down.iter().any(|rule| rule.at > left && rule.at < right && rule.start < middle && rule.end > middle)
    }

    fn add_box(&mut self, bounds: Rect) {
        if bounds.height() <= THICKEST && bounds.width() > bounds.height() {
            self.push_across(bounds.center().y, bounds.x0, bounds.x1);
        } else if bounds.width() <= THICKEST {
            self.push_down(bounds.center().x, bounds.y0, bounds.y1);
        }
    }

    fn add_edge(&mut self, from: Point, to: Point) {
        if (from.y - to.y).abs() < 0.5 {
            self.push_across(from.y, from.x.min(to.x), from.x.max(to.x));
        } else if (from.x - to.x).abs() < 0.5 {
            self.push_down(from.x, from.y.min(to.y), from.y.max(to.y));
        }
    }

    fn push_across(&mut self, at: f64, start: f64, end: f64) {
        push(&mut self.across, Rule { at, start, end });
        self.is_drawing |= self.across.len() > MAX;
    }

    fn push_down(&mut self, at: f64, start: f64, end: f64) {
        push(&mut self.down, Rule { at, start, end });
        self.is_drawing |= self.down.len() > MAX;
    }

    /// Lines with their pieces put together, or none when the page is a drawing.
    pub fn joined(&self) -> Option<(Vec<Rule>, Vec<Rule>)> {
        (!self.is_drawing && !self.across.is_empty() && !self.down.is_empty())
            .then(|| (joined(&self.across), joined(&self.down)))
    }
}

fn push(rules: &mut Vec<Rule>, rule: Rule) {
    if rule.at.is_finite() && rule.start.is_finite() && rule.end.is_finite() && rule.end - rule.start > 1.0 {
        rules.push(rule);
    }
}

/// Borders of cells are often drawn one by one: pieces that touch become one line.
fn joined(rules: &[Rule]) -> Vec<Rule> {
    let mut sorted = rules.to_vec();
    sorted.sort_by(|one, other| one.at.total_cmp(&other.at));
    let mut lines: Vec<Rule> = vec![];
    for level in sorted.chunk_by(|one, other| other.at - one.at < 1.0) {
        let mut level = level.to_vec();
        level.sort_by(|one, other| one.start.total_cmp(&other.start));
        let from = lines.len();
        for rule in level {
            match lines[from..].last_mut() {
                Some(line) if rule.start - line.end < 3.0 => line.end = line.end.max(rule.end),
                _ => lines.push(rule),
            }
        }
    }
    lines
}
