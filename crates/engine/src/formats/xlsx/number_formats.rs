//! Which cells show their number as a date, a time or a share, and which with a currency or another unit.

use super::codes::{Piece, Pieces};
use super::units::{Unit, unit_of};
use crate::Error;
use crate::markup::xml::{Node, Xml};
use std::collections::HashMap;
use std::sync::Arc;

/// What a number in a cell stands for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum NumberFormat {
    #[default]
    Number,
    Unit(Arc<Unit>),
    Percent,
    Date,
    Time,
    DateTime,
}

/// The number format of each style of the workbook.
#[derive(Default)]
pub struct NumberFormats(Vec<NumberFormat>);

impl NumberFormats {
    /// Reads `styles.xml`.
    pub fn read(mut xml: Xml<'_>) -> Result<Self, Error> {
        let mut codes: HashMap<u32, NumberFormat> = HashMap::new();
        let mut styles = vec![];
        let mut in_cells = false;
        while let Some(()) = xml.next(|node| match node {
            Node::Start(tag) => {
                let id = || tag.attribute("numFmtId").and_then(|id| id.parse::<u32>().ok());
                match tag.name() {
                    "numFmt" => {
                        if let (Some(id), Some(code)) = (id(), tag.attribute("formatCode")) {
                            codes.insert(id, number_format(&code));
                        }
                    }
                    "cellXfs" => in_cells = true,
                    "xf" if in_cells => {
                        let id = id().unwrap_or(0);
                        styles.push(codes.get(&id).cloned().unwrap_or_else(|| built_in(id)));
                    }
                    _ => {}
                }
            }
            Node::End("cellXfs") => in_cells = false,
            Node::End(_) | Node::Text(_) => {}
        })? {}
        Ok(Self(styles))
    }

    /// Styles that were read elsewhere.
    pub fn new(styles: Vec<NumberFormat>) -> Self {
        Self(styles)
    }

    /// The number format of a style.
    pub fn of_style(&self, style: usize) -> &NumberFormat {
        self.0.get(style).unwrap_or(&NumberFormat::Number)
    }
}

/// The formats that every program knows by their number.
pub fn built_in(id: u32) -> NumberFormat {
    match id {
        9 | 10 => NumberFormat::Percent,
        14..=17 | 27..=31 | 36 | 50..=58 => NumberFormat::Date,
        18..=21 | 32..=35 | 45..=47 => NumberFormat::Time,
        22 => NumberFormat::DateTime,
        _ => NumberFormat::Number,
    }
}

/// A format by its code: looks for the letters of dates and times outside of quotes, brackets and escapes.
pub fn number_format(code: &str) -> NumberFormat {
    let code = code.split(';').next().unwrap_or_default();
    let (mut date, mut time, mut percent) = (false, false, false);
    for piece in Pieces::of(code) {
        match piece {
            Piece::Brackets(inside) => {
                time |= matches!(inside.to_ascii_lowercase().as_str(), "h" | "hh" | "m" | "mm" | "s" | "ss");
            }
            Piece::Sign('y' | 'Y' | 'd' | 'D') => date = true,
            Piece::Sign('h' | 'H' | 's' | 'S') => time = true,
            Piece::Sign('%') => percent = true,
            Piece::Sign(_) | Piece::Text(_) | Piece::General => {}
        }
    }
    // A month alone is a date; with hours or seconds it is minutes.
    let month = code.to_ascii_lowercase().contains("mmm") || (code.contains(['m', 'M']) && !time && !percent);
    match (date || (month && !code.contains(['0', '#'])), time) {
        (true, true) => NumberFormat::DateTime,
        (true, false) => NumberFormat::Date,
        (false, true) if !code.contains('#') => NumberFormat::Time,
        _ if percent => NumberFormat::Percent,
        _ => unit_of(code).map_or(NumberFormat::Number, |unit| NumberFormat::Unit(unit.into())),
    }
}
