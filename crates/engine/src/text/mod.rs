//! Text: how it comes in (encodings) and how it goes out (the sink).

mod attachments;
mod blocks;
mod buffer;
mod charset;
mod code;
mod code_page;
mod dates;
mod decoder;
mod emphasis;
mod items;
mod json;
mod language;
mod markdown;
mod numbering;
mod paragraphs;
mod renditions;
mod sink;
mod table;
mod table_builder;

pub use attachments::{MAX_ATTACHMENTS, list_attachments};
pub use blocks::Inline;
pub use charset::{Charset, guess};
pub use code::{pass_through, read_code};
pub use code_page::code_page;
pub use dates::{civil, date_of_seconds, iso_date};
pub use decoder::Decoder;
pub use emphasis::Emphasis;
pub use json::JsonPrinter;
pub use markdown::{escape_comment, one_line, table_row};
pub use numbering::count_as;
pub use paragraphs::ParagraphWriter;
pub use sink::TextSink;
pub use table_builder::TableBuilder;
