//! Text: how it comes in (encodings) and how it goes out (the sink).

mod buffer;
mod charset;
mod decoder;
mod sink;

pub use charset::{Charset, guess};
pub use decoder::Decoder;
pub use sink::TextSink;
