//! What the readers of mails have in common: the lines above a letter, what is attached to it, compressed rich text.

mod letter;
mod rich_text;

pub use letter::{Attachment, Letter};
pub use rich_text::unpack_rich_text;
