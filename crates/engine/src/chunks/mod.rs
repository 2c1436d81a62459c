//! Cutting a text into pieces for retrieval: the same text always into the same pieces, at the ends of paragraphs and sentences
//! where there are any. Works on what readers have made, not on what people sent.

mod atoms;
mod cut;
mod outline;
mod tokens;

pub use cut::{Chunks, Shape};
pub use tokens::tokens;
