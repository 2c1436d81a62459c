//! Markup that several formats are written in, as streams of plain events.

pub mod html;
pub mod xml;
