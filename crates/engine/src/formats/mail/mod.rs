//! Mails, and what their readers have in common: the lines above a letter, compressed rich text.

mod eml;
mod letter;
mod mbox;
mod msg;
mod rich_text;

pub use eml::FORMAT as EML;
pub use letter::Letter;
pub use mbox::FORMAT as MBOX;
pub use msg::FORMAT as MSG;
pub use rich_text::unpack_rich_text;

/// A picture of at most so many bytes that the text of its mail shows belongs to that text: a logo, a signature.
pub const SMALL_PICTURE_BYTES: u64 = 100_000;
