//! Markup that several formats are written in, as streams of plain events.

pub mod drawing;
pub mod html;
pub mod xml;
