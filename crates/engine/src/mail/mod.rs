//! What the readers of mails have in common: the lines above a letter, compressed rich text.

mod letter;
mod rich_text;

pub use letter::Letter;
pub use rich_text::unpack_rich_text;
