//! PDF: glyphs as they are drawn, segments and lines made of them, their order, tables and
//! paragraphs; what the document says of itself; and pages as pictures.
//!
//! Outlines, names, annotations and files are read through the objects that the pages are read through, one by one as
//! they are needed. A second model of the whole document (lopdf's) cost a quarter more time and twice the memory on a
//! book of 117 pages, and writes documents instead: what is exported, and what tests read.

mod accents;
mod aligned;
mod annotations;
mod attachments;
mod bidi;
mod draw;
mod font_programs;
mod fonts;
mod glyph_orders;
mod glyphs;
mod grid;
mod info;
mod join;
mod listings;
mod lists;
mod meanings;
mod names;
mod needs_ocr;
mod open;
mod order;
mod outline;
mod page;
mod paragraphs;
mod reader;
mod replacements;
mod rules;
mod running;
mod segments;
mod show;
mod spacing;
mod strings;
mod table;
mod text;
mod unmapped;
mod words;
mod writer;

pub use attachments::embedded_files;
pub use draw::{draw_in_color, draw_page, page_header, size_at_width};
pub use info::read_info;
pub use open::{find_page, open, open_pdf};
pub use outline::Outline;
pub use page::{PageReader, is_encrypted};
pub use reader::FORMAT;
pub use show::show;
pub use strings::document_text;
pub use writer::Writer;
