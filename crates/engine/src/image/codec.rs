//! What a format of pictures must be able to do, for everything else to be done for it.

use super::{Animation, Header, Picture, Size};
use crate::input::read_whole;
use crate::{Error, ReadContext, Source};
use model::Reason;

/// What is said of a picture's file that is larger than what is read at once.
const TOO_LARGE: &str = "The picture's file is larger than what is read at once.";

/// Begins an animation.
pub type OpenFrames = for<'a> fn(&'a [u8]) -> Result<Animation<'a>, Error>;

/// How a format is decoded. All functions are given the whole file.
pub struct Codec {
    /// What the header says, without decoding a pixel.
    pub header: fn(&[u8]) -> Result<Header, Error>,
    /// The first frame, at least as large as the given size (as stored, before orientation), or whole. It is theirs to let
    /// go of the file as soon as its pixels are read.
    pub decode: fn(Vec<u8>, &Header, Size, &mut ReadContext<'_>) -> Result<Picture, Error>,
    /// All frames of an animation, for formats that have them.
    pub frames: Option<OpenFrames>,
    /// The pages of a scan, for formats that have several.
    pub pages: Option<Pages>,
}

/// How the pages of a picture are read. They are counted from 1, and the first is the picture.
pub struct Pages {
    /// How many there are.
    pub count: fn(&[u8]) -> u32,
    /// What the header of one says.
    pub header: fn(&[u8], u32) -> Result<Header, Error>,
    /// One, whole.
    pub decode: fn(Vec<u8>, u32) -> Result<Picture, Error>,
}

impl Codec {
    /// Reads the whole file and notes what its header says. A picture over the limits is refused before a pixel is decoded.
    pub fn open(&self, input: &mut dyn Source, context: &mut ReadContext<'_>) -> Result<(Vec<u8>, Header), Error> {
        let bytes = read_whole(input, context.limits.whole_file_bytes, TOO_LARGE)?;
        let header = (self.header)(&bytes)?;
        header.note(&mut context.facts);
        header.check(context.limits)?;
        note_pages(self.count_pages(&bytes), context);
        Ok((bytes, header))
    }

    /// The same for one of the pages, counted from 1.
    pub fn open_page(
        &self,
        input: &mut dyn Source,
        page: u32,
        context: &mut ReadContext<'_>,
    ) -> Result<(Vec<u8>, Header), Error> {
        match &self.pages {
            _ if page == 1 => self.open(input, context),
            Some(_) if (2..=context.limits.pdf_pages).contains(&page) => {
                let bytes = read_whole(input, context.limits.whole_file_bytes, TOO_LARGE)?;
                if !(1..=self.count_pages(&bytes)).contains(&page) {
                    return Err(no_such_page(page));
                }
                let header = self.header_of_page(&bytes, page)?;
                header.check(context.limits)?;
                Ok((bytes, header))
            }
            Some(_) | None => Err(no_such_page(page)),
        }
    }

    /// How many pages the file has.
    pub fn count_pages(&self, bytes: &[u8]) -> u32 {
        self.pages.as_ref().map_or(1, |pages| (pages.count)(bytes).max(1))
    }

    /// What the header of one of them says, counted from 1. Ask for no more than there are.
    pub fn header_of_page(&self, bytes: &[u8], page: u32) -> Result<Header, Error> {
        match &self.pages {
            Some(pages) if page > 1 => (pages.header)(bytes, page),
            _ => (self.header)(bytes),
        }
    }

    /// One of the pages, at least as large as the given size, or whole.
    pub fn decode_page(
        &self,
        bytes: Vec<u8>,
        page: u32,
        header: &Header,
        needed: Size,
        context: &mut ReadContext<'_>,
    ) -> Result<Picture, Error> {
        match &self.pages {
            Some(pages) if page > 1 => (pages.decode)(bytes, page),
            _ => (self.decode)(bytes, header, needed, context),
        }
    }
}

fn no_such_page(page: u32) -> Error {
    Error::rejected(Reason::NoSuchPage, format!("The picture has no page {page} that is read."))
}

/// Several pages are all without text, until somebody recognises it.
fn note_pages(count: u32, context: &mut ReadContext<'_>) {
    if count < 2 {
        return;
    }
    let read = count.min(context.limits.pdf_pages);
    if read < count {
        context.missing("pages-cut", format!("Only the first {read} of {count} pages are read."));
    }
    context.facts.pages = Some(count);
    context.facts.pages_without_text = (1..=read).collect();
}
