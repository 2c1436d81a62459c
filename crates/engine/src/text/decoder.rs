//! Bytes of unknown encoding to text, in chunks, so that a file of any size takes the memory of one chunk.

use super::charset::{Charset, by_content, guess};
use crate::{Error, ReadContext};
use encoding_rs::UTF_8;
use std::io::{self, Read};

/// A multiple of four, so that units of UTF-32 are never split.
const CHUNK_BYTES: usize = 64 << 10;

/// Reads a content as text. As a `Read` it gives the text as UTF-8.
pub struct Decoder<R> {
    input: R,
    charset: Charset,
    web: Option<encoding_rs::Decoder>,
    bytes: Vec<u8>,
    text: String,
    /// How much of `text` was given out by `Read`.
    given: usize,
    /// `bytes` were read and not yet decoded.
    is_loaded: bool,
    /// Nothing but ASCII came by, so the encoding may still be any.
    is_open: bool,
    is_last: bool,
    is_damaged: bool,
}

impl<R: Read> Decoder<R> {
    /// Begins to read text at the input's place.
    pub fn open(input: R) -> Result<Self, Error> {
        let charset = Charset::Web(UTF_8);
        let (bytes, text) = (vec![], String::new());
        let mut decoder = Self {
            input,
            charset,
            web: None,
            bytes,
            text,
            given: 0,
            is_loaded: false,
            is_open: false,
            is_last: false,
            is_damaged: false,
        };
        decoder.load()?;
        decoder.use_charset(
            guess(&decoder.bytes, decoder.is_last)
                .unwrap_or_else(|| Charset::Web(by_content(&decoder.bytes, decoder.is_last))),
        );
        decoder.is_open = decoder.charset == charset;
        Ok(decoder)
    }

    /// The next piece of the text, or nothing at its end.
    pub fn next_chunk(&mut self) -> Result<Option<&str>, Error> {
        if !self.is_loaded {
            if self.is_last {
                return Ok(None);
            }
            self.load()?;
        }
        self.is_loaded = false;
        if self.is_open && !self.bytes.is_ascii() {
            self.is_open = false;
            self.use_charset(Charset::Web(by_content(&self.bytes, self.is_last)));
        }
        self.decode();
        Ok(Some(&self.text))
    }

    /// What `Read` has left of the piece it was in, or the next piece.
    pub fn rest_of_chunk(&mut self) -> Result<Option<&str>, Error> {
        let given = std::mem::take(&mut self.given);
        if given > 0 && given < self.text.len() {
            // `Read` may have stopped inside of a character only when its caller did not ask for the rest of it.
            return Ok(Some(self.text.get(given..).unwrap_or_default()));
        }
        self.next_chunk()
    }

    /// Tells the context what the encoding was, and whether all of it could be read.
    pub fn note(&self, context: &mut ReadContext<'_>) {
        context.facts.encoding = Some(self.charset.label().into());
        if self.is_damaged {
            context.warn("encoding-errors", "Some bytes are no characters in the file's encoding and were replaced.");
        }
    }

    fn load(&mut self) -> io::Result<()> {
        self.bytes.clear();
        (&mut self.input).take(CHUNK_BYTES as u64).read_to_end(&mut self.bytes)?;
        self.is_last = self.bytes.len() < CHUNK_BYTES;
        self.is_loaded = true;
        Ok(())
    }

    fn use_charset(&mut self, charset: Charset) {
        self.charset = charset;
        self.web = match charset {
            Charset::Web(encoding) => Some(encoding.new_decoder_without_bom_handling()),
            Charset::Utf32Le | Charset::Utf32Be => None,
        };
    }

    fn decode(&mut self) {
        self.text.clear();
        let damaged = match &mut self.web {
            Some(web) => {
                self.text.reserve(web.max_utf8_buffer_length(self.bytes.len()).unwrap_or(CHUNK_BYTES * 3));
                web.decode_to_string(&self.bytes, &mut self.text, self.is_last).2
            }
            None => decode_utf32(&self.bytes, self.charset == Charset::Utf32Be, &mut self.text),
        };
        self.is_damaged |= damaged;
    }
}

impl<R: Read> Read for Decoder<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() {
            self.given = 0;
            if self.next_chunk()?.is_none() {
                self.text.clear();
                return Ok(0);
            }
        }
        let count = to.len().min(self.text.len() - self.given);
        to[..count].copy_from_slice(&self.text.as_bytes()[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}

/// Gives true when something had to be replaced.
fn decode_utf32(bytes: &[u8], big_endian: bool, text: &mut String) -> bool {
    let mut damaged = !bytes.len().is_multiple_of(4);
    for unit in bytes.chunks_exact(4) {
        let unit = [unit[0], unit[1], unit[2], unit[3]];
        let code = if big_endian { u32::from_be_bytes(unit) } else { u32::from_le_bytes(unit) };
        let c = char::from_u32(code);
        damaged |= c.is_none();
        text.push(c.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    damaged
}
