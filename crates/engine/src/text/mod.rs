//! Text: how it comes in (encodings) and how it goes out (the sink).

mod blocks;
mod buffer;
mod charset;
mod decoder;
mod markdown;
mod sink;

pub use blocks::Inline;
pub use charset::{Charset, guess};
pub use decoder::Decoder;
pub use markdown::{escape_comment, one_line, table_row};
pub use sink::TextSink;
