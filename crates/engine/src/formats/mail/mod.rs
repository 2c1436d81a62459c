//! Mails, and what their readers have in common: the lines above a letter, compressed rich text.

mod eml;
mod letter;
mod msg;
mod rich_text;

pub use eml::FORMAT as EML;
pub use letter::Letter;
pub use msg::FORMAT as MSG;
pub use rich_text::unpack_rich_text;
