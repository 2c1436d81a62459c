//! One row of the list of formats.

use crate::containers::zip::Archive;
use crate::image::{Codec, GrayPage};
use crate::{Error, Head, Output, ReadContext, Source, TextSink};
use model::PageArtifact;

/// One format: how it is called and known, what it can do, and how it is read.
pub struct Format {
    /// The short name kept in the database and shown to people.
    pub name: &'static str,
    /// The media type its bytes are served with.
    pub mime: &'static str,
    /// Extensions that are usual for it, lower case, the preferred one first.
    pub extensions: &'static [&'static str],
    /// True when its files are text, whatever their media type says. An SVG is a picture and still text that a browser runs.
    pub is_text: bool,
    /// What is known of its files as zip archives, if they are some.
    pub archive: Option<ArchiveFormat>,
    /// True when the content is of this format. Looks at bytes; among text formats the extension may help.
    pub detect: fn(&Head<'_>) -> bool,
    /// How it is read.
    pub reader: Reader,
}

/// What is known of a format whose files are zip archives.
pub struct ArchiveFormat {
    /// Bytes that stand near the start of such archives and of no others: enough to guess a media type before the archive is
    /// read.
    pub marker: Option<&'static [u8]>,
    /// Finds the name of the part that is a picture of the whole: a book's cover, the preview office programs keep.
    pub find_cover: fn(&mut Archive<'_>, &ReadContext<'_>) -> Result<Option<String>, Error>,
}

/// The kinds of content.
pub enum Reader {
    /// A picture, of which presets are made.
    Image(Codec),
    /// Gives a document's text to the sink.
    Document(ReadText),
    /// A mail: a document to which others may be attached.
    Mail {
        /// Gives its text to the sink.
        text: ReadText,
        /// Gives what is attached to it.
        attachments: ReadAttachments,
    },
    /// A document that is drawn page by page.
    Pages {
        /// Gives its text to the sink.
        text: ReadText,
        /// Draws one page, counted from 1, with so many dots per inch.
        draw: fn(&mut dyn Source, &mut ReadContext<'_>, u32, u32) -> Result<GrayPage, Error>,
        /// Makes `context.presets` of its first page, as of a picture.
        images: fn(&mut dyn Source, &mut ReadContext<'_>, &mut Output<'_>) -> Result<(), Error>,
        /// Makes what somebody sees its pages by.
        show: ShowPage,
    },
}

/// Gives the names and the bytes of the files that are attached to a mail, as they were sent, until one is refused.
pub type ReadAttachments = fn(&mut dyn Source, &ReadContext<'_>, &mut TakeAttachment<'_>) -> Result<(), Error>;

/// Takes the name and the bytes of a file that is attached to a mail.
pub type TakeAttachment<'a> = dyn FnMut(&str, &[u8]) -> Result<(), Error> + 'a;

/// Makes one of the artifacts that somebody sees pages by.
pub type ShowPage = fn(PageArtifact, &mut dyn Source, &mut ReadContext<'_>, &mut Output<'_>) -> Result<(), Error>;

/// Gives a document's text to the sink.
pub type ReadText = fn(&mut dyn Source, &mut ReadContext<'_>, &mut TextSink) -> Result<(), Error>;

impl Format {
    /// True for pictures, and for documents that are drawn: what a browser shows as it is, and what a preset can be made of.
    pub fn is_visual(&self) -> bool {
        matches!(self.reader, Reader::Image(_) | Reader::Pages { .. })
    }
}
